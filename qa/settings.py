"""What was fitted for a reader on development sets, and stands in a file beside it."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

SETTINGS_FILE = "reader_settings.json"
FITS = ("right", "absent", "told_right", "told_absent")  # fields of ReaderSettings


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression over named features.

    Args:
        bias: log-odds where every feature is 0.
        weights: of each feature; a feature without a value counts as 0.
    """

    bias: float
    weights: Mapping[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        """The probability, from 0 to 1."""
        log_odds = self.bias + math.fsum(
            weight * features.get(name, 0.0) for name, weight in self.weights.items()
        )
        if log_odds < 0:  # so that neither end overflows
            return math.exp(log_odds) / (1 + math.exp(log_odds))
        return 1 / (1 + math.exp(-log_odds))


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """What was fitted for a reader.

    Args:
        temperature: divides the log-odds of its spans.
        min_score: score from which its best span is an answer; None where nothing was
            fitted: then it must be likelier than "not in the article".
        reads_history: whether it was trained to read a follow-up behind earlier turns.
        reads_closer: whether it reads the sentences around its best span once more, by
            themselves.
        item_share: where a question asks for several things, the share of the best
            item's odds from which another span is an item too.
        right: from a span's features to the probability that it is right; None where
            nothing was fitted: then its own odds against "not here" are taken.
        absent: from the best span's features to that of "not in the article".
        told_right: as ``right``, of a follow-up that is read behind earlier turns; None where it
            is judged as any other question.
        told_absent: as ``absent``, likewise.
    """

    temperature: float = 1.0
    min_score: float | None = None
    reads_history: bool = False
    reads_closer: bool = False
    item_share: float = 0.3
    right: Logistic | None = None
    absent: Logistic | None = None
    told_right: Logistic | None = None
    told_absent: Logistic | None = None

    def __post_init__(self) -> None:
        """Refuse what no question could be answered by.

        Raises:
            ValueError: a number is not finite, or out of its range.
        """
        fits = [getattr(self, name) for name in FITS]
        numbers = [n for one in fits if one is not None for n in (one.bias, *one.weights.values())]
        if not 0 < self.temperature < math.inf:
            raise ValueError(f"temperature is {self.temperature}; it must be above 0.")
        if self.min_score is not None and not 0 <= self.min_score <= 1:
            raise ValueError(f"min_score is {self.min_score}; it must be from 0 to 1.")
        if not 0 < self.item_share <= 1:
            raise ValueError(f"item_share is {self.item_share}; it must be above 0, at most 1.")
        if not all(map(math.isfinite, numbers)):
            raise ValueError("A weight is not a finite number.")

    @classmethod
    def from_folder(cls, folder: Path) -> Self:
        """The settings beside a reader, or those of a reader that nothing was fitted for.

        Raises:
            ValueError, TypeError: the file is damaged.
        """
        file = folder / SETTINGS_FILE
        if not file.is_file():
            return cls()
        values = dict(json.loads(file.read_text("utf-8")))
        for name in FITS:
            if values.get(name) is not None:
                values[name] = Logistic(**values[name])
        return cls(**values)

    def save(self, folder: Path) -> None:
        """Write the settings beside a reader."""
        text = json.dumps(asdict(self), indent=2) + "\n"
        (folder / SETTINGS_FILE).write_text(text, "utf-8")

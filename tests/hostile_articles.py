"""Articles around hostile texts, and a reader that quotes the whole of them."""

from collections.abc import Sequence

from hostile_inputs import HOSTILE_INPUTS, is_text

from qa.reader import Reading, ReadSpan
from qa.settings import ReaderSettings

TEXTS = [hostile for hostile in HOSTILE_INPUTS if is_text(hostile)]
BEFORE, AFTER = "It began here. ", " Then it was over."
SOME = 7  # where each takes its time, every seventh is tried: some of every kind


class WholePassages:
    """A reader that quotes all it reads, so that what is hostile comes back in the quote."""

    settings = ReaderSettings()

    def takes(self, question: str) -> bool:  # noqa: ARG002
        return True

    def read(
        self,
        pairs: Sequence[tuple[str, str]],
        *,
        batch_size: int = 32,  # noqa: ARG002 - what a reader takes
        max_answer_tokens: int = 30,  # noqa: ARG002
    ) -> list[Reading]:
        readings = []
        for _, text in pairs:
            start = len(text) - len(text.lstrip())
            end = len(text.rstrip())
            spans = (ReadSpan(start, end, 5.0),) if start < end else ()
            readings.append(Reading(spans, -5.0))
        return readings


def article(hostile: str) -> str:
    return f"{BEFORE}{hostile}{AFTER}"

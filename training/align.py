"""A teacher's scores by characters, so that a student of another tokenizer can use them."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from features import Ints
from whole_file import write_whole

SHARD = "labels-{:04d}.npz"
INDEX = "labels.json"  # written last: it says that all shards are there

Halves = npt.NDArray[np.float16]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LabelIndex:
    """What a folder of labels holds.

    Args:
        examples_digest: names the examples that were labelled.
        made_of: names them, the teacher and how it read them.
        shards: how many files there are.
        labelled: how many examples have labels.
    """

    examples_digest: str
    made_of: str
    shards: int
    labelled: int


@dataclass(frozen=True, slots=True)
class Label:
    """A teacher's scores of one example; T is the tokens of its passage.

    Args:
        offsets: (T, 2) int32, the half-open span of each in the passage.
        starts: (T,) float16, its logit as a start.
        ends: (T,) float16, its logit as an end.
    """

    offsets: Ints
    starts: Halves
    ends: Halves


def has_shard(folder: Path, shard: int, *, made_of: str) -> bool:
    """Whether a shard is there already, made of the same as these and of nothing else."""
    file = folder / SHARD.format(shard)
    if not file.is_file():
        return False
    with np.load(file) as held:
        return bool(held["made_of"] == made_of)


def write_shard(folder: Path, shard: int, labels: dict[int, Label], *, made_of: str) -> None:
    """Write the labels of some examples, by their numbers, all or nothing.

    The folder is not complete from then on, until ``write_index``: with shards of another
    teacher left in it, it would be a mixture.

    Args:
        folder: where they go.
        shard: its number.
        labels: what to write.
        made_of: names the examples, the teacher and how it read them.
    """
    order = sorted(labels)
    rows = [labels[number] for number in order]
    file = folder / SHARD.format(shard)
    unfinished = file.with_suffix(".new.npz")
    np.savez_compressed(
        unfinished,
        made_of=np.array(made_of),
        examples=np.array(order, np.int64),
        tokens=np.array([len(row.starts) for row in rows], np.int64),
        offsets=np.concatenate([np.zeros((0, 2), np.int32), *(row.offsets for row in rows)]),
        starts=np.concatenate([np.zeros(0, np.float16), *(row.starts for row in rows)]),
        ends=np.concatenate([np.zeros(0, np.float16), *(row.ends for row in rows)]),
    )
    (folder / INDEX).unlink(missing_ok=True)
    unfinished.replace(file)


def write_index(folder: Path, index: LabelIndex) -> None:
    """Say that the labels are complete."""
    write_whole(folder / INDEX, json.dumps(asdict(index), indent=2) + "\n")


def read_labels(folder: Path, *, examples_digest: str) -> dict[int, Label]:
    """All labels of a folder, by the number of the example.

    Args:
        folder: where they are.
        examples_digest: names the examples they should be of.

    Raises:
        FileNotFoundError: they are not complete.
        ValueError: they are of other examples, or not as many as were counted.
    """
    index = LabelIndex(**json.loads((folder / INDEX).read_text("utf-8")))
    if index.examples_digest != examples_digest:
        raise ValueError(f"The labels in {folder} are of other examples. Label these anew.")
    labels: dict[int, Label] = {}
    for shard in range(index.shards):
        with np.load(folder / SHARD.format(shard)) as held:
            cuts = np.cumsum(held["tokens"])[:-1]
            parts = zip(
                held["examples"].tolist(),
                np.split(held["offsets"], cuts),
                np.split(held["starts"], cuts),
                np.split(held["ends"], cuts),
                strict=False,  # of no examples, the splits are one and empty
            )
            labels |= {number: Label(*rest) for number, *rest in parts}
    if len(labels) != index.labelled:
        raise ValueError(
            f"{folder} has {len(labels):,} labels, not {index.labelled:,}."
            " Delete it, and label the examples anew."
        )
    return labels


def align(label: Label, offsets: Ints) -> tuple[Floats, Floats]:
    """The teacher's logits for a student's tokens.

    A token takes the start logit of the teacher's token that starts at the same character,
    and the end logit of the one that ends at the same character.

    Args:
        label: the teacher's scores.
        offsets: (S, 2) int32, the half-open span of each of the student's tokens.

    Returns:
        Starts and ends, (S,) float32 each; NaN where the teacher has no such token.
    """
    return (
        _looked_up(label.offsets[:, 0], label.starts, offsets[:, 0]),
        _looked_up(label.offsets[:, 1], label.ends, offsets[:, 1]),
    )


def _looked_up(
    places: npt.NDArray[np.int32], logits: Halves, wanted: npt.NDArray[np.int32]
) -> Floats:
    known = dict(zip(places.tolist(), logits.tolist(), strict=True))
    return np.array([known.get(place, np.nan) for place in wanted.tolist()], np.float32)

"""What a training example is, and the file that holds them: one JSON object on each line."""

import gzip
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from index.sentences import Span

DIGEST_CHARS = 12  # of a SHA-256: enough to tell files apart
EARLIEST = 0  # gzip's time stamp, so that the same examples make the same file


@dataclass(frozen=True, slots=True)
class Example:
    """A question, a passage, and where the answers are.

    Args:
        question: what is asked, behind the earlier turns of its conversation if any.
        passage: the text to read.
        spans: half-open spans in the passage, in order; none where it does not say.
        set_name: the set it comes from.
        kind: "people" for a question as people asked it, else how it was made.
        group: the same for all examples of one question, which differ in their passages.
    """

    question: str
    passage: str
    spans: tuple[Span, ...]
    set_name: str
    kind: str
    group: int


def write_examples(file: Path, examples: Iterable[Example]) -> None:
    """Write examples, in order, as gzipped JSON lines."""
    unfinished = file.with_name(file.name + ".new")
    with unfinished.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=EARLIEST) as out:
        for example in examples:
            out.write(json.dumps(asdict(example), ensure_ascii=False).encode() + b"\n")
    unfinished.replace(file)


def read_examples(file: Path) -> list[Example]:
    """All examples of a file; an example's number is its place in the list."""
    with gzip.open(file, "rt", encoding="utf-8", newline="\n") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Example(**row | {"spans": tuple((start, end) for start, end in row["spans"])})
        for row in rows
    ]


def digest_of(file: Path) -> str:
    """A name for a file's content."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:DIGEST_CHARS]

"""The files in a .zip archive, and in the archives in it."""

from collections.abc import Iterator
from dataclasses import dataclass

from index.errors import SourceError
from index.limits import ReadLimits
from index.zipped import Expansion, ZippedFiles

SUFFIX = ".zip"
FOREIGN = "__MACOSX"  # what macOS adds to every archive it packs


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive.

    Args:
        path: its name in the archive; behind the name of the inner archive if it lies in one.
        content: its bytes, or why they cannot be read.
    """

    path: str
    content: bytes | SourceError

    def __str__(self) -> str:
        return self.path


def members(
    data: bytes, *, name: str, suffixes: tuple[str, ...], limits: ReadLimits
) -> Iterator[Member]:
    """The files of an archive in the order of their names, one in memory at a time.

    Args:
        data: the archive.
        name: what to call it in an error.
        suffixes: endings of the files that are wanted; the others are passed over, as are
            hidden ones and links.
        limits: how much may be unpacked.

    Raises:
        SourceError: the archive is damaged, protected by a password, packed in an unusual way,
            too large when unpacked, or has a member whose name leads out of it. The same of an
            archive inside it is that member's content.
    """
    yield from _walk(data, "", 1, name=name, suffixes=suffixes, expansion=Expansion(limits))


def _walk(
    data: bytes,
    folder: str,
    depth: int,
    *,
    name: str,
    suffixes: tuple[str, ...],
    expansion: Expansion,
) -> Iterator[Member]:
    if depth > expansion.limits.archive_depth:
        raise SourceError(
            f"{name} is {depth} archives deep; only {expansion.limits.archive_depth} are opened.",
            "Unpack it, and read what is in it.",
        )
    zipped = ZippedFiles.from_bytes(data, name=name, expansion=expansion)
    found = False
    for path in sorted(zipped.names):
        parts = path.split("/")
        wanted = path.lower().endswith((*suffixes, SUFFIX))
        if not wanted or FOREIGN in parts or any(part.startswith(".") for part in parts):
            continue
        whole = f"{folder}{path}"
        found = True
        try:
            content = zipped.read(path)
            if path.lower().endswith(SUFFIX):
                yield from _walk(
                    content, f"{whole}/", depth + 1,
                    name=f"{name}/{path}", suffixes=suffixes, expansion=expansion,
                )  # fmt: skip
                continue
        except SourceError as error:
            yield Member(whole, error)
            continue
        yield Member(whole, content)
    if not found:
        raise SourceError(
            f"{name} holds no article that can be read.", "Pack files of a kind that is read."
        )

"""Files named by a pattern, such as ``articles/**/*.md``."""

from collections.abc import Iterator
from glob import glob, has_magic
from pathlib import Path

from index.errors import SourceError


def is_pattern(name: str) -> bool:
    """Whether a name has ``*``, ``?`` or ``[`` in it.

    Args:
        name: of files, as it was given.
    """
    return has_magic(name)


def matching(pattern: str) -> Iterator[tuple[Path, str]]:
    """The files that a pattern names, in order, and each one's name below what all share.

    Args:
        pattern: as the shell has it: ``*`` for any characters of a name, ``?`` for one, ``[ab]``
            for one of these, ``**`` for any folders. Names that begin with a dot are found only
            where the pattern has the dot.

    Raises:
        SourceError: there is none.
    """
    parts = Path(pattern).parts
    fixed = next(number for number, part in enumerate(parts) if has_magic(part))
    base = Path(*parts[:fixed])
    found = sorted(glob(pattern, recursive=True))  # noqa: PTH207 - Path.glob finds hidden files
    paths = [path for path in map(Path, found) if path.is_file()]
    if not paths:
        raise SourceError(f"No file matches {pattern}.", "Check the path and the pattern.")
    for path in paths:
        yield path, path.relative_to(base).as_posix()

"""Open a ZIP file that may be hostile: everything is checked before anything is unpacked."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Sequence

from index.errors import SourceError
from index.limits import ReadLimits, size

ENCRYPTED = 0x1  # bit of a member's flags
# Of these zipfile unpacks no more than is asked for. Of any other it unpacks all that it has read,
# and then looks at the size that the member claims: a few hundred bytes can fill the memory.
BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
UNBOUNDED_NAMES = {zipfile.ZIP_BZIP2: "bzip2", zipfile.ZIP_LZMA: "LZMA"}
RATIO_FROM_BYTES = 10_000_000  # anything smaller is no bomb: blank pictures pack as well
UNSAFE = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)|\0")
# What zipfile and the unpackers behind it raise on damaged data.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    IndexError,
    KeyError,
    MemoryError,
    NotImplementedError,  # zipfile's, of what it does not know
    RuntimeError,
)


class Expansion:
    """What unpacking has cost so far: of one archive and all that lie in it.

    Args:
        limits: how much it may cost.
    """

    def __init__(self, limits: ReadLimits) -> None:
        self.limits = limits
        self._members = 0
        self._unpacked_bytes = 0

    def take(self, members: Sequence[zipfile.ZipInfo], *, packed_bytes: int, name: str) -> None:
        """Count an archive's members in.

        Raises:
            SourceError: they are too many, or too large when unpacked.
        """
        limits = self.limits
        unpacked = sum(member.file_size for member in members)
        worst = max((member.file_size for member in members if _swells(member, limits)), default=0)
        together = unpacked > max(RATIO_FROM_BYTES, limits.archive_ratio * packed_bytes)
        if worst or together:
            raise SourceError(
                f"{name} would unpack to more than {limits.archive_ratio:g} times its size.",
                "It is no archive of articles.",
            )
        if self._members + len(members) > limits.archive_members:
            raise SourceError(
                f"{name} has {len(members):,} files in it; at most"
                f" {limits.archive_members:,} are read.",
                "Split it into several.",
            )
        if self._unpacked_bytes + unpacked > limits.archive_bytes:
            raise SourceError(
                f"{name} would unpack to {size(unpacked)}; at most"
                f" {size(limits.archive_bytes)} are read.",
                "Split it into several.",
            )
        self._members += len(members)
        self._unpacked_bytes += unpacked


class ZippedFiles:
    """The files in a ZIP file, read in memory, never written to disk.

    Make one with ``from_bytes``.
    """

    def __init__(self, archive: zipfile.ZipFile, *, name: str, limits: ReadLimits) -> None:
        self._archive = archive
        self._name = name
        self._limits = limits
        self._members = {
            member.filename: member for member in archive.infolist() if not _is_link(member)
        }

    @classmethod
    def from_bytes(cls, data: bytes, *, name: str, expansion: Expansion) -> "ZippedFiles":
        """Open a ZIP file and check what it claims of itself.

        Args:
            data: the file.
            name: what to call it in an error.
            expansion: what has been unpacked already, and how much may be.

        Raises:
            SourceError: it is damaged, protected by a password, packed in an unusual way, too
                large when unpacked, or has a member whose name leads out of it.
        """
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except DAMAGE as error:
            raise _damaged(name) from error
        members = archive.infolist()
        for member in members:
            if UNSAFE.search(member.orig_filename) or UNSAFE.search(member.filename):
                raise SourceError(
                    f"{name} has a file in it whose path leads outside"
                    f" ({member.orig_filename[:100]!r}).",
                    "Do not trust it; repack it if it is yours.",
                )
            if member.flag_bits & ENCRYPTED:
                raise SourceError(
                    f"{name} is protected by a password.", "Unpack it, and read what is in it."
                )
            if member.compress_type not in BOUNDED:
                raise SourceError(
                    f"{name} has a file in it that is packed with {_method(member)}"
                    f" ({member.filename[:100]!r}).",
                    "Pack it anew with the usual compression (Deflate).",
                )
        expansion.take(members, packed_bytes=len(data), name=name)
        return cls(archive, name=name, limits=expansion.limits)

    @property
    def names(self) -> list[str]:
        """The names of its files, without its folders."""
        return [name for name, member in self._members.items() if not member.is_dir()]

    def __contains__(self, member: str) -> bool:
        return member in self._members

    def read(self, member: str, *, most_bytes: int | None = None) -> bytes:
        """The bytes of one file.

        Args:
            member: its name.
            most_bytes: how many it may have; without it, what any file may have.

        Raises:
            SourceError: there is no such file, or it is too large or damaged.
        """
        if member not in self._members:
            raise SourceError(f"{self._name} has no {member} in it.", "It is damaged.")
        most = self._limits.file_bytes if most_bytes is None else most_bytes
        if self._members[member].file_size > most:
            raise SourceError(
                f"{member} in {self._name} has {size(self._members[member].file_size)};"
                f" it may have {size(most)}.",
                "Split it into several files.",
            )
        try:
            # By the record, not by its name, which another may share.
            with self._archive.open(self._members[member]) as stream:
                return stream.read(most + 1)
        except DAMAGE as error:
            raise _damaged(self._name, member) from error


def _swells(member: zipfile.ZipInfo, limits: ReadLimits) -> bool:
    most = max(RATIO_FROM_BYTES, limits.archive_ratio * member.compress_size)
    return member.file_size > most


def _method(member: zipfile.ZipInfo) -> str:
    return UNBOUNDED_NAMES.get(member.compress_type, f"method {member.compress_type}")


def _is_link(member: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(member.external_attr >> 16)


def _damaged(name: str, member: str | None = None) -> SourceError:
    what = f"{member} in {name}" if member else name
    return SourceError(f"{what} is damaged or cut short.", "Get a complete copy.")

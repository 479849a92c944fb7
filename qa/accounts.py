"""Names and hashed passwords in a file: a line for each, ``name:hash``."""

import base64
import binascii
import hashlib
import logging
import secrets
import threading
import time
import unicodedata
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from index.errors import InputError, PullquoteError, SourceError

AUTH_FILE = "PULLQUOTE_AUTH_FILE"  # the variable that names the file
SCHEME = "scrypt"
# 32 MB and a third of a second for a guess, which OWASP counts as strong as 128 MB at once.
COST, BLOCK, LANES = 2**15, 8, 3
MAX_COST, MAX_BLOCK, MAX_LANES = 2**20, 32, 16  # of a line in the file: a login must end
SALT_BYTES = HASH_BYTES = 32
MIN_PASSWORD_CHARS = 8
MAX_PASSWORD_CHARS = 1_000  # nobody types more, and hashing it costs the server
MAX_NAME_CHARS = 64
MAX_FILE_BYTES = 1_000_000
LOOK_S = 1.0  # between two looks at whether the file has changed

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HashedPassword:
    """A password that cannot be read back.

    Args:
        cost: scrypt's n; a power of two.
        block: scrypt's r.
        lanes: scrypt's p.
        salt: random bytes.
        digest: what scrypt makes of the password.
    """

    cost: int
    block: int
    lanes: int
    salt: bytes
    digest: bytes

    @classmethod
    def from_password(cls, password: str) -> Self:
        """Hash a password with a salt of its own.

        Raises:
            InputError: it is too short or too long.
        """
        if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
            raise InputError(
                f"The password has {len(password):,} characters.",
                f"Choose one of {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS:,}.",
            )
        salt = secrets.token_bytes(SALT_BYTES)
        return cls(COST, BLOCK, LANES, salt, _digest(password, COST, BLOCK, LANES, salt))

    @classmethod
    def from_line(cls, text: str) -> Self:
        """Read what ``str`` gives.

        Raises:
            InputError: it is no hash of ours.
        """
        try:
            scheme, cost, block, lanes, salt, digest = text.split("$")
            read = cls(int(cost), int(block), int(lanes), _decoded(salt), _decoded(digest))
        except (ValueError, binascii.Error):
            raise _no_hash() from None
        sizes = len(read.salt) == SALT_BYTES and len(read.digest) == HASH_BYTES
        of_two = read.cost >= COST and read.cost & (read.cost - 1) == 0
        within = read.cost <= MAX_COST and BLOCK <= read.block <= MAX_BLOCK
        if scheme != SCHEME or not sizes or not of_two or not within:
            raise _no_hash()
        if not 1 <= read.lanes <= MAX_LANES:
            raise _no_hash()
        return read

    def fits(self, password: str) -> bool:
        """Whether this was made of the password; takes as long either way."""
        given = _digest(password, self.cost, self.block, self.lanes, self.salt)
        return secrets.compare_digest(given, self.digest)

    def __str__(self) -> str:
        salt, digest = (base64.b64encode(part).decode() for part in (self.salt, self.digest))
        return f"{SCHEME}${self.cost}${self.block}${self.lanes}${salt}${digest}"


class Accounts:
    """Who may log in; safe to share between threads.

    Args:
        hashes: the hashed passwords, by name.
        file: where they were read, and are read again once it has changed.

    Raises:
        InputError: there are none, since then nobody could.
    """

    def __init__(self, hashes: Mapping[str, HashedPassword], *, file: Path) -> None:
        if not hashes:
            raise InputError(
                "There is no name that could log in.", "Add one: pullquote password NAME >> FILE"
            )
        self._hashes = dict(hashes)
        self._file = file
        self._state = _state_of(file)
        self._looked_s = time.monotonic()
        self._lock = threading.Lock()
        # Checked for a name that is none, so that guessing names takes as long as passwords.
        self._nobody = HashedPassword.from_password(secrets.token_urlsafe())

    @classmethod
    def from_file(cls, file: Path) -> Self:
        """Read a file of lines ``name:hash``; empty lines and those from ``#`` on are passed over.

        Raises:
            SourceError: the file is missing or cannot be read.
            InputError: a line is wrong, or a name is there twice.
        """
        return cls(_hashes_in(file), file=file)

    def admit(self, name: str, password: str) -> bool:
        """Whether a name and a password belong together; slow by intent."""
        self._look_again()
        known = self._hashes.get(name)
        fits = (known or self._nobody).fits(password[: MAX_PASSWORD_CHARS + 1])
        return fits and known is not None

    def mark_of(self, name: str) -> HashedPassword | None:
        """What changes with a name's password; None for a name that is none (any more)."""
        self._look_again()
        return self._hashes.get(name)

    def _look_again(self) -> None:
        """Read the file again if it has changed; one that is wrong changes nothing."""
        with self._lock:
            now_s = time.monotonic()
            if now_s - self._looked_s < LOOK_S:
                return
            self._looked_s = now_s
            state = _state_of(self._file)
            if state == self._state:
                return
            self._state = state
            try:
                hashes = _hashes_in(self._file)
            except PullquoteError as error:
                logger.error("Who may log in stays as it was: %s", error)  # noqa: TRY400 - it says all
                return
            if hashes:
                self._hashes = hashes
            else:
                logger.error("Who may log in stays as it was: %s has no name.", self._file)


def check_name(name: str) -> str:
    """The name, if it can stand in a file of accounts.

    Raises:
        InputError: it is empty, too long, or has blanks, colons or unprintable characters in it.
    """
    plain = name.isprintable() and not set(name) & set(": ") and not name.startswith("#")
    if not 0 < len(name) <= MAX_NAME_CHARS or not plain:
        raise InputError(
            f"{name[:MAX_NAME_CHARS]!r} cannot be a name.",
            f"Use 1 to {MAX_NAME_CHARS} characters, none of them a blank or a colon.",
        )
    return name


def account_line(name: str, password: str) -> str:
    """A line for the file of accounts.

    Args:
        name: who logs in.
        password: what they type.

    Raises:
        InputError: either cannot be used.
    """
    return f"{check_name(name)}:{HashedPassword.from_password(password)}"


def _hashes_in(file: Path) -> dict[str, HashedPassword]:
    hashes: dict[str, HashedPassword] = {}
    for number, line in enumerate(_lines(file), 1):
        if not line or line.startswith("#"):
            continue
        name, _, hashed = line.partition(":")
        try:
            hashed_password = HashedPassword.from_line(hashed)
            hashes[_new_name(name, hashes)] = hashed_password
        except InputError as error:
            raise InputError(f"{file}, line {number}: {error.problem}", error.remedy) from None
    return hashes


def _state_of(file: Path) -> tuple[int, int, int] | None:
    """What changes when a file is written or replaced; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _new_name(name: str, known: Container[str]) -> str:
    if name in known:
        raise InputError(f"“{name}” is there twice.", "Keep one of its lines.")
    return check_name(name)


def _lines(file: Path) -> list[str]:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise SourceError(f"{file} is too long to be a file of names.", "Name another.")
        return [line.strip() for line in file.read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"The file of names {file} cannot be read.",
            "Write it with: pullquote password NAME >> FILE",
        ) from error


def _digest(password: str, cost: int, block: int, lanes: int, salt: bytes) -> bytes:
    # The same letters, however a keyboard composes them.
    typed = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    memory = 128 * block * (cost + lanes + 2)
    return hashlib.scrypt(
        typed, salt=salt, n=cost, r=block, p=lanes, maxmem=2 * memory, dklen=HASH_BYTES
    )


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _no_hash() -> InputError:
    return InputError(
        "There is no password's hash behind the name.", "Make one: pullquote password NAME"
    )

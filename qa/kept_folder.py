"""Where conversations are kept, who may read there, and the secrets of visitors and browsers."""

import base64
import hmac
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from index.errors import InputError, StoreError

VISITOR_BYTES = 24  # 192 random bits: nobody guesses one
VISITOR = re.compile(r"[A-Za-z0-9_-]{32}")  # those in base64
BROWSER_SECRET = "browser-secret"  # noqa: S105 - the name of its file
BROWSER_KEY = "pullquote-visitor"
KEY_CHARS = 16  # of a SHA-256 in hexadecimal: 64 bits, ample for the folders of one address
ACCOUNT_SECRET = "account-secret"  # noqa: S105 - the name of its file
SPACE_DATA = Path("/data")  # what of a Space on Hugging Face outlives a restart
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600  # the owner's alone


def default_folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where conversations are kept if nobody says where.

    Args:
        environment: of the process.

    Returns:
        The user's data folder; on a Space its storage, or None if it has none: what is
        kept elsewhere there is gone with the next restart.
    """
    from platformdirs import user_data_path

    if "SPACE_ID" not in environment:
        return user_data_path("pullquote", appauthor=False)
    return SPACE_DATA / "pullquote" if os.access(SPACE_DATA, os.W_OK) else None


def made_folder(folder: Path) -> Path:
    """The folder, made if it is not there, readable by its owner alone if it is new.

    Raises:
        StoreError: it cannot be made.
    """
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_keep(folder, error.strerror) from error
    return folder


def new_visitor() -> str:
    """The secret that a new visitor is known by, to be kept in their browser."""
    return secrets.token_urlsafe(VISITOR_BYTES)


def check_visitor(visitor: object) -> str:
    """What a browser says that its visitor is.

    Raises:
        InputError: it is no secret of ``new_visitor``.
    """
    if isinstance(visitor, str) and VISITOR.fullmatch(visitor):
        return visitor
    raise InputError("The browser does not say who you are.", "Reload the page.")


def browser_secret(folder: Path) -> str:
    """What browsers encrypt their notes with, the same from start to start.

    It keeps them from whoever looks over a browser's storage, no more: the page tells it to
    every browser.

    Args:
        folder: where conversations are kept; the secret is made there once, whichever
            process is first.

    Raises:
        StoreError: it cannot be read or written.
    """
    return _secret(folder, BROWSER_SECRET)


def browser_key(secret: str) -> str:
    """What a browser's notes are called in its storage, another for each folder.

    Gradio's page writes anew what it cannot decrypt, so no two folders that are served at one
    address may share a name.

    Args:
        secret: of ``browser_secret``.
    """
    return f"{BROWSER_KEY}-{sha256(secret.encode()).hexdigest()[:KEY_CHARS]}"


def account_secret(folder: Path) -> str:
    """What visitors who log in elsewhere are worked out with; nobody is ever told it.

    Args:
        folder: where conversations are kept; the secret is made there once.

    Raises:
        StoreError: it cannot be read or written.
    """
    return _secret(folder, ACCOUNT_SECRET)


def account_visitor(secret: str, account: str) -> str:
    """The secret that an account is known by, in every browser.

    Args:
        secret: of ``account_secret``.
        account: what names the account and no other, whatever its owner calls it.
    """
    digest = hmac.digest(secret.encode(), account.encode(), sha256)
    return base64.urlsafe_b64encode(digest[:VISITOR_BYTES]).decode()


def _secret(folder: Path, name: str) -> str:
    """A secret that is kept in a file of the folder, made if it is not there.

    Raises:
        StoreError: it cannot be read or written.
    """
    from filelock import FileLock

    file = made_folder(folder) / name
    try:
        with FileLock(folder / f"{name}.lock"):
            known = file.read_text("ascii").strip() if file.exists() else ""
            if known:
                return known
            # Written beside it and put in its place, so that it is never half there.
            handle, beside = tempfile.mkstemp(dir=folder, prefix=f".{name}-")  # as 0600
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                made = new_visitor()
                stream.write(made)
                stream.flush()
                os.fsync(stream.fileno())
            Path(beside).replace(file)
            return made
    except (OSError, UnicodeDecodeError) as error:
        raise cannot_keep(file, error) from error


def cannot_keep(place: Path, reason: object) -> StoreError:
    """The error for a place that nothing can be kept in."""
    return StoreError(
        f"Conversations cannot be kept in {place} ({reason}).",
        "Check the permissions and the free space, name another folder with --keep,"
        " or keep nothing: --keep-nothing",
    )

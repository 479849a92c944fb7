"""The chat over the example articles; what Hugging Face Spaces starts."""

import os
import sys
from pathlib import Path

from index.errors import PullquoteError, StoreError
from index.fast_kept import CACHE_VARIABLE
from qa import load
from qa.heap import give_memory_back
from qa.hosts import chosen_hosts
from qa.kept import Kept, kept_in
from qa.kept_folder import default_folder
from qa.login_choice import chosen_login
from qa.seeds import seed_examples
from qa.serve import serve
from qa.terminal import FAILED, complain

ARTICLES = "PULLQUOTE_ARTICLES"  # the variable that names what to serve instead of the examples
SPACES = ("https://huggingface.co",)  # shows a Space in a frame
# Where the Spaces' proxies call from. Not "*", by which the first address of X-Forwarded-For would
# count: anybody can send one, and a proxy appends the true one.
PROXIES = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,127.0.0.1,::1,fc00::/7"


def start() -> None:
    """Serve the chat until it is stopped.

    Raises:
        PullquoteError: it cannot start as the environment asks for it.
    """
    give_memory_back()
    storage = default_folder()
    if "SPACE_ID" in os.environ:
        # Only the Spaces' proxies reach us there, and only they know a visitor's address.
        os.environ.setdefault("FORWARDED_ALLOW_IPS", PROXIES)
        if storage is not None:  # it outlives a restart, which need not make the fast forms again
            os.environ.setdefault(CACHE_VARIABLE, str(storage / "cache"))
    named = os.environ.get(ARTICLES)
    accounts = chosen_login(None)  # before the models load
    serve(
        load(Path(named) if named else None),
        examples={} if named else seed_examples(),
        embedding=SPACES,
        hosts=chosen_hosts(),
        accounts=accounts,
        kept=_kept_in(storage),
    )


def _kept_in(storage: Path | None) -> Kept | None:
    """What keeps conversations; on a Space None where its storage turns out to keep nothing."""
    try:
        return kept_in(storage)
    except StoreError as error:
        if "SPACE_ID" not in os.environ:
            raise
        complain(f"{error} The chat starts without keeping conversations.")
        return None


if __name__ == "__main__":
    try:
        start()
    except PullquoteError as error:  # whoever set the environment is told, without our lines
        complain(str(error))
        sys.exit(FAILED)

"""The chat over the example articles; what Hugging Face Spaces starts."""

import os

from qa import load
from qa.accounts import accounts_named
from qa.kept import kept_in
from qa.kept_folder import default_folder
from qa.seeds import seed_examples
from qa.serve import serve

SPACES = ("https://huggingface.co",)  # shows a Space in a frame

if __name__ == "__main__":
    if "SPACE_ID" in os.environ:
        # Only the Spaces' proxy reaches us there, and only it knows a visitor's address.
        os.environ.setdefault("FORWARDED_ALLOW_IPS", "*")
    accounts = accounts_named(None)
    kept = kept_in(default_folder())
    serve(load(), examples=seed_examples(), embedding=SPACES, accounts=accounts, kept=kept)

"""An article's title, where its format does not say it."""

import re

from index.records import TITLE_CHARS


def find_title(text: str, fallback: str) -> str:
    """An article's title: its first heading, or a short first line set off by a blank one.

    Args:
        text: the article.
        fallback: a file's name without its ending, used where the text has no title.
    """
    first, _, rest = text.lstrip().partition("\n")
    first = first.strip()
    if first.startswith("# "):
        return first.removeprefix("# ").strip()
    set_off = rest.startswith(("\n", "\r\n"))
    if set_off and len(first) <= TITLE_CHARS and not first.endswith((".", "!", "?", ":")):
        return first
    words = " ".join(re.split(r"[-_\s]+", fallback)).strip()
    return words[:1].upper() + words[1:] or fallback

"""What a click on the page asks for: values from the browser, which may be anything."""

from collections.abc import Mapping, Sequence
from typing import Any

from qa.bringing import FILES_AT_ONCE, MAX_NAME_CHARS, Brought, shown_name
from qa.place_link import PARAMETERS, PlaceLink

MAX_NUMBER_CHARS = 6
FILES_LOOKED_AT = 10 * FILES_AT_ONCE  # of those too many, how many are counted
NO_NUMBER = -1  # no turn, no quote: what has it in its place changes nothing


def text_of(data: Mapping[str, Any], name: str) -> str:
    """A text of an event; empty where there is none."""
    value = data.get(name)
    return value if isinstance(value, str) else ""


def number_of(data: Mapping[str, Any], name: str) -> int:
    """A number of an event, which HTML gives as text; ``NO_NUMBER`` where there is none."""
    value = data.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    digits = value if isinstance(value, str) else ""
    plain = digits.removeprefix("-")
    short = len(digits) <= MAX_NUMBER_CHARS
    return int(digits) if short and plain.isascii() and plain.isdigit() else NO_NUMBER


def link_of(data: Mapping[str, Any]) -> PlaceLink | None:
    """What the page's address asks for."""
    return PlaceLink.from_query({name: text_of(data, name) for name in PARAMETERS})


def files_of(data: Mapping[str, Any]) -> Sequence[Brought]:
    """The files of an event, without what is none."""
    given = data.get("files")
    if not isinstance(given, list):
        return []
    return [_brought(one) for one in given[:FILES_LOOKED_AT] if isinstance(one, dict)]


def _brought(one: Mapping[str, Any]) -> Brought:
    path = text_of(one, "path")
    name = shown_name(text_of(one, "name") or path)[:MAX_NAME_CHARS]
    return Brought(name, path, text_of(one, "failed"))

"""Which articles a search looks at: by id, collection, language and date."""

import re
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from index.dates import days_of
from index.errors import InputError

PLAIN_DATE = re.compile("[0-9]{4}(-[0-9]{2}){0,2}")
SHOWN_CHARS = 40  # of what is not a date: enough to see what was mixed up
DATED = "Give a date such as 2024, 2024-03 or 2024-03-05."


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which articles a search looks at: those for which all that is given holds.

    What is None holds for every article; an empty list of names for none.

    Args:
        documents: ids, one of which the article has.
        collections: names, one of which its collection has; ``""`` is that of the articles that
            are in none.
        languages: as RFC 4647 has them: ``en`` holds for ``en`` and ``en-GB``, in capitals or
            not. An article whose language is not known has none of them.
        since: a date as ``2024``, ``2024-03`` or ``2024-03-05``, or a ``datetime.date``, which is
            kept as the last of these; no day of the article's date is before the first of it.
        until: the same; no day of the article's date is after the last of it. A date stands for
            all its days: an article of ``2024`` is not one since ``2024-06``. One without a date,
            or with one that is written otherwise, is of no time.

    Raises:
        InputError: what is given is not a list of names, a language is blank, a date is none, or
            the one comes before the other.
    """

    documents: Collection[str] | None = None
    collections: Collection[str] | None = None
    languages: Collection[str] | None = None
    since: str | date | None = None
    until: str | date | None = None

    def __post_init__(self) -> None:
        for name in ("documents", "collections", "languages"):
            given = getattr(self, name)
            if given is None:
                continue
            is_list = isinstance(given, Collection) and not isinstance(given, str)
            if not is_list or not all(isinstance(one, str) for one in given):
                raise InputError(f"{name} is not a list of names.", "Give a list of texts.")
            for one in given:
                check_name(one)
            # In one order, so that what is the same is equal; and it is a key.
            object.__setattr__(self, name, tuple(sorted(set(given))))
        if self.languages is not None and not all(one.strip() for one in self.languages):
            raise InputError("A language is blank.", "Name one such as en or pt-BR.")
        for name in ("since", "until"):
            given = getattr(self, name)
            if isinstance(given, date):  # of a datetime, which is one, the day alone
                object.__setattr__(self, name, date.isoformat(given))
        first, last = self.days
        if first is not None and last is not None and first > last:
            raise InputError(
                f"since ({self.since}) is after until ({self.until}).",
                "Give the earlier date as since.",
            )

    @property
    def days(self) -> tuple[int | None, int | None]:
        """The first and the last day, as ``days_of`` counts them.

        Raises:
            InputError: a date is none.
        """
        since, until = (
            None if written is None else _days(name, written)
            for name, written in (("since", self.since), ("until", self.until))
        )
        return since[0] if since else None, until[1] if until else None

    @property
    def is_open(self) -> bool:
        """Whether it holds for every article."""
        return all(getattr(self, field.name) is None for field in fields(self))

    def __str__(self) -> str:
        told = [
            f"{name} {', '.join(map(repr, given)) or 'none'}"
            for name, given in (
                ("documents", self.documents),
                ("collections", self.collections),
                ("languages", self.languages),
            )
            if given is not None
        ]
        told += [f"since {self.since}"] if self.since is not None else []
        told += [f"until {self.until}"] if self.until is not None else []
        return "; ".join(told) or "all articles"


def check_filter(where: Any) -> None:
    """Refuse what is given as a filter and is none.

    Raises:
        InputError: it is neither None nor a ``Filter``.
    """
    if where is not None and not isinstance(where, Filter):
        raise InputError(
            f"where is a {type(where).__name__}, not a Filter.",
            "Make one, such as Filter(collections=['news']).",
        )


def check_name(name: str) -> None:
    """Refuse a name that nothing can have.

    Raises:
        InputError: it is not valid Unicode.
    """
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"The name {name[:SHOWN_CHARS]!r} has half a surrogate pair at character"
            f" {error.start}.",
            "Decode it again, for example with errors='replace'.",
        ) from None


def is_of_language(language: str | None, ranges: Collection[str]) -> bool:
    """Whether a language is among some, as RFC 4647 compares them.

    Args:
        language: as an article's source writes it, or None where it is not known.
        ranges: those wanted, such as ``en``.
    """
    if language is None:
        return False
    tag = _tag(language)
    return any(tag == _tag(one) or tag.startswith(f"{_tag(one)}-") for one in ranges)


def _tag(written: str) -> str:
    return written.strip().lower().replace("_", "-")


def _days(name: str, written: Any) -> tuple[int, int]:
    if not isinstance(written, str):
        shown, kind = repr(written)[:SHOWN_CHARS], type(written).__name__
        raise InputError(f"{name} is {shown} ({kind}), which is not a date.", DATED)
    days = days_of(written) if PLAIN_DATE.fullmatch(written) else None
    if days is None:
        raise InputError(f"{name} is {written[:SHOWN_CHARS]!r}, which is not a date.", DATED)
    return days

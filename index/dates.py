"""The days that a written date stands for."""

import calendar
import re
from datetime import date

# As ISO 8601 begins them; a time may follow a day.
ISO_PREFIX = re.compile(r"\s*([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(?:[T\s]|$)")
MONTHS = 12


def days_of(written: str) -> tuple[int, int] | None:
    """The first and the last day that a date stands for, or None if it is read as none.

    ``2024`` stands for a whole year, ``2024-03`` for a month, ``2024-03-05`` for a day, with a
    time behind it or without. Nothing else is read: who knows which of 03/05 is the month.

    Args:
        written: the date.

    Returns:
        Days counted from the year 1, as ``date.toordinal`` does, the last one included.
    """
    found = ISO_PREFIX.match(written)
    if found is None:
        return None
    year, *rest = (int(part) for part in found.groups() if part is not None)
    try:
        first = date(year, *[*rest, 1, 1][:2])
        last_month = rest[0] if rest else MONTHS
        last_day = rest[1] if len(rest) > 1 else calendar.monthrange(year, last_month)[1]
        return first.toordinal(), date(year, last_month, last_day).toordinal()
    except ValueError:  # the 31st of June, or the year 0
        return None

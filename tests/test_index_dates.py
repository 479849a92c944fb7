"""Which days a written date stands for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import any_text, many

from index.dates import days_of


def days(first, last):
    return (date(*first).toordinal(), date(*last).toordinal())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024", days((2024, 1, 1), (2024, 12, 31))),
        ("2024-02", days((2024, 2, 1), (2024, 2, 29))),
        ("2023-02", days((2023, 2, 1), (2023, 2, 28))),
        ("2024-12", days((2024, 12, 1), (2024, 12, 31))),
        ("2024-03-05", days((2024, 3, 5), (2024, 3, 5))),
        (" 2024-03-05T10:00:00+02:00", days((2024, 3, 5), (2024, 3, 5))),
        ("2024-03-05 10:00", days((2024, 3, 5), (2024, 3, 5))),
        ("0001", days((1, 1, 1), (1, 12, 31))),
        ("9999-12-31", days((9999, 12, 31), (9999, 12, 31))),
        *(
            (none, None)
            for none in (
                "",
                "May 2024",
                "5.3.2024",
                "2024/03/05",
                "20240305",
                "2024-3-5",
                "2024-13",
                "2024-00",
                "2024-02-30",
                "2024-02-00",
                "2024-03-05x",
                "0000",
                "-2024",
                "٢٠٢٤",
            )
        ),
    ],
)
def test_what_is_read_of_a_date(written, expected):
    assert days_of(written) == expected


@many
@given(st.dates(min_value=date(1, 1, 2), max_value=date(9999, 12, 30)))
def test_a_day_lies_in_its_month_and_its_year(day):
    written = day.isoformat()
    assert days_of(written) == (day.toordinal(), day.toordinal())
    for shorter, unit in ((written[:7], "month"), (written[:4], "year")):
        first, last = (date.fromordinal(at) for at in days_of(shorter))
        assert first <= day <= last
        assert getattr(first, unit) == getattr(last, unit) == getattr(day, unit)
        for beyond in (first, -1), (last, 1):
            edge, step = beyond
            if date.min < edge < date.max:
                assert getattr(edge + timedelta(step), unit) != getattr(day, unit)


@many
@given(any_text() | st.from_regex(r"\A\s*[0-9]{4}(-[0-9]{2}){0,2}[T ]?.*"))
def test_whatever_is_written_is_a_date_or_none(written):
    found = days_of(written)
    assert found is None or found[0] <= found[1]

"""The limits of reading, and how they are told."""

from dataclasses import FrozenInstanceError, fields

import pytest

from index.errors import InputError
from index.limits import DEFAULT_LIMITS, ReadLimits, size


@pytest.mark.parametrize("name", [field.name for field in fields(ReadLimits)])
def test_every_limit_can_be_set_and_is_above_zero(name):
    assert getattr(ReadLimits(**{name: 7}), name) == 7
    for value in (-1, 0):
        if (name, value) == ("redirects", 0):
            assert ReadLimits(redirects=0).redirects == 0
            continue
        with pytest.raises(InputError, match=f"The limit {name} is {value}"):
            ReadLimits(**{name: value})


@pytest.mark.parametrize("name", [field.name for field in fields(ReadLimits)])
def test_a_limit_is_a_finite_number_of_its_kind(name):
    for value in (float("nan"), float("inf"), True, "7", None):
        with pytest.raises(InputError, match=f"The limit {name} is {value!r}"):
            ReadLimits(**{name: value})
    if name in {"seconds", "archive_ratio"}:
        assert getattr(ReadLimits(**{name: 1.5}), name) == 1.5
    else:
        with pytest.raises(InputError, match=f"The limit {name} is 1.5. Give a whole number"):
            ReadLimits(**{name: 1.5})


def test_limits_are_frozen_and_named():
    with pytest.raises(FrozenInstanceError):
        DEFAULT_LIMITS.seconds = 1
    with pytest.raises(TypeError):
        ReadLimits(1)
    assert str(ReadLimits()) == (
        "at most 100 MB a file, 20,000,000 characters of text, 5,000 pages, 60 s"
    )


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 bytes"), (999_999, "999,999 bytes"), (20_000_000, "20 MB")]
)
def test_sizes(count, said):
    assert size(count) == said

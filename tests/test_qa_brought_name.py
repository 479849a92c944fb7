"""What articles of one file are known by: one its own id, several by all of them."""

from hypothesis import given
from hypothesis import strategies as st

from index.records import Document
from qa.brought_name import brought_name, brought_title

ids = st.lists(st.sampled_from(["a", "b", "ab", "a, b", '"', "text-1"]), min_size=1, max_size=4)


def named(ids):
    return brought_name([Document(one, "Title", "Words.") for one in ids])


@given(ids, ids)
def test_articles_have_one_name_if_they_are_the_same(some, others):
    assert (named(some) == named(others)) is (some == others)


def test_one_article_keeps_its_id():
    assert named(["text-0123456789ab"]) == "text-0123456789ab"


def test_several_are_called_by_the_first_and_how_many_more():
    assert [brought_title("Lamps", count) for count in (1, 2, 1_201)] == [
        "Lamps",
        "Lamps and 1 more",
        "Lamps and 1,200 more",
    ]

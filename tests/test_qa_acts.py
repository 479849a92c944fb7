"""What a click says, whatever a browser sends."""

from hypothesis import given
from hypothesis import strategies as st
from strategies import many

from qa.acts import FILES_LOOKED_AT, NO_NUMBER, files_of, link_of, number_of, text_of
from qa.bringing import Brought
from qa.place_link import PlaceLink

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
EVENTS = st.dictionaries(
    st.sampled_from(["act", "turn", "files", "article", "start", "end", "q"]), JSON
)


def test_numbers_come_as_html_gives_them():
    data = {"a": "12", "b": 7, "c": "-1", "d": "x", "e": None, "f": True, "g": "1" * 99, "h": "٣"}
    expected = [12, 7, -1, *([NO_NUMBER] * 6)]
    assert [number_of(data, name) for name in [*data, "missing"]] == expected


def test_files_are_named_without_their_folders():
    data = {
        "files": [
            {"name": "a.txt", "path": "/tmp/gradio/1/a.txt"},
            {"path": "/tmp/gradio/2/b.txt"},
            {"name": "../../etc/c.txt", "failed": "large"},
            "no file",
            {"name": 3},
        ]
    }
    assert files_of(data) == [
        Brought("a.txt", "/tmp/gradio/1/a.txt"),
        Brought("b.txt", "/tmp/gradio/2/b.txt"),
        Brought("c.txt", "", "large"),
        Brought("The file"),
    ]
    assert len(files_of({"files": [{"name": "x"}] * 10_000})) == FILES_LOOKED_AT


def test_a_link_of_texts_only():
    assert link_of({"article": "a", "q": 3, "start": "1", "end": "4"}) == PlaceLink("a", "", 1, 4)
    assert link_of({"article": ["a"]}) is None


@many
@given(EVENTS)
def test_whatever_comes_is_read(data):
    assert isinstance(text_of(data, "act"), str)
    assert isinstance(number_of(data, "turn"), int)
    assert all(isinstance(file, Brought) for file in files_of(data))
    link_of(data)

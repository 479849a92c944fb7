"""What an article is called that does not say it."""

import pytest
from hypothesis import given
from strategies import articles, many

from index.records import Document
from index.title import TITLE_CHARS, find_title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# The heading #1 \nText.", "The heading #1"),
        ("\n\n  # Set in  \r\nText.", "Set in"),
        ("# Alone", "Alone"),
        ("A first line\n\nText.", "A first line"),
        ("A first line\r\n\r\nText.", "A first line"),
        ("A first line\nText.", "My file"),
        ("A first line", "My file"),
        ("A sentence.\n\nText.", "My file"),
        ("A question?\n\nText.", "My file"),
        ("Loud!\n\nText.", "My file"),
        ("As follows:\n\nText.", "My file"),
        ("x" * TITLE_CHARS + "\n\nText.", "x" * TITLE_CHARS),
        ("x" * (TITLE_CHARS + 1) + "\n\nText.", "My file"),
        ("## A smaller heading\nText.", "A smaller heading"),
        ("### Signs on both sides ## \nText.", "Signs on both sides"),
        ("# In C#\nText.", "In C#"),
        ("A first line\n \t\nText.", "A first line"),
        ("A first line\r\rText.", "A first line"),
        ("![logo](a.png)\n\n# The heading", "The heading"),
        ("[![a](b)](c) ![d](e)\n***\n\nA first line\n\nText.", "A first line"),
        ("---\n\nText.", "My file"),
        ("\ufeff# \n\n#\nText.", "My file"),
        ("![logo](a.png)", "My file"),
        ("<!-- a\n b -->\n# The heading", "The heading"),
        ("<p align=center>\n<img src=a>\n</p>\n\n<h1 align=center>Set <b>in</b></h1>", "Set in"),
        ("<h1>\n <img src=a>\n In tags\n</h1>\nText.", "In tags"),
        ("<h1><img src=a></h1>\n# The heading", "The heading"),
        ("# **All** of `it` is _set_ *in **a*** mark", "All of it is set in a mark"),
        ("# [Brevik](http://a.b) and [Lund][1]", "Brevik and Lund"),
        ("# [![logo](b)](c) Brevik", "Brevik"),
        ("# ![Brevik](b.png)\nText.", "Brevik"),
        ("# A* search in my_own_file, 2 * 3 * 4", "A* search in my_own_file, 2 * 3 * 4"),
        ("**Brevik**\n\nText.", "Brevik"),
        ("Brevik\n=====\nText.", "Brevik"),
        ("=====\nBrevik\n=====", "Brevik"),
        ("Brevik\r\n---\r\nText.", "Brevik"),
        ("A sentence.\n---\nText.", "My file"),
        ("#hashtag\nText.", "My file"),
    ],
)
def test_titles(text, title):
    assert find_title(text, "my-file") == title


@pytest.mark.parametrize(
    ("name", "title"),
    [("a__b--c d", "A b c d"), ("éclair", "Éclair"), ("NASA", "NASA"), ("-", "-"), ("_a_", "A")],
)
def test_a_title_made_from_a_files_name(name, title):
    assert find_title("Text.", name) == title


@many
@given(articles())
def test_a_title_made_from_a_text_is_one_short_line(text):
    title = Document.from_text(text).title
    assert 0 < len(title) <= TITLE_CHARS
    assert len(title.splitlines()) == 1


def test_a_short_text_is_its_own_title():
    words = "w" * TITLE_CHARS
    assert Document.from_text(f"  {words}\n").title == words


def test_a_long_title_is_cut_between_words():
    text = "Some words " * TITLE_CHARS
    title = Document.from_text(text).title
    assert title.endswith(("Some…", "words…"))
    assert text.startswith(title.removesuffix("…") + " ")
    assert len(title) > TITLE_CHARS - len("words ")
    assert Document.from_text("w" * 500).title == "w" * (TITLE_CHARS - 1) + "…"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Harbour opens late\n\nThe harbour opens at nine.", "Harbour opens late"),
        (
            "It opens late.\n\nThe harbour opens at nine.",
            "It opens late. The harbour opens at nine.",
        ),
        ("## Intro\nThe harbour opens at nine.", "Intro"),
        ("![logo](a.png)\n\nIt opens\nat nine.", "It opens at nine."),
        (f"# {'long words ' * 50}\n\nIt opens.", "long words " * 8 + "long words…"),
        ("---", "---"),
    ],
)
def test_a_title_made_from_a_text_is_what_it_is_headed(text, title):
    assert Document.from_text(text).title == title


def test_no_blank_takes_long_to_be_no_title():
    for text in ("![a](b)" + " " * 200_000 + "x", "- " * 100_000 + "x", "\n# " * 50_000 + "x"):
        assert len(Document.from_text(text).title) <= TITLE_CHARS


@pytest.mark.parametrize(
    "unit", ["<!--", "<p>", "<h1>a", "<a ", "![a](", "[", "`", "*", "_a", "*a "]
)
@pytest.mark.parametrize("times", [200, 100_000])
def test_no_marks_take_long_to_be_left_out(unit, times):
    assert Document.from_text(f"# {unit * times}").title
    assert Document.from_text(unit * times).title

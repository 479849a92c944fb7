"""What a Markdown file says of itself before its article is no part of the article."""

import pytest
from hypothesis import given
from strategies import articles, many

from index.front_matter import without_front_matter
from index.read import read_articles

HUGO = """---
title: "The harbour: a history"
date: 2024-05-02T10:00:00+02:00
author: Ada Fenn
tags: [harbour, "history"]
categories:
  - Travel
- Ice
# of the list
summary: It took nine years.
---

  The harbour was built in 1843.
"""
TOML = """+++
title = 'My first post'
date = 2024-01-14T07:07:07+01:00
authors = ["Ada Fenn", "Bo Ek"]
tags = [
"a",
]
[cover]
title = "A picture"
author = "Nobody"
+++
The body.
"""


def said(text):
    extract = without_front_matter(text)
    return extract.title, extract.author, extract.date, extract.text


def test_what_it_says_and_the_article_behind_it():
    assert said(HUGO) == (
        "The harbour: a history",
        "Ada Fenn",
        "2024-05-02T10:00:00+02:00",
        "  The harbour was built in 1843.\n",
    )
    assert said(TOML) == (
        "My first post", "Ada Fenn, Bo Ek", "2024-01-14T07:07:07+01:00", "The body.\n"
    )  # fmt: skip


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_document_of_it(tmp_path, line_end):
    file = tmp_path / "post.md"
    file.write_bytes(b"\xef\xbb\xbf" + HUGO.replace("\n", line_end).encode())
    (document,) = read_articles(file)
    assert (document.title, document.author) == ("The harbour: a history", "Ada Fenn")
    assert document.text == f"  The harbour was built in 1843.{line_end}"
    file.write_text("---\ndate created: 2024-03-01\ntags:\n---\n# Minutes\n\nAll came.", "utf-8")
    (document,) = read_articles(file)
    assert (document.title, document.text) == ("Minutes", "# Minutes\n\nAll came.")
    plain = file.with_suffix(".txt")
    plain.write_text(HUGO, "utf-8")
    assert read_articles(plain)[0].text == HUGO


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("title: Brevik  # a town", ("Brevik", None, None)),
        ("title: C#", ("C#", None, None)),
        ("Title : 'Ann''s \"lamp\"' # x", ('Ann\'s "lamp"', None, None)),
        (r'title: "Ann \"Lo\" # x"', ('Ann "Lo" # x', None, None)),
        ("authors: [Ada Fenn, 'Ek, Bo']", (None, "Ada Fenn, Ek, Bo", None)),
        ("authors:\n- Ada", (None, None, None)),
        ("author: {name: Ada}", (None, None, None)),
        ("title: >-\n  Brevik", (None, None, None)),
        ("title: ''", (None, None, None)),
        ("title:", (None, None, None)),
        ("params:\n  title: Brevik\ndate: 2024", (None, None, "2024")),
        ("# nothing but\n\na:", (None, None, None)),
    ],
)
def test_what_a_line_says(line, expected):
    assert said(f"---\n{line}\n---\nText.") == (*expected, "Text.")


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nAn article between two rules, which goes on: so it does.\n\n---\n\nMore.",
        "---\ntitle: It never ends\n\n",
        "---\ntitle: Nothing follows\n---\n \n",
        "\n---\ntitle: Brevik\n---\nText.",
        "----\ntitle: Brevik\n---\nText.",
        "+++\ntitle = 'It never ends'\n",
        "---\n- one\n- two\n---\nText.",
        "---\n\n---\nText.",
        "---",
        "+++\n",
    ],
)
def test_what_is_an_article_stays_one(text):
    assert said(text) == (None, None, None, text)


@many
@given(articles())
def test_an_article_is_left_as_it_is(text):
    assert without_front_matter(f"# A\n{text}").text == f"# A\n{text}"
    article = f"x{text}"
    assert without_front_matter(f"---\ntitle: a\n---\n\n{article}").text == article


@pytest.mark.parametrize(
    "lines",
    [
        "a: b\n",
        " \n",
        "title: '",
        'title: ["\\',
        "authors: [a, ",
        "title:  #",
        "-",
        "a ",
        "[",
        "\r",
    ],
)
def test_no_block_takes_long(lines):
    for fence in ("---", "+++"):
        assert without_front_matter(f"{fence}\n{lines * 50_000}").text
        assert without_front_matter(f"{fence}\n{lines * 50_000}\n{fence}\nText.").text
        assert without_front_matter(f"{fence}\n{lines}{lines[1:] * 50_000}\n{fence}\nx").text

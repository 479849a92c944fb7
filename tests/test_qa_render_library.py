"""The library as HTML: which articles it lists, and what became of files."""

import pytest
from rendered import HOSTILE, Page

from index.in_memory import Embedded
from qa.render import CUT
from qa.render_library import library_html
from qa.render_shelf import Listed
from qa.session import ALL_ARTICLES, FileNote

SHELF = [Listed("own", "My notes", own=True), Listed("a", "A story"), Listed("b", "Tea & cake")]

OPEN = {"chosen": "a", "title": "A story"}


def library(articles=SHELF, **options):
    return Page(library_html(articles, **{**OPEN, "everything": ALL_ARTICLES, **options}))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_library(hostile):
    articles = [Listed(f"1{hostile}", hostile, own=True), Listed(f"2{hostile}", hostile)]
    page = library(
        articles,
        chosen=f"2{hostile}",
        title=hostile,
        files=[FileNote(hostile, "refused", hostile), FileNote(hostile, "read")],
        notice=hostile,
        accept=[hostile],
    )
    page.assert_ours()
    assert [one["data-article"] for one in page.acts("open")][:2] == [ALL_ARTICLES, f"1{hostile}"]
    assert page.text.count(hostile) == 7


def test_articles_are_opened_and_ones_own_removed():
    page = library()
    assert [one["data-article"] for one in page.acts("open")] == [ALL_ARTICLES, "own", "a", "b"]
    assert [one["data-article"] for one in page.acts("open") if "aria-current" in one] == ["a"]
    assert [(one["data-article"], one["aria-label"]) for one in page.acts("remove")] == [
        ("own", "Remove My notes")
    ]


def test_one_article_needs_no_choice_of_all():
    page = library(SHELF[1:2], everything=None)
    assert [one["data-article"] for one in page.acts("open")] == ["a"]


def test_while_titles_are_looked_for_there_is_no_choice_of_all():
    assert [one["data-article"] for one in library(SHELF[1:2], sought="story").acts("open")] == [
        "a"
    ]
    assert "No title has these words." in library([], sought="nothing").text
    assert "No title has these words." not in library(SHELF, sought="a").text


def test_it_says_how_many_more_there_are():
    page = library(more=1_005)
    assert len(page.acts("open")) == 4
    assert "and 1,005 more: search the titles" in page.text


def test_long_titles_are_cut():
    long = "Title " * 1_000
    html = library_html([Listed("a", long)], chosen="a", title=long, everything=None)
    assert len(html) < 3_000
    assert f"Title{CUT}" in html


def test_while_files_are_read_it_is_busy_and_can_be_stopped():
    notes = [FileNote("a.txt", "reading"), FileNote("b.txt", "waits")]
    page = library(files=notes)
    assert len(page.acts("stop")) == 1
    assert "a.txt is being read" in page.text
    html = library_html(SHELF, **OPEN, everything=None, files=notes)
    assert 'aria-busy="true"' in html
    done = [FileNote("a.txt", "read"), FileNote("b.txt", "refused", "It is a picture.")]
    html = library_html(SHELF, **OPEN, everything=None, files=done)
    assert 'aria-busy="false"' in html
    assert "b.txt It is a picture." in Page(html).text
    assert len(Page(html).acts("dismiss")) == 1


def test_how_far_a_file_has_come_is_told_and_drawn():
    notes = [
        FileNote("a.txt", "read"),
        FileNote("b.txt", "reading", embedded=Embedded(1_280, 5_120)),
        FileNote("c.txt", "waits"),
    ]
    html = library_html(SHELF, **OPEN, everything=None, files=notes)
    assert "File 2 of 3" in Page(html).text
    assert "b.txt 1,280 of 5,120 passages indexed" in Page(html).text
    assert html.count("<progress") == 1
    assert 'value="1280" max="5120" aria-label="b.txt"' in html
    asking = library_html(SHELF, **OPEN, everything=None, files=[FileNote("a.txt", "asking")])
    assert 'aria-busy="true"' in asking
    assert "looking for questions to suggest" in asking


def test_what_was_wrong_with_a_paste_keeps_its_form_open():
    html = library_html(SHELF, **OPEN, everything=None, notice="No text.", paste_open=True)
    assert '<details class="pq-paste" open>' in html
    assert 'role="alert">No text.<' in html
    assert 'data-paste="taken"' in library_html(SHELF, **OPEN, everything=None, paste_taken=True)

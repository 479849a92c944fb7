"""The library as HTML: which articles it lists, and what became of files."""

import pytest
from rendered import HOSTILE, Page

from qa.render_library import LISTED, Listed, library_html
from qa.session import ALL_ARTICLES, FileNote

SHELF = [Listed("own", "My notes", own=True), Listed("a", "A story"), Listed("b", "Tea & cake")]


def library(articles=SHELF, **options):
    return Page(library_html(articles, **{"chosen": "a", "everything": ALL_ARTICLES, **options}))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_library(hostile):
    articles = [Listed(f"1{hostile}", hostile, own=True), Listed(f"2{hostile}", hostile)]
    page = library(
        articles,
        chosen=f"2{hostile}",
        files=[FileNote(hostile, "refused", hostile), FileNote(hostile, "read")],
        notice=hostile,
        accept=[hostile],
    )
    page.assert_ours()
    assert [one["data-article"] for one in page.acts("open")][:2] == [f"1{hostile}", f"2{hostile}"]
    assert page.text.count(hostile) == 7


def test_articles_are_opened_and_ones_own_removed():
    page = library()
    assert [one["data-article"] for one in page.acts("open")] == ["own", "a", "b", ALL_ARTICLES]
    assert [one["data-article"] for one in page.acts("open") if "aria-current" in one] == ["a"]
    assert [(one["data-article"], one["aria-label"]) for one in page.acts("remove")] == [
        ("own", "Remove My notes")
    ]


def test_one_article_needs_no_choice_of_all():
    page = library(SHELF[1:2], everything=None)
    assert [one["data-article"] for one in page.acts("open")] == ["a"]


@pytest.mark.parametrize(
    ("sought", "found"),
    [("", 4), ("  ", 4), ("STORY", 1), ("cake tea", 1), ("&", 1), ("a", 2), ("nothing", 0)],
)
def test_titles_are_found_by_their_words(sought, found):
    page = library(sought=sought)
    assert len(page.acts("open")) == found
    assert ("No title has these words." in page.text) is (found == 0)


def test_of_many_articles_some_are_listed():
    many = [Listed(f"{n}", f"T{n}") for n in range(LISTED + 5)]
    page = library(many)
    assert len(page.acts("open")) == LISTED + 1
    assert "and 5 more" in page.text


def test_while_files_are_read_it_is_busy_and_can_be_stopped():
    notes = [FileNote("a.txt", "reading"), FileNote("b.txt", "waits")]
    page = library(files=notes)
    assert len(page.acts("stop")) == 1
    assert "a.txt is being read" in page.text
    html = library_html(SHELF, chosen="a", everything=None, files=notes)
    assert 'aria-busy="true"' in html
    done = [FileNote("a.txt", "read"), FileNote("b.txt", "refused", "It is a picture.")]
    html = library_html(SHELF, chosen="a", everything=None, files=done)
    assert 'aria-busy="false"' in html
    assert "b.txt It is a picture." in Page(html).text
    assert len(Page(html).acts("dismiss")) == 1


def test_what_was_wrong_with_a_paste_keeps_its_form_open():
    html = library_html(SHELF, chosen="a", everything=None, notice="No text.", paste_open=True)
    assert '<details class="pq-paste" open>' in html
    assert 'role="alert">No text.<' in html
    assert 'data-paste="taken"' in library_html(
        SHELF, chosen="a", everything=None, paste_taken=True
    )

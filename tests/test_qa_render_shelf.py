"""All articles as HTML: each with its opening words, however many and long they are."""

import pytest
from rendered import HOSTILE, Page

from index.records import Document
from qa.render_shelf import OPENING_CHARS, SHOWN, TITLE_CHARS, Listed, bundle_html, shelf_html


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_shelf(hostile):
    documents = [Document(f"{number} {hostile}", f"T {hostile}", hostile) for number in range(2)]
    page = Page(shelf_html(documents, own=[Listed(hostile, hostile, own=True)]))
    page.assert_ours()
    assert [button["data-article"] for button in page.buttons] == [
        hostile,
        f"0 {hostile}",
        f"1 {hostile}",
    ]
    assert page.text.count(f"T {hostile}") == 2
    assert page.text.count(hostile) == 5, "thrice as a title, twice as an opening"


def test_shelf_does_not_repeat_a_title():
    document = Document("d", "A story", "A story\n\nAnna came home.")
    page = Page(shelf_html([document]))
    assert page.text.count("A story") == 1
    assert page.text.endswith("Anna came home.")


def test_a_text_that_is_its_title_opens_with_itself():
    document = Document("d", "Anna came home.", "Anna came home.\n")
    assert "Anna came home." in Page(shelf_html([document])).text


def test_ones_own_stand_first_and_may_have_to_be_read_again():
    own = [Listed("m", "Mine", own=True), Listed("k", "Kept", own=True, waiting=True)]
    page = Page(shelf_html([Document("d", "Theirs", "Words.")], own=own))
    assert [(one["data-act"], one["data-article"]) for one in page.buttons] == [
        ("open", "m"),
        ("fetch", "k"),
        ("open", "d"),
    ]
    assert "3 articles" in page.text


def test_a_long_shelf_says_how_many_more_there_are():
    documents = [Document(f"{n}", f"T{n}", "Words.") for n in range(SHOWN + 3)]
    page = Page(shelf_html(documents))
    assert len(page.buttons) == SHOWN
    assert "and 3 more" in page.text


def test_the_articles_of_one_file_are_read_by_their_numbers():
    documents = [Document(f"text-{n}", f"T{n} <b>", "Words.") for n in range(SHOWN + 3)]
    page = Page(bundle_html(documents, "T0 <b> and 52 more"))
    page.assert_ours()
    assert page.headings["h2"] == ["T0 <b> and 52 more"]
    assert [one["data-document"] for one in page.acts("read")] == [f"{n}" for n in range(SHOWN)]
    assert page.text.endswith("and 3 more"), "which the library does not list"


def test_titles_and_openings_are_cut():
    document = Document("d", "Title " * 1_000, "Words of it. " * 10_000)
    assert len(shelf_html([document])) < TITLE_CHARS + OPENING_CHARS + 800

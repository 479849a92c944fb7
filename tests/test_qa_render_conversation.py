"""Questions and answers as HTML."""

import pytest
from rendered import (
    HOSTILE,
    STORY,
    Page,
    excerpt,
    found,
    not_found,
)

from index.records import Document
from qa.records import Excerpt
from qa.render import confidence, conversation_html, shelf_html


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_conversation(hostile):
    document = Document("d", f"Title {hostile}", f"He said {hostile} and then {hostile}! Yes.")
    quoted = found(document, hostile, question=f"who {hostile}?", others=["and then", "Yes"])
    between = found(document, "and then", question="when?")
    silent = not_found(excerpt(document, hostile), question=f"why {hostile}?")
    page = Page(
        conversation_html(
            [quoted, between, silent],
            title=f"T {hostile}",
            examples=[hostile],
            focus=(0, 0),
            pending=f"pending {hostile}",
            notice=f"notice {hostile}",
        )
    )
    page.assert_ours()
    assert page.headings["h3"] == [
        *(f"who {hostile}?", "when?", f"why {hostile}?", f"pending {hostile}")
    ]
    for text in (f"“{hostile}”", "“and then”", f"notice {hostile}", f"Title {hostile}"):
        assert text in page.text
    assert page.text.count(document.text) >= 2, "the sentence around each quote"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_invitation(hostile):
    page = Page(conversation_html([], title=f"T {hostile}", examples=["who?", hostile]))
    page.assert_ours()
    assert page.headings["h2"] == [f"T {hostile}"]
    assert [button["data-ask"] for button in page.buttons] == ["who?", hostile]
    assert hostile in page.text


def test_buttons_lead_to_every_quote():
    answer = found(STORY, "Anna", others=["Boris", "Clara"])
    page = Page(conversation_html([answer, answer], title="T", examples=[], focus=(1, 2)))
    places = [(button["data-turn"], button["data-choice"]) for button in page.buttons]
    assert sorted(places) == sorted(
        (str(turn), str(choice)) for turn in (0, 1) for choice in range(3)
    )
    current = [button for button in page.buttons if "aria-current" in button]
    assert [(button["data-turn"], button["data-choice"]) for button in current] == [("1", "2")]
    assert f"A story, characters 0–{len('Anna')}" in page.text
    assert "Other answers (2)" in page.text


def test_answer_without_others_offers_none():
    page = Page(conversation_html([found(STORY, "Anna")], title="T", examples=["never shown?"]))
    assert "Other answers" not in page.text
    assert "details" not in page.tags
    assert "never shown?" not in page.text, "examples are for a conversation yet to begin"


def test_quote_is_bold_in_its_sentence():
    html = conversation_html([found(STORY, "Boris & Clara")], title="T", examples=[])
    assert "She met <b>Boris &amp; Clara</b>.\n" in html


def test_article_that_does_not_say():
    nearest = [excerpt(STORY, "Anna came home."), excerpt(STORY, "She met Boris & Clara.")]
    page = Page(conversation_html([not_found(*nearest)], title="T", examples=[]))
    assert "The article does not say." in page.text
    assert [(button["data-turn"], button["data-choice"]) for button in page.buttons] == [
        ("0", "0"),
        ("0", "1"),
    ]
    assert "Anna came home." in page.text


def test_long_passages_are_shortened_between_words():
    document = Document("d", "T", " ".join(f"word{number}" for number in range(400)))
    silent = not_found(Excerpt.from_span(document, 0, len(document.text)))
    page = Page(conversation_html([silent], title="T", examples=[]))
    assert "word3 word4" in page.text
    assert " …" in page.text
    assert "word100" not in page.text
    shelf = Page(shelf_html([document]))
    shown = shelf.text[shelf.text.index("word0") :]
    assert shown.endswith(" …")
    assert document.text.startswith(shown.removesuffix(" …") + " ")
    assert "1 articles" in shelf.text


def test_question_that_waits_replaces_the_invitation():
    page = Page(conversation_html([], title="T", examples=["who?"], pending="why?"))
    assert page.headings["h3"] == ["why?"]
    assert page.buttons == []


def test_notice_is_read_out():
    html = conversation_html([], title="T", examples=[], notice="That was too long.")
    assert '<p class="pq-notice" role="alert">That was too long.</p>' in html


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (1.0, "Almost certain, 100 %"),
        (0.9, "Almost certain, 90 %"),
        (0.899, "Confident, 90 %"),
        (0.7, "Confident, 70 %"),
        (0.4, "Unsure, 40 %"),
        (0.399, "A guess, 40 %"),
        (0.0, "A guess, 0 %"),
    ],
)
def test_confidence(score, words):
    assert confidence(score) == words


def test_a_quote_from_a_document_with_pages_names_its_page():
    text = "Anna came. Bert left. Cleo stayed."
    paged = Document("d", "A story", text, page_starts=(0, 11, 22))
    html = conversation_html(
        [found(paged, "Bert", others=["Cleo"]), not_found(excerpt(paged, "Anna came."))],
        title="A story",
        examples=(),
    )
    assert "A story, page 2, characters 11–15" in html
    assert "A story, page 3 · " in html
    assert "A story, page 1</span>" in html
    plain = Document("d", "A story", text)
    assert "page" not in conversation_html([found(plain, "Bert")], title="A", examples=())

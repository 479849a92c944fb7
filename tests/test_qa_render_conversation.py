"""Questions and answers as HTML."""

from dataclasses import replace

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
from qa.render import CUT, LONG_CHARS, confidence
from qa.render_conversation import LONG_QUESTION_CHARS, Notice, conversation_html
from qa.render_shelf import shelf_html


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
            given_back=f"back {hostile}",
            notice=Notice(f"notice {hostile}", retry=hostile),
            citations=lambda quote: {f"As {hostile}": f"{hostile} {quote.text}"},
            several=True,
            editing=1,
        )
    )
    page.assert_ours()
    assert "data-back" in page.attributes
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


def test_the_conversation_keeps_its_place_when_the_first_answer_comes():
    answer = found(STORY, "Anna")
    shown = [
        conversation_html([], title="T", examples=["who?"]),
        conversation_html([], title="T", examples=[], pending="who?"),
        conversation_html([answer], title="T", examples=[]),
    ]
    for html in shown:
        head, _, talk = html.partition('<div class="pq-conversation"')
        assert head.startswith('<div class="pq-head">')
        assert head.endswith("</div>")
        assert talk


def test_buttons_lead_to_every_quote():
    answer = found(STORY, "Anna", others=["Boris", "Clara"])
    page = Page(conversation_html([answer, answer], title="T", examples=[], focus=(1, 2)))
    places = [(button["data-turn"], button["data-choice"]) for button in page.acts("show")]
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
    assert [(button["data-turn"], button["data-choice"]) for button in page.acts("show")] == [
        ("0", "0"),
        ("0", "1"),
    ]
    assert "Anna came home." in page.text


def test_long_passages_are_shortened_between_words():
    document = Document("d", "T", " ".join(f"word{number}" for number in range(400)))
    silent = not_found(Excerpt.from_span(document, 0, len(document.text)))
    page = Page(conversation_html([silent], title="T", examples=[]))
    assert "word3 word4" in page.text
    assert CUT in page.text
    assert "word100" not in page.text
    shelf = Page(shelf_html([document]))
    shown = shelf.text[shelf.text.index("word0") :]
    assert shown.endswith(CUT)
    assert document.text.startswith(shown.removesuffix(CUT) + " ")
    assert "1 articles" in shelf.text


def test_question_that_waits_replaces_the_invitation():
    page = Page(conversation_html([], title="T", examples=["who?"], pending="why?"))
    assert page.headings["h3"] == ["why?"]
    assert [(one["data-act"], one["data-ask"]) for one in page.buttons] == [("stop", "why?")]


def test_what_is_long_is_set_smaller():
    for length, css in ((LONG_CHARS - 1, ""), (LONG_CHARS, ' class="pq-long"')):
        title = "x" * length
        assert f"<h2{css}>{title}</h2>" in conversation_html([], title=title, examples=[])
    for length, css in ((LONG_QUESTION_CHARS - 1, ""), (LONG_QUESTION_CHARS, " pq-long")):
        html = conversation_html([], title="T", examples=[], pending="x" * length)
        assert f'<h3 class="pq-question{css}">' in html


def test_notice_is_read_out():
    page = Page(conversation_html([], title="T", examples=[], notice=Notice("That was too long.")))
    assert "That was too long." in page.text
    assert page.buttons == []
    html = conversation_html([], title="T", examples=[], notice=Notice("Busy.", retry="why?"))
    assert '<p class="pq-notice" role="alert">Busy. ' in html
    assert [one["data-ask"] for one in Page(html).acts("ask")] == ["why?"]


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
    assert '<span class="pq-meta">page 3 · ' in html
    assert '<span class="pq-meta">page 1</span>' in html
    plain = Document("d", "A story", text)
    assert "page" not in conversation_html([found(plain, "Bert")], title="A", examples=())


# What can be done with a turn


def test_every_question_can_be_edited_and_the_last_removed():
    page = Page(conversation_html([found(STORY, "Anna")] * 3, title="T", examples=[]))
    assert [one["data-turn"] for one in page.acts("edit")] == ["0", "1", "2"]
    assert len(page.acts("undo")) == len(page.acts("clear")) == 1


def test_a_follow_up_shows_how_it_was_understood_and_can_be_asked_alone():
    answer = replace(found(STORY, "Anna", question="why?"), resolved="who came? Anna why?")
    page = Page(conversation_html([found(STORY, "Boris"), answer], title="T", examples=[]))
    assert "Follow-up to: who came? Anna " in page.text
    assert [one["data-turn"] for one in page.acts("alone")] == ["1"]


def test_what_a_follow_up_was_read_behind_is_told_turn_by_turn():
    before = [
        found(STORY, "Boris", question="whom did she meet?"),
        not_found(question="where?"),
        found(STORY, "Boris & Clara", question="who was there?"),
    ]
    lead = "whom did she meet? Boris who was there? Boris &"
    answer = replace(found(STORY, "Anna", question="why?"), resolved=f"{lead} why?")
    page = Page(conversation_html([*before, answer], title="T", examples=[]))
    told = "whom did she meet? – “Boris”; who was there? – “Boris &”"
    assert f"Follow-up to: {told} " in page.text
    elsewhere = Page(conversation_html([*before[:2], answer], title="T", examples=[]))
    assert f"Follow-up to: {lead} " in elsewhere.text


def test_several_quotes_of_a_sentence_show_it_once():
    paged = Document("d", "T", "Anna met Boris and Clara. Dora left.")
    first, last = Excerpt.from_span(paged, 0, 25), Excerpt.from_span(paged, 26, len(paged.text))
    items = [
        replace(found(paged, words), sentence=sentence)
        for words, sentence in (("Boris", first), ("Clara", first), ("Dora", last))
    ]
    answer = replace(items[0], items=tuple(items))
    html = conversation_html([answer], title="T", examples=[])
    assert html.count("pq-sentence") == 2
    assert "Anna met <b>Boris</b> and <b>Clara</b>." in html
    assert "<b>Dora</b> left." in html
    assert len(Page(html).acts("show")) == 3


def test_a_quote_can_be_copied_in_every_style():
    page = Page(
        conversation_html(
            [found(STORY, "Anna", others=["Boris"])],
            title="T",
            examples=[],
            citations=lambda quote: {"One": f"1 {quote.text}", "Two": f"2 {quote.text}"},
        )
    )
    assert [one["data-text"] for one in page.acts("copy")] == ["1 Anna", "2 Anna"]


def test_other_answers_stand_under_their_articles():
    other = Document("other", "Another story", "Dora left.")
    answer = found(STORY, "Anna")
    answer = replace(
        answer,
        alternatives=(found(other, "Dora"), found(STORY, "Boris"), found(other, "left")),
    )
    text = Page(conversation_html([answer], title="T", examples=[], several=True)).text
    order = ["Another story", "“Dora”", "“left”", "A story", "“Boris”"]
    at = text.index("Other answers (3)")
    for words in order:
        at = text.index(words, at)
    alone = Page(conversation_html([answer], title="T", examples=[])).text
    assert alone.count("Another story") == 0, "the one article that was asked needs no name"


def test_an_answer_on_show_keeps_its_list_open():
    answers = [found(STORY, "Anna", others=["Boris"])]
    shut = conversation_html(answers, title="T", examples=[], focus=(0, 0))
    assert '<details class="pq-others">' in shut
    opened = conversation_html(answers, title="T", examples=[], focus=(0, 1))
    assert '<details class="pq-others" open>' in opened


def test_several_articles_do_not_say():
    html = conversation_html([not_found()], title="T", examples=[], several=True)
    assert "The articles do not say." in html


def test_what_is_asked_is_named_once_there_are_turns():
    assert "Asking" not in Page(conversation_html([], title="T", examples=[])).text
    page = Page(conversation_html([found(STORY, "Anna")], title="The title", examples=[]))
    assert "Asking The title" in page.text

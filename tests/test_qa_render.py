"""Nothing that a document or a person wrote becomes markup; marks hold the exact quote."""

from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.records import Document
from qa.assistant import Assistant
from qa.records import Answer, Excerpt
from qa.render import article_html, confidence, conversation_html, shelf_html
from qa.session import ALL_ARTICLES, TURNS_KEPT, Conversation, Focus, Session, places_of

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "${alert(1)}",
    "{{x}}",
    "</mark></p></article>",
    "<!-- comment",
    "&lt;b&gt; &amp; &#60;",
    "<style>*{display:none}</style>",
    "javascript:alert(1)",
    "]]>",
]
OUR_TAGS = {
    *("article", "header", "section", "div", "h2", "h3", "h4", "h5", "h6", "p", "blockquote"),
    *("ol", "ul", "li", "details", "summary", "button", "span", "b", "mark"),
}
OUR_ATTRIBUTES = {
    *("class", "role", "tabindex", "title", "type", "aria-label", "aria-current"),
    *("data-article", "data-ask", "data-choice", "data-turn"),
}
BLOCKS = {"p", "h3", "h4", "h5", "h6"}


class Page(HTMLParser):
    """Reads HTML strictly: what was opened is closed, and in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.buttons: list[dict[str, str | None]] = []
        self.text = ""
        self.blocks: list[str] = []  # of the article's body
        self.marks: list[tuple[str, str]] = []  # class and text
        self.headings: dict[str, list[str]] = {}
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()
        assert not self._open, "left open"

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        assert len(values) == len(attrs), "an attribute twice"
        self.tags.add(tag)
        self.attributes.update(values)
        self._open.append((tag, values))
        if tag == "button":
            self.buttons.append(values)
        if self._in_body() and tag in BLOCKS:
            self.blocks.append("")
        if tag == "mark":
            self.marks.append((values["class"] or "", ""))
        if tag in {"h2", "h3"}:
            self.headings.setdefault(tag, []).append("")

    def handle_endtag(self, tag):
        opened, _ = self._open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data):
        self.text += data
        tags = [tag for tag, _ in self._open]
        if self._in_body():
            assert set(tags) & BLOCKS, "text outside of a block"
            self.blocks[-1] += data
        if "mark" in tags:
            css, text = self.marks[-1]
            self.marks[-1] = (css, text + data)
        for heading in {"h2", "h3"} & set(tags):
            self.headings[heading][-1] += data

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment

    def _in_body(self) -> bool:
        return any(values.get("class") == "pq-body" for _, values in self._open)

    def assert_ours(self) -> None:
        assert self.tags <= OUR_TAGS
        assert self.attributes <= OUR_ATTRIBUTES
        assert "script" not in self.tags

    def marked(self, css: str) -> list[str]:
        return [text for classes, text in self.marks if css in classes.split()]


def excerpt(document: Document, quote: str) -> Excerpt:
    start = document.text.index(quote)
    return Excerpt.from_span(document, start, start + len(quote))


def found(document: Document, quote: str, *, question="who?", score=0.8, others=()) -> Answer:
    place = excerpt(document, quote)
    whole = Excerpt.from_span(document, 0, len(document.text))
    return Answer(
        question=question,
        text=place.text,
        score=score,
        null_score=0.1,
        start=place.start,
        end=place.end,
        document_id=document.id,
        document_title=document.title,
        page=place.page,
        passage=whole,
        sentence=whole,
        alternatives=tuple(found(document, other, question=question) for other in others),
    )


def not_found(*nearest: Excerpt, question="who?") -> Answer:
    return Answer(question=question, text=None, score=0.9, null_score=0.9, nearest=nearest)


def lines_of(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


STORY = Document(
    "story", "A story", "Anna came home.\n\nShe met Boris & Clara.\n\n# After\n\n- Tea."
)


# What comes out is the text and nothing else


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_article(hostile):
    text = f"It began.\n\n{hostile} in the middle of {hostile}\n# {hostile}\n- {hostile}"
    document = Document(f"id {hostile}", f"Title {hostile}", text, source=f"/tmp/{hostile}.txt")
    quote = excerpt(document, hostile)
    page = Page(article_html(document, quotes=(quote,), focus=quote, passage=quote))
    page.assert_ours()
    assert page.blocks == lines_of(text)
    assert page.marked("pq-mark") == [hostile]
    assert page.headings["h2"] == [f"Title {hostile}"]
    assert hostile.split("/")[-1] in page.text, "the file's name"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_shelf(hostile):
    documents = [Document(f"{number} {hostile}", f"T {hostile}", hostile) for number in range(2)]
    page = Page(shelf_html(documents))
    page.assert_ours()
    assert [button["data-article"] for button in page.buttons] == [
        f"0 {hostile}",
        f"1 {hostile}",
    ]
    assert page.text.count(f"T {hostile}") == 2
    assert page.text.count(hostile) == 4, "twice as a title, twice as an opening"


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


TITLE = "No line of the text"
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(
            [*HOSTILE, "\n", "\n", "\n\n", "# ", "###### ", "####### ", "#", "- ", "* ", "  ", "\r"]
        ),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    ),
    min_size=1,
    max_size=15,
).map("".join)


@settings(deadline=None, max_examples=120)
@given(TEXTS.filter(str.strip))
@example("# ")
@example("#\n##\n# a\n####### b\n#c")
@example("&amp;\n&#10;&amp")
def test_article_s_body_is_its_lines(text):
    page = Page(article_html(Document("d", TITLE, text)))
    page.assert_ours()
    assert page.headings["h2"] == [TITLE]
    assert page.blocks == lines_of(text)
    assert page.marks == []


@settings(deadline=None, max_examples=120)
@given(TEXTS.filter(str.strip), st.data())
def test_marks_hold_the_quote(text, data):
    document = Document("d", TITLE, text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = Excerpt.from_span(document, start, end)
    page = Page(article_html(document, quotes=(quote,)))
    page.assert_ours()
    assert page.blocks == lines_of(text)
    # Of each line what is quoted of it; the signs that make a heading are set beside it.
    expected, line_start = [], 0
    for line in text.split("\n"):
        hashes = len(line) - len(line.lstrip("#"))
        heading = 0 < hashes <= 6 and line[hashes : hashes + 1] == " "
        first = max(start, line_start + (hashes + 1 if heading else 0))
        last = min(end, line_start + len(line))
        if line.strip() and first < last:
            expected.append(text[first:last])
        line_start += len(line) + 1
    assert page.marked("pq-mark") == expected


TITLES = st.sampled_from([*HOSTILE, "A story", "北京", "Tea & cake"])


@settings(deadline=None, max_examples=80)
@given(TITLES, st.sampled_from(["", "# ", "\n\n## ", "\ufeff"]), TEXTS)
def test_title_that_is_the_first_line_stands_once(title, before, rest):
    text = f"{before}{title}\n{rest}"
    quote = Excerpt.from_span(Document("d", title, text), len(before), len(before) + len(title))
    page = Page(article_html(Document("d", title, text), quotes=(quote,)))
    page.assert_ours()
    assert page.headings["h2"] == [title]
    assert page.blocks == lines_of(rest)
    assert page.marked("pq-mark") == [title]


@pytest.mark.parametrize("text", ["A story of Anna.\n\nTea.", "Tea.\n\nA story\n\nTea."])
def test_title_that_is_no_line_of_its_own_at_the_top_takes_nothing_away(text):
    page = Page(article_html(Document("d", "A story", text)))
    assert page.headings["h2"] == ["A story"]
    assert page.blocks == lines_of(text)


def test_article_that_is_its_title():
    document = Document.from_text("Anna came home.")
    quote = excerpt(document, "home")
    page = Page(article_html(document, quotes=(quote,), focus=quote))
    assert page.headings["h2"] == ["Anna came home."]
    assert page.blocks == []
    assert page.marked("pq-focus") == ["home"]
    assert "Anna came home." in Page(shelf_html([document])).text


def test_quote_that_crosses_from_the_title_into_the_text():
    document = Document("d", "A story", "# A story\r\n\r\nAnna came home.")
    quote = excerpt(document, "story\r\n\r\nAnna")
    page = Page(article_html(document, quotes=(quote,), focus=quote))
    assert page.headings["h2"] == ["A story"]
    assert page.blocks == ["Anna came home."]
    assert page.marked("pq-focus") == ["story", "Anna"]


def test_shelf_does_not_repeat_a_title():
    document = Document("d", "A story", "A story\n\nAnna came home.")
    page = Page(shelf_html([document]))
    assert page.text.count("A story") == 1
    assert page.text.endswith("Anna came home.")


# Marks


def test_quote_is_marked_where_it_stands():
    document = Document("d", "T", "tea and tea and tea")
    quote = Excerpt.from_span(document, 8, 11)
    html = article_html(document, quotes=(quote,), focus=quote)
    page = Page(html)
    assert page.marks == [("pq-mark pq-focus", "tea")]
    assert ">tea and <mark" in html
    assert "</mark> and tea<" in html


def test_quote_that_crosses_lines_is_marked_in_each():
    quote = excerpt(STORY, "home.\n\nShe met")
    page = Page(article_html(STORY, quotes=(quote,), focus=quote))
    assert page.blocks == lines_of(STORY.text)
    assert page.marked("pq-focus") == ["home.", "She met"]
    assert "\n\n".join(page.marked("pq-focus")) == quote.text


def test_quote_that_crosses_a_heading():
    quote = excerpt(STORY, "Clara.\n\n# After\n\n- Tea")
    page = Page(article_html(STORY, quotes=(quote,), focus=quote))
    assert page.blocks == lines_of(STORY.text)
    assert page.marked("pq-mark") == ["Clara.", "After", "- Tea"]


def test_every_quote_is_marked_and_one_is_in_focus():
    quotes = tuple(excerpt(STORY, name) for name in ("Anna", "Boris", "Clara"))
    page = Page(article_html(STORY, quotes=quotes, focus=quotes[1]))
    assert page.marks == [
        ("pq-mark", "Anna"),
        ("pq-mark pq-focus", "Boris"),
        ("pq-mark", "Clara"),
    ]


def test_passage_is_drawn_beneath_the_quotes():
    passage = excerpt(STORY, "She met Boris & Clara.")
    quotes = (excerpt(STORY, "Boris"), excerpt(STORY, "Anna"))
    page = Page(article_html(STORY, quotes=quotes, focus=quotes[0], passage=passage))
    assert page.marks == [
        ("pq-mark", "Anna"),
        ("pq-passage", "She met "),
        ("pq-mark pq-focus", "Boris"),
        ("pq-passage", " & Clara."),
    ]


def test_nearest_passage_in_focus_is_no_quote():
    nearest = excerpt(STORY, "Anna came home.")
    page = Page(article_html(STORY, focus=nearest))
    assert page.marks == [("pq-passage pq-focus", "Anna came home.")]


def test_quotes_of_other_articles_are_not_marked():
    other = Document("other", "Other", STORY.text)
    quotes = (excerpt(other, "Anna"), excerpt(STORY, "Boris"))
    page = Page(article_html(STORY, quotes=quotes))
    assert page.marks == [("pq-mark", "Boris")]


def test_headings_and_items():
    document = Document("d", "T", "# One\n### Three\n###### Six\n- item\n  * deep\n• dot\n-no")
    html = article_html(document)
    for tag, text in (("h3", "One"), ("h5", "Three"), ("h6", "Six")):
        assert f"</span>{text}</{tag}>" in html
    assert html.count('<p class="pq-item">') == 3
    assert "<p>-no</p>" in html
    assert Page(html).blocks == lines_of(document.text)


def test_only_the_name_of_the_source_is_shown():
    document = Document("d", "T", "Some words here.", source="/home/somebody/secret/story.txt")
    page = Page(article_html(document))
    assert "3 words · story.txt" in page.text
    assert "secret" not in page.text


# The conversation


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


# Conversations and sessions


def test_places_of_an_answer_are_its_quotes():
    answer = found(STORY, "Anna", others=["Boris", "Clara"])
    assert [place.text for place in places_of(answer)] == ["Anna", "Boris", "Clara"]
    for place in places_of(answer):
        assert STORY.text[place.start : place.end] == place.text
        assert (place.document_id, place.document_title) == ("story", "A story")


def test_places_of_no_answer_are_the_nearest_passages():
    nearest = (excerpt(STORY, "Anna came home."), excerpt(STORY, "Tea."))
    assert places_of(not_found(*nearest)) == nearest
    assert places_of(not_found()) == ()


def test_new_conversation_shows_nothing():
    talk = Conversation()
    assert (talk.turns, talk.focus, talk.place, talk.passage, talk.quotes) == (
        (),
        None,
        None,
        None,
        (),
    )


def test_new_quote_comes_into_focus():
    first, second = found(STORY, "Anna"), found(STORY, "Boris", others=["Clara"])
    talk = Conversation().with_answer(first).with_answer(second)
    assert talk.turns == (first, second)
    assert talk.focus == Focus(1, 0)
    assert talk.place == excerpt(STORY, "Boris")
    assert [quote.text for quote in talk.quotes] == ["Boris", "Clara"]
    assert talk.passage == second.passage


def test_turn_without_a_quote_leaves_nothing_in_focus():
    silent = not_found(excerpt(STORY, "Anna came home."))
    talk = Conversation().with_answer(found(STORY, "Anna")).with_answer(silent)
    assert talk.focus is None
    assert talk.place is None
    nearest = talk.focused_on(1, 0)
    assert nearest.place == excerpt(STORY, "Anna came home.")
    assert nearest.quotes == ()
    assert nearest.passage is None


def test_another_quote_comes_into_focus():
    answer = found(STORY, "Anna", others=["Boris"])
    talk = Conversation().with_answer(answer).with_answer(found(STORY, "Clara"))
    moved = talk.focused_on(0, 1)
    assert moved.focus == Focus(0, 1)
    assert moved.place == excerpt(STORY, "Boris")
    assert moved.passage == answer.alternatives[0].passage
    assert moved.turns == talk.turns
    assert talk.focus == Focus(1, 0), "the one before is unchanged"


@pytest.mark.parametrize(
    ("turn", "choice"), [(-1, 0), (0, -1), (2, 0), (0, 2), (1, 1), (99, 99), (-2, 0)]
)
def test_focus_out_of_range_changes_nothing(turn, choice):
    talk = (
        Conversation()
        .with_answer(found(STORY, "Anna", others=["Boris"]))
        .with_answer(found(STORY, "Clara"))
    )
    assert talk.focused_on(turn, choice) is talk
    assert Conversation().focused_on(turn, choice) == Conversation()


def test_oldest_turns_of_a_long_conversation_go():
    talk = Conversation()
    for number in range(TURNS_KEPT + 5):
        talk = talk.with_answer(found(STORY, "Anna", question=f"question {number}?"))
    assert len(talk.turns) == TURNS_KEPT
    assert talk.turns[0].question == "question 5?"
    assert talk.turns[-1].question == f"question {TURNS_KEPT + 4}?"
    assert talk.focus == Focus(TURNS_KEPT - 1)
    assert talk.place == excerpt(STORY, "Anna")


def test_session_keeps_a_conversation_with_each_article():
    anna = Conversation().with_answer(found(STORY, "Anna"))
    boris = Conversation().with_answer(found(STORY, "Boris"))
    session = Session("a").with_conversation(anna).opened("b")
    assert session.article == "b"
    assert session.conversation == Conversation()
    session = session.with_conversation(boris)
    assert session.conversation == boris
    assert session.opened("a").conversation == anna
    assert session.opened(ALL_ARTICLES).conversation == Conversation()


def test_clearing_a_session_leaves_the_other_conversations():
    talk = Conversation().with_answer(found(STORY, "Anna"))
    session = Session("a").with_conversation(talk).opened("b").with_conversation(talk)
    cleared = session.cleared()
    assert cleared.article == "b"
    assert cleared.conversation == Conversation()
    assert cleared.opened("a").conversation == talk
    assert session.conversation == talk, "the session before is unchanged"


def test_own_articles_are_added_and_opened(stub_embedder, reader):
    one, two = (
        Assistant.from_sources(
            Document(name, name, f"The {name} article."), embedder=stub_embedder, reader=reader
        )
        for name in ("one", "two")
    )
    session = Session("seed").with_own("one", one).with_own("two", two)
    assert session.article == "two"
    assert dict(session.own) == {"one": one, "two": two}
    assert session.conversation == Conversation()
    again = session.with_own("one", two)
    assert again.article == "one"
    assert dict(again.own) == {"one": two, "two": two}
    assert session.own["one"] is one


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

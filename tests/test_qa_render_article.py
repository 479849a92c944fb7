"""Articles as HTML: the text and nothing else, with its quotes marked."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rendered import (
    HOSTILE,
    STORY,
    Page,
    excerpt,
)

from index.records import Document
from qa.records import Excerpt
from qa.render_article import article_html


def lines_of(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


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


@settings(max_examples=120)
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


@settings(max_examples=120)
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


@settings(max_examples=80)
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


def test_quote_that_crosses_from_the_title_into_the_text():
    document = Document("d", "A story", "# A story\r\n\r\nAnna came home.")
    quote = excerpt(document, "story\r\n\r\nAnna")
    page = Page(article_html(document, quotes=(quote,), focus=quote))
    assert page.headings["h2"] == ["A story"]
    assert page.blocks == ["Anna came home."]
    assert page.marked("pq-focus") == ["story", "Anna"]


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


# Pages


PAGED = Document("d", "T", "One.\n\nTwo begins\nand ends.\nThree.", page_starts=(0, 6, 17, 27))


def test_pages_are_marked_where_they_begin_and_the_text_stays_as_it_is():
    html = article_html(PAGED)
    page = Page(html)
    assert page.blocks == lines_of(PAGED.text)
    assert page.separators == ["Page 1", "Page 2", "Page 3", "Page 4"]
    assert "4 pages" in page.text
    assert html.index("Page 2") < html.index("Two begins") < html.index("Page 3")


def test_a_page_that_begins_within_a_line():
    document = Document("d", "T", "It went on and on.", page_starts=(0, 8))
    quote = excerpt(document, "went on and")
    html = article_html(document, quotes=(quote,), focus=quote)
    page = Page(html)
    assert page.blocks == ["It went on and on."]
    assert page.separators == ["Page 1", "Page 2"]
    assert "".join(page.marked("pq-focus")) == quote.text
    assert html.index("went ") < html.index('aria-label="Page 2"') < html.index("on and")


def test_no_line_looks_at_every_page():
    class Counted(tuple):
        __slots__ = ()
        looks = 0

        def __iter__(self):
            Counted.looks += 1
            return super().__iter__()

    text = "A line.\n" * 200
    document = Document("d", "T", text, page_starts=Counted(range(0, len(text), 8)))
    looks = Counted.looks
    assert len(Page(article_html(document)).separators) == 200
    assert Counted.looks - looks < 10


def test_a_document_without_pages_has_no_marks():
    assert Page(article_html(STORY)).separators == []


@settings(max_examples=120)
@given(TEXTS.filter(str.strip), st.data())
def test_whatever_the_pages_the_body_is_its_lines(text, data):
    starts = data.draw(st.lists(st.integers(0, len(text) - 1), max_size=4))
    document = Document("d", TITLE, text, page_starts=(0, *sorted(starts)))
    page = Page(article_html(document))
    page.assert_ours()
    assert page.blocks == lines_of(text)
    numbers = [int(mark.removeprefix("Page ")) for mark in page.separators]
    assert numbers == sorted(set(numbers))
    # Each page is told by the mark before it: the last word's is the last, but for white space.
    last = len(text.rstrip()) - 1
    assert document.page_of(last) <= numbers[-1] <= document.page_of(len(text) - 1)


# The bar above it


def test_the_bar_leads_from_hit_to_hit_and_links_to_the_one_in_focus():
    quote = excerpt(STORY, "Anna")
    page = Page(
        article_html(STORY, quotes=(quote,), focus=quote, hit=(2, 5), link="?article=a&q=%22")
    )
    page.assert_ours()
    assert "2 of 5" in page.text
    steps = [one["data-by"] for one in page.buttons if one["data-act"] == "step"]
    assert steps == ["-1", "1"]
    assert page.links == ["?article=a&q=%22"]


def test_one_hit_needs_no_steps_and_none_no_bar():
    assert "step" not in [b["data-act"] for b in Page(article_html(STORY, hit=(1, 1))).buttons]
    page = Page(article_html(STORY))
    assert page.buttons == []
    assert "nav" not in page.tags

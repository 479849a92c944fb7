"""Whatever a text says, its Markdown shows it: read back by another reader of Markdown."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from strategies import SENTENCES, many

from qa.markdown import escaped, is_web, linked, quoted

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
PIECES = (
    *("`", "``", "*", "**", "_", "~~", "[", "](x)", "![", "<b>", "<!--", "&amp;", "&#60;", "\\"),
    *("# ", "- ", "+ ", "> ", "1. ", "12) ", "---", "===", "```", "|", "$", "    ", "\t", " "),
    *("http://x.y", "www.x.y", "a@b.c", "[^1]: ", "\n", "\n\n", "\r\n", "a", "b", "1"),
)
# NUL is shown as what stands for no character, by Markdown's own rule.
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXTS = st.lists(
    st.sampled_from([*PIECES, *SENTENCES]) | st.text(LETTERS, max_size=6), min_size=1, max_size=12
).map("".join)


class Shown(HTMLParser):
    """The tags of HTML, and its text with a line for each <br>."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.text = ""
        html = PARSER.render(markdown)
        # Which the renderer puts between tags, but is nothing that is shown.
        for between in ("<blockquote>\n", "</p>\n", "<br />\n"):
            html = html.replace(between, between.strip())
        self.feed(html.removesuffix("\n"))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])
        if tag == "br":
            self.text += "\n"

    def handle_data(self, data):
        self.text += data


@many
@given(TEXTS)
@example("1986\\. A year")
@example("a\n===")
@example("C #")
def test_a_line_is_shown_letter_by_letter(text):
    shown = Shown(escaped(text))
    assert set(shown.tags) <= {"p"}
    assert shown.text == " ".join(text.split())
    if shown.text:
        assert Shown(f"## {escaped(text)}").text == shown.text, "in a heading as well"


@many
@given(TEXTS.filter(str.strip))
@example("a\n\n    b\n\t c  \n\nd")
@example("a\r\n- b\r1. c\n> d\n| e |\n|---|")
def test_a_quotation_keeps_its_letters_and_lines(text):
    shown = Shown(quoted(text))
    assert shown.tags[:2] == ["blockquote", "p"]
    assert set(shown.tags[2:]) <= {"br"}
    assert shown.text == re.sub("\r\n|\r", "\n", text.strip())


@many
@given(TEXTS, st.text(LETTERS, max_size=10) | st.sampled_from(PIECES))
def test_a_link_goes_where_it_says_and_nowhere_else(text, path):
    address = f"https://example.org/{path}"
    shown = Shown(linked(f"x{text}", address))
    assert shown.tags == ["p", "a"]
    assert shown.text == " ".join(f"x{text}".split())
    assert shown.links[0].startswith("https://example.org/")


def test_a_usual_address_is_kept_as_it_is():
    address = "https://example.org/a_b/c-d?e=1&copy=2#f"
    assert Shown(linked("T", address)).links == [address]


@pytest.mark.parametrize("address", [None, "", "story.txt", "javascript:alert(1)", "file:///etc"])
def test_only_pages_of_the_web_are_linked(address):
    assert not is_web(address)
    assert linked("T", address) == "T"


@pytest.mark.parametrize("text", ["http://x.y", "see HTTPS://x.y", "www.x.y", "a@b.c"])
def test_no_address_becomes_a_link_by_itself(text):
    shown = escaped(text)
    assert not re.search(r"https?:/|www\.|[^\\]@", shown, re.IGNORECASE)
    assert Shown(shown).text == text

"""Whatever articles, questions and uploads hold or are called: a page shows it as text."""

import json
from collections.abc import Sequence
from html.parser import HTMLParser

from hostile_articles import BEFORE, TEXTS, WholePassages, article
from rendered import Page, found, not_found
from squad_files import row, squad

from index.errors import PullquoteError
from index.records import Document
from qa.bringing import told_without_path, uploaded
from qa.evaluate import figures, read_squad
from qa.records import Excerpt
from qa.render_article import article_html
from qa.render_conversation import Notice, conversation_html
from qa.render_shelf import shelf_html
from qa.report import write_report
from qa.squad import SquadSet

# What is rendered


def test_rendered_it_is_text_and_nothing_else() -> None:
    for hostile in TEXTS:
        document = Document(hostile, hostile, article(hostile), source=f"/a/{hostile}")
        whole = Excerpt.from_span(document, 0, len(document.text))
        answer = found(document, BEFORE.strip(), question=hostile)
        turns = [answer, not_found(whole, question=hostile)]
        pages = [
            article_html(document, quotes=(whole,), focus=whole, passage=whole),
            shelf_html([document]),
            conversation_html(
                turns, title=hostile, examples=(), pending=hostile, notice=Notice(hostile, hostile)
            ),
            conversation_html([], title=hostile, examples=(hostile,), focus=None),
        ]
        for html in pages:
            Page(html).assert_ours()


class Shape(HTMLParser):
    """The elements and attributes of a page, and every script."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: set[tuple[str, str]] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts |= {(tag, name) for name, _ in attrs} | {(tag, "")}


def report_shape(texts: Sequence[str], folder) -> set[tuple[str, str]]:
    rows = [(article(text), [row(text, text, "never")]) for text in texts]
    folder.mkdir()
    file = folder / "hostile.json"
    file.write_text(json.dumps(squad(*rows, title=texts[0])), "utf-8")
    outcomes = read_squad(SquadSet.from_file(file), reader=WholePassages())
    name = texts[0][:100]
    written = write_report(
        {name: outcomes}, {name: figures(outcomes)}, folder=folder / "report", command=list(texts)
    )
    return Shape(written.read_text("utf-8")).parts


def test_the_report_page_has_the_elements_of_a_harmless_one(tmp_path) -> None:
    asked = [text for text in TEXTS if text.strip() and len(text) < 500]
    harmless = report_shape([f"Is it {number}?" for number in range(40)], tmp_path / "harmless")
    assert report_shape(asked, tmp_path / "hostile") <= harmless


# Uploads of the chat


def test_uploads_whatever_they_are_called(tmp_path) -> None:
    tried = 0
    for number, hostile in enumerate(TEXTS):
        folder = tmp_path / f"secret{number}"
        folder.mkdir()
        file = folder / f"{hostile[:40].replace('/', '').replace(chr(0), '')}.txt"
        try:
            file.write_text(article(hostile), "utf-8")
        except OSError:  # a name that this system does not take
            continue
        tried += 1
        try:
            (document,) = uploaded(str(file), within=str(tmp_path)).documents
        except PullquoteError as error:
            told = told_without_path(error, str(file))
            assert f"secret{number}" not in told
            Page(conversation_html([], title="A", examples=(), notice=Notice(told))).assert_ours()
        else:
            assert document.source is None
            assert f"secret{number}" not in document.title + document.id
            Page(article_html(document)).assert_ours()
    assert tried > 450

"""The page of an evaluation's report."""

import json
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import matplotlib as mpl
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from made_outcomes import MARSH, make, some_outcomes
from strategies import SENTENCES, articles, few, spans_in

from index.records import Document
from qa.evaluate import Outcome, figures, read_squad
from qa.records import Excerpt
from qa.render import marked
from qa.report import write_report
from qa.report_errors import (
    _error,
    answers_to_unanswerable,
    confident_errors,
    withheld_answers,
)
from qa.report_figures import IN_PERCENT
from qa.squad import SquadQuestion, SquadSet

pytestmark = pytest.mark.usefixtures("one_thread")


class Page(HTMLParser):
    """A parsed page; whatever is opened must be closed, and in order."""

    VOID = frozenset({"meta", "link", "br"})

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.addresses, self.tags, self.text = [], [], [], [], ""
        self.feed(text)
        self.close()
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))
        self.addresses += regex.findall(r"url\(['\"]?([^)'\"]*)", text)

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in {"href", "src", "xlink:href", "srcset", "data", "action", "poster"}:
                self.addresses.append(value)
            assert not name.startswith("on")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def written(tmp_path, outcomes, *, command=("evaluate", "set.json")):
    """The page, parsed, and the numbers."""
    results = {file: figures(found) for file, found in outcomes.items()}
    folder = tmp_path / "deep" / "report"
    path = write_report(outcomes, results, folder=folder, command=command)
    assert path == folder / "index.html"
    numbers = json.loads((folder / "figures.json").read_text("utf-8"))
    assert {file: found["figures"] for file, found in numbers["files"].items()} == results
    page = Page(path.read_text("utf-8"))
    assert all(address.startswith(("#", "data:")) for address in page.addresses)
    local = {address.removeprefix("#") for address in page.addresses if address.startswith("#")}
    assert local <= set(page.ids)
    assert not {"script", "iframe", "img", "object"} & set(page.tags)
    return page, numbers


def test_report_of_a_small_run(tmp_path, reader):
    rows = [
        ("What was counted?", ["grey herons", "herons"]),
        ("When were they counted?", ["May", "in May"]),
        ("Who designed the kettle?", []),
    ]
    questions = tuple(SquadQuestion(text, 0, tuple(golds)) for text, golds in rows)
    found = read_squad(SquadSet((MARSH,), questions), reader=reader)
    page, numbers = written(
        tmp_path, {"set.json": found}, command=["evaluate", "set.json", "--reader", "a b"]
    )
    assert "pullquote evaluate set.json --reader 'a b'" in page.text
    assert numbers["command"] == ["evaluate", "set.json", "--reader", "a b"]
    assert numbers["versions"]["pullquote"] in page.text
    assert f"matplotlib {mpl.__version__}" in page.text
    shown = " ".join(page.text.split())
    for name, value in numbers["files"]["set.json"]["figures"].items():
        if isinstance(value, int):
            digits = f"{value:,}"
        else:
            digits = f"{value:.1f} %" if name in IN_PERCENT else f"{value:.3f}"
        assert regex.search(rf"{regex.escape(name)}\s*{regex.escape(digits)}", shown), name
    assert page.tags.count("svg") == 1 + 3 + 7  # the mark, the plots, the bars
    assert "nav" not in page.tags
    assert set(numbers["files"]["set.json"]["groups"]) == {
        "question_word",
        "answer_type",
        "answer_words",
        "passage_words",
    }


def test_several_files_have_contents_and_sections(tmp_path):
    outcomes = {
        "v1/dev.json": [make(["May"], span=None)],
        "v2/dev.json": [make(), make(["grey herons"], given=False)],
        "none.json": [],
    }
    page, numbers = written(tmp_path, outcomes)
    assert {"file-1", "file-2", "file-3"} <= set(page.ids)
    assert "#file-3" in page.addresses
    assert "v2/dev.json" in page.text
    assert "The file has no questions" in page.text
    assert numbers["files"]["none.json"] == {"figures": figures([])}


@pytest.mark.parametrize(
    ("outcomes", "reasons"),
    [
        (
            [make(["grey herons"])],
            [
                "All of the questions are answerable",
                "No answer to an answerable question is wrong",
                "No right quote was withheld",
            ],
        ),
        ([make(["May"], span=None)], ["No question has a quote"]),
        ([make(["May"], given=False)], ["At present none is answered"]),
        (
            [make(), make(given=False, score=0.9), make(span=None)],
            [
                "so there is no F1 to split",
                "so every quote is wrong",
                "None of the questions is answerable",
                "No single score tells",
            ],
        ),
        ([make(given=False)], ["None of the unanswerable questions was answered"]),
    ],
)
def test_what_a_set_has_nothing_of_is_left_out(tmp_path, outcomes, reasons):
    page, _ = written(tmp_path, {"set.json": outcomes})
    for reason in reasons:
        assert reason in page.text


def test_the_best_threshold_of_the_report_is_one_of_scores(tmp_path):
    outcomes = [make(["grey herons"], score=0.6, null_score=0.9), make(score=0.3, null_score=0.1)]
    page, _ = written(tmp_path, {"set.json": outcomes})
    shown = " ".join(page.text.split())
    # Whoever went by the null scores would answer the other question first.
    assert "F1 is highest, 100.0 %, where quotes with scores from 0.31 on are given." in shown


def test_without_files(tmp_path):
    page, numbers = written(tmp_path, {})
    assert "No file was evaluated" in page.text
    assert numbers["files"] == {}


def test_figures_without_words_and_of_a_search(tmp_path):
    found = {"recall@5": 0.5, "new_figure": 2, "multi_exact_f1": 12.345}
    path = write_report({"a": []}, {"a": found}, folder=tmp_path, command=[])
    text = Page(path.read_text("utf-8")).text
    assert "Paragraph among the first 5 foundrecall@50.500" in text
    assert "new_figurenew_figure2" in text
    assert "12.3\u00a0%" in text


def test_every_word_is_escaped(tmp_path):
    odd = "</p><script>alert('x')</script> & \"q\" \x00\x0b\u202e"
    texts = [odd, *SENTENCES, "half a pair \ud83d"]
    outcomes = []
    for text in texts:
        held = text.replace("\ud83d", "")
        paragraph = Document("<i>", "<title>", f"{held} {MARSH.text}")
        outcomes.append(
            make(
                [text], span=(0, len(held)), question=text, paragraph=paragraph, given=len(held) % 2
            )
        )
        outcomes.append(make([], span=(0, len(held)), question=text, paragraph=paragraph))
    command = ["evaluate", odd.replace("\x00", ""), "\udcff"]
    page, _ = written(tmp_path, {"<b>&.json": outcomes, "\udcff.json": []}, command=command)
    assert "</p><script>alert('x')</script> & \"q\"" in page.text
    assert "<b>&.json" in page.text
    assert page.tags.count("title") == 1 + 3  # the page's own and the plots'
    assert "half a pair ?" in page.text


@few
@given(articles().flatmap(lambda text: st.tuples(st.just(text), st.lists(spans_in(text)))))
def test_marks_change_no_letter(article):
    text, spans = article
    document = Document("d", "t", text)
    excerpt = Excerpt.from_span(document, len(text) // 3, len(text))
    quotes = [make(span=span, paragraph=document).best for span in spans]
    html = marked(excerpt, quotes, "mark")
    parts = regex.split(r"(<mark>.*?</mark>)", html, flags=regex.DOTALL)
    assert "".join(unescape(regex.sub("</?mark>", "", part)) for part in parts) == excerpt.text
    inside = {place for start, end in spans for place in range(start, end)}
    length = sum(max(len(unescape(part)) - len("<mark></mark>"), 0) for part in parts[1::2])
    assert length == sum(place >= excerpt.start for place in inside)


def test_an_answer_from_elsewhere_is_shown_in_its_own_passage():
    other = Document("p1", "The kettle", "A kettle of steel.")
    elsewhere = make(["May"], span=(2, 8), paragraph=other)
    html = _error((Outcome(elsewhere.question, MARSH, elsewhere.answer), elsewhere.answer))
    quoted, asked = regex.findall("<details>.*?</details>", html)
    assert "The passage quoted: <bdi>The kettle</bdi>, 4 words" in quoted
    assert "A <mark>kettle</mark> of steel." in quoted
    assert "The passage asked of: <bdi>The marsh</bdi>, 12 words" in asked
    assert "<mark>" not in asked


def test_folder_that_is_a_file(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("here")
    with pytest.raises(OSError):
        write_report({}, {}, folder=Path(blocked), command=[])


@few
@given(some_outcomes)
def test_errors_are_what_is_wrong_and_the_worst_first(outcomes):
    confident = confident_errors(outcomes)
    withheld = withheld_answers(outcomes)
    groundless = answers_to_unanswerable(outcomes)
    for kind in (confident, withheld, groundless):
        scores = [quote.score for _, quote in kind]
        assert len(kind) <= 10
        assert scores == sorted(scores, reverse=True)
        assert all(quote == one.best and not one.is_right for one, quote in kind)
    assert all(one.answer.text and one.is_answerable for one, _ in confident)
    assert all(one.answer.text is None and one.is_best_right for one, _ in withheld)
    assert all(one.answer.text and not one.is_answerable for one, _ in groundless)
    wrong = [one for one in outcomes if not one.is_right]
    hopeless = [
        one for one in wrong if one.answer.text is None and not (one.best and one.is_best_right)
    ]
    if len(outcomes) <= 10:
        assert len(confident) + len(withheld) + len(groundless) + len(hopeless) == len(wrong)


def test_no_more_than_ten_errors_of_a_kind():
    worst = answers_to_unanswerable([make(score=number / 20) for number in range(20)])
    assert [round(20 * quote.score) for _, quote in worst] == list(range(19, 9, -1))

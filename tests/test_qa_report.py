"""The report of an evaluation: its statistics worked out again, its plots and its page."""

import json
import math
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from strategies import SENTENCES, articles, few, spans_in

from index.records import Document
from qa import breakdown, plots, report
from qa.evaluate import Outcome, figures, read_squad
from qa.metrics import Prediction, calibration_error, score_predictions
from qa.records import Answer, Excerpt
from qa.report import write_report
from qa.squad import SquadQuestion, SquadSet

pytestmark = pytest.mark.usefixtures("one_thread")

MARSH = Document("p0", "The marsh", "Forty two grey herons were counted on the salt marsh in May.")
GOLDS = ("grey herons", "May", "on the salt marsh", "the", "", "two grey")
SCORES = (0.0, 0.1, 0.25, 0.3, 0.5, 0.99, 1.0)


def make(
    golds=(),
    *,
    span=(10, 21),  # grey herons
    score=0.8,
    null_score=0.2,
    given=True,
    question="What was counted?",
    paragraph=MARSH,
):
    """What came of a question; without a span there is no quote."""
    best = None
    if span is not None:
        quote = Excerpt.from_span(paragraph, *span)
        whole = Excerpt.from_span(paragraph, 0, len(paragraph.text))
        best = Answer(
            question,
            quote.text,
            score,
            null_score,
            quote.start,
            quote.end,
            paragraph.id,
            paragraph.title,
            passage=whole,
            sentence=whole,
        )
    if best is None or not given:
        others = () if best is None else (best,)
        best = Answer(question, None, null_score, null_score, alternatives=others)
    return Outcome(SquadQuestion(question, 0, tuple(golds)), paragraph, best)


@st.composite
def one_outcome(draw):
    edges = [0, *(match.end() for match in regex.finditer(r"\w+", MARSH.text))]
    start, end = sorted(draw(st.lists(st.sampled_from(edges), min_size=2, max_size=2, unique=True)))
    score = st.sampled_from(SCORES) | st.floats(0, 1)
    return make(
        draw(st.lists(st.sampled_from(GOLDS), max_size=2)),
        span=draw(st.sampled_from([(start, end), (start, end), (start, end), None])),
        score=draw(score),
        null_score=draw(score),
        given=draw(st.booleans()),
        question=draw(st.sampled_from(["Who?", "In what way?", "how  many?", "Is it?", ""])),
    )


some_outcomes = st.lists(one_outcome(), min_size=1, max_size=12)


def score_of(outcome):
    return outcome.best.score if outcome.best else None


# Statistics


@few
@given(some_outcomes)
def test_risk_and_coverage_are_those_of_every_threshold(outcomes):
    curve = breakdown.risk_coverage(outcomes)
    thresholds = {score_of(one) for one in outcomes} - {None}
    expected, risks = [], {}
    for threshold in sorted(thresholds, reverse=True):
        answered = [one for one in outcomes if one.best and one.best.score >= threshold]
        risks[threshold] = sum(not one.is_best_right for one in answered) / len(answered)
        expected.append((len(answered) / len(outcomes), risks[threshold]))
    assert [(point.coverage, point.risk) for point in curve.points] == expected
    area = math.fsum(risks[one.best.score] for one in outcomes if one.best) / len(outcomes)
    assert curve.area == pytest.approx(area)
    enough = [(coverage, risk) for coverage, risk in expected if coverage >= 0.9]
    assert (curve.at_90 is None) == (not enough)
    if curve.at_90:
        assert (curve.at_90.coverage, curve.at_90.risk) == enough[0]
    answers = [one for one in outcomes if one.answer.text is not None]
    assert (curve.present is None) == (not answers)
    if curve.present:
        assert curve.present.coverage == len(answers) / len(outcomes)
        wrong = sum(not one.is_right for one in answers)
        assert curve.present.risk == wrong / len(answers)


def test_area_without_ties_is_the_mean_of_the_risks():
    outcomes = [make(["grey herons"], score=0.9), make(score=0.8), make(["May"], score=0.7)]
    assert breakdown.risk_coverage(outcomes).area == pytest.approx((0 + 1 / 2 + 2 / 3) / 3)


@few
@given(some_outcomes)
def test_sweep_is_the_official_f1_of_what_is_left(outcomes):
    points = breakdown.sweep(outcomes)
    assert [point.least_score for point in points] == [step / 100 for step in range(101)]
    for point in points[::25]:
        said = [
            one.best_text if one.best and one.best.score >= point.least_score else ""
            for one in outcomes
        ]
        official = score_predictions(
            [
                Prediction(one.question.answers, text, text, 0.0)
                for one, text in zip(outcomes, said, strict=True)
            ]
        )
        assert point.f1 == pytest.approx(official["f1"])
        assert point.answered == sum(map(bool, said)) / len(outcomes)
        left = [not text for one, text in zip(outcomes, said, strict=True) if not one.is_answerable]
        assert point.abstained == (sum(left) / len(left) if left else None)


@few
@given(some_outcomes)
def test_reliability_has_the_bins_of_the_calibration_error(outcomes):
    bins = breakdown.reliability(outcomes)
    assert len(bins) == 10
    assert sum(one.count for one in bins) == len(outcomes)
    error = sum(one.count * abs(one.claimed - one.right) for one in bins) / len(outcomes)
    scores = [one.answer.score for one in outcomes]
    assert error == pytest.approx(calibration_error(scores, [one.is_right for one in outcomes]))
    for number, one in enumerate(bins):
        assert not one.count or number / 10 <= one.claimed + 1e-9 <= (number + 1) / 10 + 2e-9


@few
@given(some_outcomes)
def test_groups_add_up_to_the_whole(outcomes):
    answerable = [one for one in outcomes if one.is_answerable]
    official = figures(outcomes)
    for split in (
        breakdown.by_question_word,
        breakdown.by_answer_type,
        breakdown.by_answer_length,
        breakdown.by_passage_length,
    ):
        groups = split(outcomes)
        assert all(group.count for group in groups)
        assert len({group.name for group in groups}) == len(groups)
        assert sum(group.count for group in groups) == len(answerable)
        if answerable:
            whole = sum(group.count * group.f1 for group in groups) / len(answerable)
            assert whole == pytest.approx(official.get("HasAns_f1", official["f1"]))


def test_groups_keep_the_order_of_their_names():
    asked = [("How many?", "42"), ("Why?", "May"), ("Who is it?", "grey herons"), ("Is it?", "a b")]
    outcomes = [make([gold, "May"], question=question) for question, gold in asked]
    found = [group.name for group in breakdown.by_question_word(outcomes)]
    assert found == ["who", "why", "how many/much", "other"]
    found = [(group.name, group.count, group.f1) for group in breakdown.by_answer_type(outcomes)]
    assert found == [("number", 1, 0), ("date", 1, 0), ("other short", 2, 50)]
    found = [(group.name, group.count) for group in breakdown.by_answer_length(outcomes)]
    assert found == [("1", 2), ("2–3", 2)]
    found = [(group.name, group.count) for group in breakdown.by_passage_length(outcomes)]
    assert found == [("1–50", 4)]


@pytest.mark.parametrize(
    ("words", "name"),
    [(1, "1"), (2, "2–3"), (3, "2–3"), (4, "4–6"), (12, "7–12"), (13, "13 or more")],
)
def test_answer_lengths(words, name):
    (group,) = breakdown.by_answer_length([make(["x " * words, "x"])])
    assert group.name == name


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Who’s there?", "who"),
        ("Of WHOM is it said?", "who"),
        ("whose is it?", "who"),
        ("In what year was it, and where?", "what"),
        ("What's up?", "what"),
        ("How\u00a0\n many are there?", "how many/much"),
        ("how much", "how many/much"),
        ("How did many come?", "how"),
        ("However it was, why?", "why"),
        ("Is it somewhere?", "other"),
        ("为什么？", "other"),
        ("", "other"),
    ],
)
def test_question_words(question, word):
    assert breakdown.question_word(question) == word
    assert word in breakdown.QUESTION_WORDS


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("1,832 metres", "number"),
        ("twenty-one", "number"),
        ("half of it", "number"),
        ("1500 people", "number"),
        ("١٢", "number"),
        ("1832", "date"),
        ("in the 1990s", "date"),
        ("1914–18", "date"),
        ("5 May 1832", "date"),
        ("last Tuesday", "date"),
        ("the 19th century", "date"),
        ("Ada Lovelace", "name"),
        ("the University of Port Ellen", "name"),
        ("“Élan”", "name"),
        ("a steel kettle", "other short"),
        ("the", "other short"),
        ("北京", "other short"),
        ("", "other short"),
        ("because it rained on 5 May, and nobody came", "clause"),
    ],
)
def test_answer_types(answer, kind):
    assert breakdown.answer_type(answer) == kind
    assert kind in breakdown.ANSWER_TYPES


@few
@given(some_outcomes)
def test_the_present_least_score_tells_given_from_withheld(outcomes):
    least = breakdown.present_least_score(outcomes)
    given_scores = [one.best.score for one in outcomes if one.answer.text is not None]
    if least is None:
        withheld = [one.best.score for one in outcomes if one.answer.text is None and one.best]
        assert not given_scores or max(withheld) >= min(given_scores)
    else:
        for one in outcomes:
            assert (one.answer.text is not None) == (
                one.best is not None and score_of(one) >= least
            )


@few
@given(some_outcomes)
def test_errors_are_what_is_wrong_and_the_worst_first(outcomes):
    confident = breakdown.confident_errors(outcomes)
    withheld = breakdown.withheld_answers(outcomes)
    groundless = breakdown.answers_to_unanswerable(outcomes)
    for kind in (confident, withheld, groundless):
        scores = [score_of(one) for one in kind]
        assert len(kind) <= 10
        assert scores == sorted(scores, reverse=True)
        assert not any(one.is_right for one in kind)
    assert all(one.answer.text and one.is_answerable for one in confident)
    assert all(one.answer.text is None and one.is_best_right for one in withheld)
    assert all(one.answer.text and not one.is_answerable for one in groundless)
    wrong = [one for one in outcomes if not one.is_right]
    hopeless = [
        one for one in wrong if one.answer.text is None and not (one.best and one.is_best_right)
    ]
    if len(outcomes) <= 10:
        assert len(confident) + len(withheld) + len(groundless) + len(hopeless) == len(wrong)


def test_no_more_than_ten_errors_of_a_kind():
    worst = breakdown.answers_to_unanswerable([make(score=number / 20) for number in range(20)])
    assert [round(20 * score_of(one)) for one in worst] == list(range(19, 9, -1))


# Plots


def drawn(title):
    outcomes = [make(["May"], score=0.3, given=False), make(["grey herons"]), make(score=0.5)]
    return [
        plots.risk_coverage_svg(breakdown.risk_coverage(outcomes), title=f"{title} 1"),
        plots.reliability_svg(breakdown.reliability(outcomes), title=f"{title} 2"),
        plots.sweep_svg(breakdown.sweep(outcomes), least_score=0.4, title=f"{title} 3"),
    ]


def test_plots_are_xml_with_a_title_and_the_colours_of_the_page():
    before = dict(mpl.rcParams)
    for number, svg in enumerate(drawn('<b> & "$x$" \udcff'), start=1):
        root = ET.fromstring(svg.replace("\udcff", "?"))
        assert root.tag.endswith("svg")
        assert root[0].text == f'<b> & "$x$" ? {number}'
        assert "var(--pq-ink)" in svg
        assert not regex.search("#0000[0-9a-f]{2}|<style|<script|<metadata|DOCTYPE", svg)
        assert "<text " in svg
    assert dict(mpl.rcParams) == before


def test_plots_come_out_the_same_with_ids_of_their_own():
    points = breakdown.sweep([make(["May"], score=0.3, given=False), make(score=0.5)])
    once, again, other = (
        plots.sweep_svg(points, least_score=0.4, title=title) for title in ("a", "a", "b")
    )
    assert once == again
    ids = [name for svg in (once, other) for name in regex.findall(r' id="([^"]*)"', svg)]
    assert ids
    assert len(ids) == len(set(ids))


def test_counts_of_ten_thousands_have_room():
    bins = [breakdown.ScoreBin(count, 0.5, 0.5) for count in (0, 9999, 10_000, 123_456)]
    svg = plots.reliability_svg(bins, title="counts")
    assert all(f">{count}<" in svg for count in ("0", "9999", "10k", "123k"))


# The page


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
            digits = f"{value:.1f} %" if name in report.IN_PERCENT else f"{value:.3f}"
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
    html = report._marked(excerpt, quotes)
    parts = regex.split(r"(<mark>.*?</mark>)", html, flags=regex.DOTALL)
    assert "".join(unescape(regex.sub("</?mark>", "", part)) for part in parts) == excerpt.text
    inside = {place for start, end in spans for place in range(start, end)}
    length = sum(max(len(unescape(part)) - len("<mark></mark>"), 0) for part in parts[1::2])
    assert length == sum(place >= excerpt.start for place in inside)


def test_an_answer_from_elsewhere_is_shown_in_its_own_passage():
    other = Document("p1", "The kettle", "A kettle of steel.")
    elsewhere = make(["May"], span=(2, 8), paragraph=other)
    html = report._error(Outcome(elsewhere.question, MARSH, elsewhere.answer))
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

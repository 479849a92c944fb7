"""Figures worked out again from the reader's own predictions."""

import json
from dataclasses import replace

import pytest
from squad_files import HARBOUR, MARSH, row, squad, write

from index.engine import PassageIndex
from index.records import Passage
from qa.assistant import Assistant
from qa.confidence import is_answer, judge
from qa.evaluate import PASSAGES_SEARCHED, Outcome, read_squad, recall_figures, search_squad
from qa.evaluate import figures as figures_of
from qa.rank import rank
from qa.reader import ExtractiveReader
from qa.records import Answer
from qa.squad import SquadQuestion, SquadSet

pytestmark = pytest.mark.usefixtures("one_thread")


# Figures


def words(text):
    """The official normalisation, in another way: what is left is a list of words."""
    kept = "".join(
        char
        for char in text.lower()
        if not (char.isascii() and not char.isalnum()) or char.isspace()
    )
    return [word for word in kept.split() if word not in ("a", "an", "the")]


def f1_of(prediction, gold):
    left, right = words(prediction), words(gold)
    if not left or not right:
        return float(left == right)
    remaining, common = list(right), 0
    for word in left:
        if word in remaining:
            remaining.remove(word)
            common += 1
    return 2 * common / (len(left) + len(right))


def points(said, golds):
    golds = golds or ("",)
    return (
        max(float(words(said) == words(gold)) for gold in golds),
        max(f1_of(said, gold) for gold in golds),
    )


def mean(values):
    return 100 * sum(values) / len(values)


def best_spans_read(easy, reader):
    """For each question: its best span, what is said, and how likely the null is."""
    found = []
    for question in easy.questions:
        text = easy.paragraphs[question.paragraph].text
        (reading,) = reader.read([(question.question, text)])
        best = reading.spans[0]
        span = text[best.start : best.end]
        passage = Passage(easy.paragraphs[question.paragraph], 0, len(text))
        ranking = rank([(passage, reading)], top_k=20)
        ranking = judge(question.question, ranking, reader.settings, searched=False)
        said = span if is_answer(ranking, reader.settings, min_score=None) else ""
        found.append((span, said, ranking.null_score))
    return found


def test_reader_figures_are_those_of_its_predictions(easy, reader: ExtractiveReader):
    found = best_spans_read(easy, reader)
    outcomes = read_squad(easy, reader=reader, batch_size=2)
    figures = figures_of(outcomes)
    golds = [question.answers for question in easy.questions]
    given = [points(said, gold) for (_, said, _), gold in zip(found, golds, strict=True)]
    answerable = [score for score, gold in zip(given, golds, strict=True) if gold]
    for column, name in enumerate(("exact", "f1")):
        assert figures[name] == pytest.approx(mean([score[column] for score in given]))
        assert figures[f"HasAns_{name}"] == pytest.approx(
            mean([score[column] for score in answerable])
        )
        assert figures[f"NoAns_{name}"] == pytest.approx(100 * given[3][column])
        # The best of every threshold there could be, tried one after the other.
        tried = {
            threshold: mean(
                [
                    points(span if null <= threshold else "", gold)[column]
                    for (span, _, null), gold in zip(found, golds, strict=True)
                ]
            )
            for threshold in [-1.0, *(null + 1e-6 for _, _, null in found)]
        }
        assert figures[f"best_{name}"] == pytest.approx(max(tried.values()))
    assert (figures["total"], figures["HasAns_total"], figures["NoAns_total"]) == (5, 4, 1)
    assert figures["best_f1"] >= figures["f1"] - 1e-9
    present = [null for (_, _, null), gold in zip(found, golds, strict=True) if gold]
    absent = found[3][2]
    assert figures["auroc"] == pytest.approx(sum(null < absent for null in present) / 4)
    assert figures["abstained_at_90"] == float(absent > max(present))
    claimed = [outcome.answer.score for outcome in outcomes]
    right = [
        f1_right(outcome.answer.text or "", gold)
        for outcome, gold in zip(outcomes, golds, strict=True)
    ]
    assert figures["ece"] == pytest.approx(ece_of(claimed, right))


def f1_right(said, golds):
    return points(said, golds)[1] >= 0.5


def ece_of(claimed, right):
    bins = {}
    for score, is_right in zip(claimed, right, strict=True):
        bins.setdefault(min(int(score * 10), 9), []).append((score, is_right))
    return sum(
        abs(sum(score for score, _ in held) - sum(is_right for _, is_right in held))
        for held in bins.values()
    ) / len(claimed)


def test_set_without_unanswerable_questions_is_scored_as_squad_1(easy, reader):
    answerable = tuple(question for question in easy.questions if question.answers)
    first = SquadSet(easy.paragraphs, answerable)
    found = best_spans_read(first, reader)
    figures = figures_of(read_squad(first, reader=reader))
    scores = [
        points(span, question.answers)
        for (span, _, _), question in zip(found, answerable, strict=True)
    ]
    assert set(figures) == {"exact", "f1", "total", "ece"}
    assert figures["exact"] == pytest.approx(mean([exact for exact, _ in scores]))
    assert figures["f1"] == pytest.approx(mean([f1 for _, f1 in scores]))
    assert figures["total"] == 4
    assert figures["f1"] >= 75, "these are easy"


def test_of_a_set_without_unanswerable_questions_nothing_is_withheld(easy, reader, embedder):
    asked = SquadQuestion("Which cup was won by the Icelandic rowers?", 0, ("1832",))
    answerable = SquadSet(easy.paragraphs, (asked,))
    assistant = Assistant.from_sources(easy.paragraphs, embedder=embedder, reader=reader)
    for given in (
        read_squad(answerable, reader=reader),
        search_squad(answerable, assistant=assistant),
    ):
        assert given[0].answer.text is not None
    mixed = SquadSet(easy.paragraphs, (asked, replace(asked, answers=())))
    for withheld in (read_squad(mixed, reader=reader), search_squad(mixed, assistant=assistant)):
        assert withheld[0].answer.text is None


def test_figures_do_not_depend_on_the_batches(easy, reader):
    one = figures_of(read_squad(easy, reader=reader, batch_size=1))
    many = figures_of(read_squad(easy, reader=reader, batch_size=32))
    assert one == {name: pytest.approx(value, abs=1e-4) for name, value in many.items()}


def test_open_figures_of_an_easy_set(easy, reader, embedder):
    assistant = Assistant.from_sources(
        easy.paragraphs, reader=reader, embedder=embedder, passages_read=2
    )
    outcomes = search_squad(easy, assistant=assistant)
    figures = figures_of(outcomes) | recall_figures(outcomes, assistant.index)
    recalls = [figures[f"recall@{k}"] for k in (1, 5, 10, 20)]
    assert recalls == [1.0, 1.0, 1.0, 1.0], "each question names what its paragraph is about"
    assert (figures["total"], figures["HasAns_total"], figures["NoAns_total"]) == (5, 4, 1)
    # The same, asked one by one of the same paragraphs.
    given = [
        points(assistant.ask(question.question, top_k=1).text or "", question.answers)
        for question in easy.questions
    ]
    assert figures["exact"] == pytest.approx(mean([exact for exact, _ in given]))
    assert figures["f1"] == pytest.approx(mean([f1 for _, f1 in given]))


@pytest.mark.parametrize("question", ["  ", "Why? " * 300, "why " * 240, "Who\ud800?"])
@pytest.mark.parametrize("history", [False, True])
def test_what_cannot_be_asked_counts_as_not_answered(tmp_path, reader, embedder, question, history):
    data = squad((MARSH, [row(question, "42"), row("How many herons were counted?", "42")]))
    file = tmp_path / "odd.json"
    file.write_text(json.dumps(data), "utf-8")
    odd = SquadSet.from_file(file)
    index = PassageIndex.from_documents(odd.paragraphs, embedder=embedder)
    ways = (
        read_squad(odd, reader=reader, history=history),
        search_squad(odd, assistant=Assistant(index=index, reader=reader), history=history),
    )
    for outcomes in ways:
        figures = figures_of(outcomes)
        assert (figures["unasked"], figures["f1"], figures["total"]) == (1, 50.0, 2)
        assert [one.answer.text for one in outcomes] == [None, "42"]
        assert recall_figures(outcomes, index)["recall@1"] == 0.5


@pytest.mark.parametrize("history", [False, True])
def test_what_cannot_be_asked_is_never_right_and_keeps_its_place(tmp_path, reader, history):
    asked = [
        row("How many herons were counted?", "42"),
        row("why " * 300, impossible=True),
        row("Who flew the aeroplane?", impossible=True),
    ]
    odd = SquadSet.from_file(write(tmp_path, "odd.json", squad((MARSH, asked))))
    outcomes = read_squad(odd, reader=reader, history=history)
    assert [one.question for one in outcomes] == list(odd.questions)
    assert [one.is_right for one in outcomes] == [True, False, True]
    figures = figures_of(outcomes)
    assert (figures["NoAns_exact"], figures["HasAns_exact"]) == (50.0, 100.0)
    assert figures["best_exact"] == pytest.approx(200 / 3)
    assert (figures["auroc"], figures["unasked"]) == (1.0, 1)


def test_recall_of_no_answerable_question_is_no_figure(tmp_path, reader, stub_embedder):
    data = squad((MARSH, [row("Who counted the gulls?", impossible=True)]))
    read = SquadSet.from_file(write(tmp_path, "none.json", data))
    index = PassageIndex.from_documents(read.paragraphs, embedder=stub_embedder)
    assistant = Assistant(index=index, reader=reader)
    assert recall_figures(search_squad(read, assistant=assistant), index) == {}


@pytest.mark.parametrize(("sentences", "partly"), [(80, "recall@5"), (4000, "recall@1")])
def test_recall_counts_paragraphs_and_not_passages(tmp_path, stub_embedder, sentences, partly):
    # Random vectors, so what is found first is found by chance; the long one is found often.
    long = " ".join(
        f"Sentence {number} says {number * number} or so." for number in range(sentences)
    )
    data = squad(
        (long, [row("What does sentence 9 say?", "81")]),
        *((f"{MARSH} Year {year}.", [row(f"What was {year}?", "42")]) for year in range(6)),
    )
    read = SquadSet.from_file(write(tmp_path, "long.json", data))
    index = PassageIndex.from_documents(read.paragraphs, embedder=stub_embedder)
    outcomes = [
        Outcome(one, read.paragraphs[one.paragraph], Answer(one.question, None, 0.0, 1.0))
        for one in read.questions
    ]
    figures = recall_figures(outcomes, index)
    assert len(index.passages) > len(read.paragraphs) + 3
    assert (len(index.passages) > 2 * PASSAGES_SEARCHED) is (sentences == 4000)
    ranks = []
    for question in read.questions:
        (hits,) = index.search([question.question], top_k=len(index.passages))
        before = set()
        for hit in hits:
            if hit.passage.document.id == read.paragraphs[question.paragraph].id:
                break
            before.add(hit.passage.document.id)
        ranks.append(len(before) + 1)
    for k in (1, 5, 10, 20):
        assert figures[f"recall@{k}"] == pytest.approx(sum(rank <= k for rank in ranks) / 7)
    assert figures["recall@10"] == 1.0, "there are only seven"
    assert 0 < figures[partly] < 1, "chance has left something to tell apart"


# Conversations


class Listener:
    """A reader that notes what it is asked, and says whether it reads history."""

    def __init__(self, reader, *, reads_history):
        self._reader = reader
        self.settings = replace(reader.settings, reads_history=reads_history, min_score=0.0)
        self.questions = []

    def takes(self, question):
        return self._reader.takes(question)

    def read(self, pairs, *, batch_size=32, max_answer_tokens=30):
        self.questions += [question for question, _ in pairs]
        return self._reader.read(pairs, batch_size=batch_size, max_answer_tokens=max_answer_tokens)


TALK = squad(
    (HARBOUR, [row("What was built in 1832?", "lighthouse"), row("How high is it?", "17 metres")]),
    (MARSH, [row("How many herons were counted?", "42"), row("Where?", "salt marsh")]),
)


def test_turns_see_the_earlier_ones_and_our_own_answers(tmp_path, reader):
    talk = SquadSet.from_file(write(tmp_path, "talk.json", TALK))
    told = Listener(reader, reads_history=True)
    outcomes = read_squad(talk, reader=told, history=True)
    assert [one.question for one in outcomes] == list(talk.questions)
    said = {one.question.question: one.answer for one in outcomes}
    first, second = said["What was built in 1832?"], said["How many herons were counted?"]
    assert told.questions == [
        "What was built in 1832?",
        "How many herons were counted?",
        "How high is it?",  # in both forms
        "Where?",
        f"What was built in 1832? {first.text} How high is it?",
        f"How many herons were counted? {second.text} Where?",
    ]
    assert said["How high is it?"].resolved == told.questions[4]
    alone = Listener(reader, reads_history=False)
    read_squad(talk, reader=alone, history=True)
    assert alone.questions[2:] == ["How high is it?", "Where?"], "not trained for it"
    plain = Listener(reader, reads_history=True)
    outcomes = read_squad(talk, reader=plain)
    assert plain.questions == [question.question for question in talk.questions]
    assert all(one.answer.resolved is None for one in outcomes)


def test_conversations_over_an_index(tmp_path, reader, embedder):
    talk = SquadSet.from_file(write(tmp_path, "talk.json", TALK))
    told = Listener(reader, reads_history=True)
    assistant = Assistant.from_sources(talk.paragraphs, reader=told, embedder=embedder)
    outcomes = search_squad(talk, assistant=assistant, history=True)
    assert len(outcomes) == 4
    assert outcomes[3].answer.resolved is not None
    assert outcomes[3].answer.resolved.startswith("How many herons were counted? ")
    assert outcomes[3].answer.resolved in told.questions


def test_recall_of_a_turn_is_of_what_it_was_searched_with(tmp_path, reader, embedder):
    # Alone the second turn suits the others: only what was asked before it says which is meant.
    others = [(f"{HARBOUR} It was {year}.", [row("Year?", "1832")]) for year in range(30)]
    turns = [row("How many herons were counted?", "42"), row("How high is it?", "marsh")]
    data = squad((MARSH, turns))
    data["data"] += squad(*others)["data"]
    talk = SquadSet.from_file(write(tmp_path, "talk.json", data))
    assistant = Assistant.from_sources(talk.paragraphs, reader=reader, embedder=embedder)
    found = {}
    for history in (False, True):
        outcomes = search_squad(talk, assistant=assistant, history=history)
        own = [one for one in outcomes if one.paragraph.text == MARSH]
        found[history] = recall_figures(own, assistant.index)
    assert found[True]["recall@1"] == 1.0
    assert found[False]["recall@20"] == 0.5, "of the bare question it is not among the first"


# The least score


def test_least_score_decides_what_is_given(easy, reader):
    everything = read_squad(easy, reader=reader, min_score=0.0)
    assert all(outcome.answer.text for outcome in everything)
    scores = sorted(outcome.answer.score for outcome in everything)
    some = read_squad(easy, reader=reader, min_score=scores[2])
    assert sum(outcome.answer.text is not None for outcome in some) == 3
    assert [one.best_text for one in some] == [one.best_text for one in everything]

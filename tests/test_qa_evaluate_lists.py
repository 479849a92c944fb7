"""Questions with several answers: what is right, and the figures of lists."""

from dataclasses import replace

import pytest
from made_outcomes import make
from squad_files import row, squad, write

from index.records import Document
from qa.assistant import Assistant
from qa.evaluate import figures as figures_of
from qa.evaluate import read_squad, search_squad
from qa.metrics import score_several
from qa.records import Answer
from qa.report_errors import confident_errors, withheld_answers
from qa.score_curves import risk_coverage
from qa.squad import SquadSet

pytestmark = pytest.mark.usefixtures("one_thread")


def test_several_answers_are_scored_as_sets(tmp_path, reader):
    text = "The shop sells mint, sage and thyme. It opens at nine."
    herbs = row("Which herbs does the shop sell?", "mint") | {
        "all_spans": [{"text": herb} for herb in ("mint", "sage", "thyme")]
    }
    several = SquadSet.from_file(write(tmp_path, "herbs.json", squad((text, [herbs]))))
    (outcome,) = read_squad(several, reader=reader, min_score=0.0)
    assert [item.text for item in outcome.answer.items] == ["mint", "sage", "thyme"]
    figures = figures_of([outcome])
    assert figures["multi_exact_f1"] == figures["multi_overlap_f1"] == 100.0
    (withheld,) = read_squad(several, reader=reader, min_score=1.0)
    assert withheld.answer.text is None
    assert figures_of([withheld])["multi_overlap_f1"] == 0.0


HERBS = "The shop sells mint, sage and thyme. It opens at nine."


def herbs_said(*said, items=("mint", "sage", "thyme"), given=True):
    """What came of a question for several herbs, if these were quoted."""
    paragraph = Document("p0", "The shop", HERBS)
    spans = [(HERBS.index(one), HERBS.index(one) + len(one)) for one in said]
    quotes = tuple(make(span=span, paragraph=paragraph).answer for span in spans)
    one = make(["mint"], span=spans[0], paragraph=paragraph, given=given)
    several = quotes if len(quotes) > 1 else ()
    return replace(
        one,
        question=replace(one.question, items=items),
        answer=replace(one.answer, items=several if given else ()),
        withheld=() if given else several,
    )


@pytest.mark.parametrize("given", [True, False])
@pytest.mark.parametrize(
    ("said", "right"),
    [
        (["mint", "sage", "thyme"], True),
        (["thyme", "sage"], True),
        (["mint"], False),  # one of three, though it is what is accepted as a single answer
        (["mint", "shop", "nine"], False),
        (["mint", "sage", "thyme", "nine", "shop"], True),
        (["mint", "nine", "shop", "opens", "sells"], False),
    ],
)
def test_a_list_is_right_by_its_items(said, right, given):
    one = herbs_said(*said, given=given)
    assert one.best_text == said[0]
    assert one.is_best_right is right
    assert one.is_right is (right and given)
    share = risk_coverage([one]).points[0].risk
    assert share == (not right)
    figures = figures_of([one])
    assert figures["ece"] == pytest.approx(abs(one.answer.score - one.is_right))
    assert figures["f1"] == (100 if said[0] == "mint" else 0), "the official one stays"
    assert [wrong for wrong, _ in confident_errors([one])] == [one] * (given and not right)
    assert [kept for kept, _ in withheld_answers([one])] == [one] * (right and not given)


@pytest.mark.parametrize("items", [None, ("mint",), ("mint", "Mint."), ("mint", "the")])
def test_a_single_answer_is_judged_by_its_words(items):
    assert herbs_said("mint", items=items).is_best_right
    assert not herbs_said("nine", items=items).is_best_right


def test_a_list_that_is_withheld_is_judged_by_its_items(tmp_path, reader, embedder):
    herbs = row("Which herbs does the shop sell?", "mint") | {
        "all_spans": ["mint", "sage", "thyme"]
    }
    none = row("Which cup was won by the Icelandic rowers?", impossible=True)
    squad_of = SquadSet.from_file(write(tmp_path, "herbs.json", squad((HERBS, [herbs, none]))))
    assistant = Assistant.from_sources(squad_of.paragraphs, embedder=embedder, reader=reader)
    for outcomes in (
        read_squad(squad_of, reader=reader, min_score=1.0),
        search_squad(squad_of, assistant=assistant, min_score=1.0),
    ):
        assert [one.answer.text for one in outcomes] == [None, None]
        assert [quote.text for quote in outcomes[0].best_quotes] == ["mint", "sage", "thyme"]
        assert outcomes[0].is_best_right
        assert not outcomes[0].is_right


@pytest.mark.parametrize("given", [True, False])
def test_a_false_answer_where_there_are_none_lowers_the_figures_of_several(given):
    right = make(["grey herons"], question="What?")
    right = replace(right, question=replace(right.question, items=("grey herons", "gulls")))
    none = make(given=given, question="Which gulls?")
    none = replace(none, question=replace(none.question, items=()))
    said = [["grey herons"], ["grey herons"] if given else []]
    expected = score_several([["grey herons", "gulls"], []], said)
    assert figures_of([right, none, make(["May"])]).items() >= expected.items()
    assert (expected["multi_exact_f1"] < 60) is given
    unasked = replace(none, answer=Answer("Which gulls?", None, 0.0, 1.0), asked=False)
    wrong = score_several([["grey herons", "gulls"], []], [["grey herons"], ["no gulls"]])
    figures = figures_of([right, unasked])
    assert figures["multi_exact_f1"] == wrong["multi_exact_f1"]

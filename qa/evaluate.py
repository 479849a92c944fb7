"""Ask the questions of a SQuAD-format file, and score what is answered."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from typing import TypeVar

from tqdm import tqdm

from index.engine import PassageIndex
from index.errors import InputError
from index.records import Document, Passage
from qa.answering import make_answer
from qa.assistant import Assistant
from qa.conversation import expand
from qa.defaults import BATCH_SIZE
from qa.hearing import ToRead, read_all
from qa.metrics import (
    Prediction,
    best_against,
    calibration_error,
    list_f1,
    normalize,
    recall_at,
    score_answerability,
    score_predictions,
    score_several,
)
from qa.questions import check_question
from qa.reader import Reader
from qa.records import Answer, Question, Turn
from qa.retrieval import retrieve
from qa.squad import SquadQuestion, SquadSet

RECALL_CUTOFFS = (1, 5, 10, 20)
# Passages searched for the first 20 paragraphs: a long paragraph has several. Where these are not
# enough, twice as many are.
PASSAGES_SEARCHED = 4 * max(RECALL_CUTOFFS)
BLOCK_PAIRS = 256  # pairs sorted by length together; more would only make the bar jump
QUOTES = 1  # and where none is given, the best span as the only alternative
# People's own answers to one question seldom agree to the letter; with more than half of
# the words in common the quote says the same.
RIGHT_F1 = 0.5
UNASKED = "could not be asked"  # stands for an answer where there is none to be found
Item = TypeVar("Item")
Asked = tuple[SquadQuestion, Question]
Answering = Callable[[Sequence[Asked], float | None], list[Answer]]  # with a least score


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question whose answers are known, and what was answered.

    Args:
        question: the question.
        paragraph: the paragraph it was asked of.
        answer: what was answered.
        asked: whether it could be asked. One that is blank, too long or no Unicode could not: it
            earns nothing, and ``figures`` says how many there are.
        withheld: the items of a list that was not good enough to be the answer, where the question
            has several.
    """

    question: SquadQuestion
    paragraph: Document
    answer: Answer
    asked: bool = True
    withheld: tuple[Answer, ...] = ()

    @property
    def best(self) -> Answer | None:
        """The best quote, whether or not it was good enough to be the answer."""
        return self.answer if self.answer.text else next(iter(self.answer.alternatives), None)

    @property
    def best_text(self) -> str:
        """The words of the best quote, "" without one."""
        return (self.best.text or "") if self.best else ""

    @property
    def best_quotes(self) -> tuple[Answer, ...]:
        """The items of the best list, given or not, else the best quote alone."""
        alone = () if self.best is None else (self.best,)
        return self.answer.items or self.withheld or alone

    @property
    def unquoted_text(self) -> str:
        """What is scored where no quote is: "", or words that earn nothing if it is unasked."""
        return "" if self.asked or self.is_answerable else UNASKED

    @property
    def f1(self) -> float:
        """F1 of the best quote, from 0 to 1; 0 where the question is unanswerable."""
        return best_against(self.best_text, self.question.answers)[1] if self.is_answerable else 0.0

    @property
    def is_answerable(self) -> bool:
        """Whether the paragraph answers the question."""
        return bool(self.question.answers)

    @property
    def has_several(self) -> bool:
        """Whether the question has several answers at once, so that a list is judged by them."""
        return len(set(map(normalize, self.question.items or ())) - {""}) > 1

    @property
    def is_best_right(self) -> bool:
        """Whether the best quote, or the best list, says what an accepted answer says.

        Of several answers a list is right with more than half (F1 over the items): one of three
        is no answer to the question, and one that is wrong among many does not spoil it.
        """
        if self.best is None:
            return False
        if not self.has_several:
            return self.f1 >= RIGHT_F1
        said = [quote.text or "" for quote in self.best_quotes]
        return list_f1(said, self.question.items or (), alike_f1=RIGHT_F1) > RIGHT_F1

    @property
    def is_right(self) -> bool:
        """Whether what was said is right: the quote, or that there is none."""
        if not self.asked:
            return False
        return self.is_best_right if self.answer.text is not None else not self.is_answerable


def read_squad(
    squad: SquadSet,
    *,
    reader: Reader,
    history: bool = False,
    min_score: float | None = None,
    batch_size: int = BATCH_SIZE,
    progress: bool = False,
) -> list[Outcome]:
    """Give the reader each question with its own paragraph.

    Where every question has an answer nothing is withheld, as SQuAD 1.1 is scored, unless a
    least score is given; exact match and F1 are of the best span there all the same.

    Args:
        squad: questions and their paragraphs.
        reader: what to measure.
        history: whether each question sees the earlier ones of its conversation and what
            was answered to them.
        min_score: least score of an answer; without it, the one fitted for the reader.
        batch_size: windows in one pass through the model.
        progress: show a progress bar on standard error.

    Returns:
        What came of each question, in the order they were asked.
    """

    def answer(block: Sequence[Asked], least: float | None) -> list[Answer]:
        paragraphs = [squad.paragraphs[known.paragraph] for known, _ in block]
        told = [expand(question) for _, question in block]
        readings = read_all(
            reader,
            [
                ToRead(question.text, behind, paragraph.text)
                for (_, question), paragraph, behind in zip(block, paragraphs, told, strict=True)
            ],
            batch_size=batch_size,
        )
        return [
            make_answer(
                question.text,
                [(Passage(paragraph, 0, len(paragraph.text)), reading)],
                settings=reader.settings,
                top_k=QUOTES,
                searched=False,
                min_score=least,
                resolved=resolved,
            )
            for (_, question), paragraph, resolved, reading in zip(
                block, paragraphs, told, readings, strict=True
            )
        ]

    least = _least_score(squad, min_score)
    return _ask_all(squad, answer, least, reader=reader, history=history, progress=progress)


def search_squad(
    squad: SquadSet,
    *,
    assistant: Assistant,
    history: bool = False,
    min_score: float | None = None,
    batch_size: int = BATCH_SIZE,
    progress: bool = False,
) -> list[Outcome]:
    """Ask each question of all paragraphs of the file together.

    Where every question has an answer nothing is withheld, as for ``read_squad``.

    Args:
        squad: questions and paragraphs.
        assistant: over the squad's paragraphs.
        history: whether each question sees the earlier ones of its conversation and what
            was answered to them.
        min_score: least score of an answer; without it, the one fitted for the reader.
        batch_size: windows in one pass through the reader.
        progress: show a progress bar on standard error.
    """

    def answer(block: Sequence[Asked], least: float | None) -> list[Answer]:
        return list(
            assistant.ask_stream(
                [question for _, question in block],
                top_k=QUOTES,
                batch_size=batch_size,
                min_score=least,
            )
        )

    least, reader = _least_score(squad, min_score), assistant.reader
    return _ask_all(squad, answer, least, reader=reader, history=history, progress=progress)


def figures(outcomes: Sequence[Outcome]) -> dict[str, float | int]:
    """The figures of a set of outcomes.

    Returns:
        The official ones (``qa.metrics.score_predictions``); ``ece``, the expected
        calibration error of ``Answer.score``; ``unasked``, if any, how many questions could
        not be asked; where some are unanswerable
        ``auroc`` and ``abstained_at_90``; where there are questions with ``all_spans``, be it an
        empty list, ``multi_exact_f1`` and ``multi_overlap_f1``.
    """
    found: dict[str, float | int] = dict(score_predictions([_prediction(one) for one in outcomes]))
    asked = [one for one in outcomes if one.asked]
    found |= score_answerability(
        [one.is_answerable for one in asked], [one.answer.null_score for one in asked]
    )
    found["ece"] = calibration_error(
        [one.answer.score for one in asked], [one.is_right for one in asked]
    )
    if len(asked) < len(outcomes):
        found["unasked"] = len(outcomes) - len(asked)
    several = [
        (one.question.items, _quotes_of(one)) for one in outcomes if one.question.items is not None
    ]
    if several:
        found |= score_several([items for items, _ in several], [said for _, said in several])
    return found


def recall_figures(outcomes: Sequence[Outcome], index: PassageIndex) -> dict[str, float]:
    """``recall@k``: the share of answerable questions whose own paragraph is found.

    Args:
        outcomes: of ``search_squad``; a turn of a conversation is searched for as it was there,
            behind the turns it leans on too.
        index: of the squad's paragraphs.

    Returns:
        For each k the share, from 0 to 1, whose paragraph is among the first k; nothing where no
        question is answerable. One that could not be asked finds nothing.
    """
    answerable = [one for one in outcomes if one.is_answerable]
    if not answerable:
        return {}
    asked = [one for one in answerable if one.asked]
    ranks: list[int | None] = [None] * (len(answerable) - len(asked))
    top_k = PASSAGES_SEARCHED
    while asked:
        found = retrieve(
            index,
            [one.question.question for one in asked],
            [one.answer.resolved for one in asked],
            top_k=top_k,
        )
        too_few = []
        for outcome, hits in zip(asked, found, strict=True):
            paragraphs = list(dict.fromkeys(hit.passage.document.id for hit in hits))
            own = outcome.paragraph.id
            if own in paragraphs:
                ranks.append(paragraphs.index(own) + 1)
            elif len(paragraphs) >= max(RECALL_CUTOFFS) or top_k >= len(index.passages):
                ranks.append(None)
            else:
                too_few.append(outcome)
        asked, top_k = too_few, 2 * top_k
    return dict(recall_at(ranks, RECALL_CUTOFFS))


def _least_score(squad: SquadSet, min_score: float | None) -> float | None:
    if min_score is None and all(question.answers for question in squad.questions):
        return 0.0
    return min_score


def _ask_all(
    squad: SquadSet,
    answer: Answering,
    least: float | None,
    *,
    reader: Reader,
    history: bool,
    progress: bool,
) -> list[Outcome]:
    """Ask all questions together, or the first turns, then the second, and so on."""
    outcomes = []
    said: dict[int, tuple[Turn, ...]] = {}
    rounds: Iterable[Sequence[SquadQuestion | None]] = (
        zip_longest(*squad.conversations) if history else [squad.questions]
    )
    with tqdm(total=len(squad.questions), unit=" questions", disable=not progress) as bar:
        for turns in rounds:
            asked = []
            for known in filter(None, turns):
                if _is_question(known.question) and reader.takes(known.question):
                    asked.append(
                        (known, Question(known.question, said.get(known.conversation, ())))
                    )
                    continue
                none = Answer(known.question, None, score=0.0, null_score=1.0)
                paragraph = squad.paragraphs[known.paragraph]
                outcomes.append(Outcome(known, paragraph, none, asked=False))
                bar.update()
            for block in _blocks(asked, BLOCK_PAIRS):
                found = _outcomes(squad, block, answer, least)
                outcomes += found
                if history:
                    for (known, question), one in zip(block, found, strict=True):
                        turn = Turn(question.text, one.answer.said)
                        said[known.conversation] = (*question.history, turn)
                bar.update(len(block))
    places = {id(known): place for place, known in enumerate(squad.questions)}
    return sorted(outcomes, key=lambda one: places[id(one.question)])


def _outcomes(
    squad: SquadSet, block: Sequence[Asked], answer: Answering, least: float | None
) -> list[Outcome]:
    found = [
        Outcome(known, squad.paragraphs[known.paragraph], given)
        for (known, _), given in zip(block, answer(block, least), strict=True)
    ]
    # Of a list that is withheld only the best quote is told, so that it is asked for once more.
    untold = [
        place
        for place, one in enumerate(found)
        if one.has_several and one.answer.text is None and one.best is not None
    ]
    if untold:
        for place, given in zip(
            untold, answer([block[place] for place in untold], 0.0), strict=True
        ):
            found[place] = replace(found[place], withheld=given.items)
    return found


def _is_question(text: str) -> bool:
    try:
        check_question(text)
    except InputError:
        return False
    return True


def _prediction(outcome: Outcome) -> Prediction:
    if not outcome.asked:  # earns nothing, not even where nothing was to be found
        said = outcome.unquoted_text
        return Prediction(outcome.question.answers, said, said, null_score=0.0)
    return Prediction(
        gold=outcome.question.answers,
        answer=outcome.answer.text or "",
        best_span=outcome.best_text,
        null_score=outcome.answer.null_score,
    )


def _quotes_of(outcome: Outcome) -> tuple[str, ...]:
    if not outcome.asked and not outcome.question.items:
        return (UNASKED,)
    answer = outcome.answer
    return tuple(quote.text or "" for quote in answer.items or (answer,) if quote.text)


def _blocks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while block := list(islice(iterator, size)):
        yield block

"""A conversation about an article, and which of its quotes the article shows."""

from dataclasses import dataclass, replace

from qa.records import Answer, Excerpt, Turn

TURNS_KEPT = 50  # of a conversation: a page longer than that is no longer read


@dataclass(frozen=True, slots=True)
class Focus:
    """The quotes that the article shows, and which of them it is scrolled to.

    Args:
        turn: number of the turn whose quotes they are.
        choice: number of the quote among ``places_of`` the turn.
    """

    turn: int
    choice: int = 0


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was asked of one article.

    Args:
        turns: the answers, oldest first.
        focus: what the article shows of them.
    """

    turns: tuple[Answer, ...] = ()
    focus: Focus | None = None

    def with_answer(self, answer: Answer) -> "Conversation":
        """The conversation one turn longer, with a new quote in focus."""
        turns = (*self.turns, answer)[-TURNS_KEPT:]
        return Conversation(turns, _on(answer, len(turns) - 1))

    def with_turn(self, turn: int, answer: Answer) -> "Conversation":
        """The conversation with one turn answered anew; one turn longer if there is no such."""
        if not 0 <= turn < len(self.turns):
            return self.with_answer(answer)
        turns = (*self.turns[:turn], answer, *self.turns[turn + 1 :])
        return Conversation(turns, _on(answer, turn))

    def without_last(self) -> "Conversation":
        """The conversation without its last turn."""
        turns = self.turns[:-1]
        gone = self.focus is not None and self.focus.turn >= len(turns)
        return Conversation(turns, None if gone else self.focus)

    def before(self, turn: int) -> tuple[Turn, ...]:
        """What was said before a turn, for a follow-up to lean on."""
        return tuple(Turn(answer.question, answer.said) for answer in self.turns[: max(turn, 0)])

    def focused_on(self, turn: int, choice: int) -> "Conversation":
        """The same conversation with another quote in focus; unchanged if there is none."""
        known = 0 <= turn < len(self.turns) and 0 <= choice < len(places_of(self.turns[turn]))
        return replace(self, focus=Focus(turn, choice)) if known else self

    def stepped(self, by: int) -> "Conversation":
        """The same conversation with the hit so many further on in focus, round the ends."""
        order = self._order
        if self.focus is None or not order:
            return self
        at = (order.index(self.focus.choice) + by) % len(order)
        return replace(self, focus=Focus(self.focus.turn, order[at]))

    @property
    def quotes(self) -> tuple[Excerpt, ...]:
        """The quotes of the turn in focus, best first."""
        answer = self._focused
        return places_of(answer) if answer and answer.text is not None else ()

    @property
    def place(self) -> Excerpt | None:
        """What the article is scrolled to: a quote, or a passage near to a question."""
        answer = self._focused
        return places_of(answer)[self.focus.choice] if answer and self.focus else None

    @property
    def hit(self) -> tuple[int, int]:
        """Which hit of the turn is in focus, from 1 as they are read, and of how many."""
        if self.focus is None:
            return 0, 0
        return self._order.index(self.focus.choice) + 1, len(self._order)

    @property
    def passage(self) -> Excerpt | None:
        """The passage that the quote in focus was read in."""
        answer = self._focused
        if answer is None or answer.text is None or self.focus is None:
            return None
        return answer.quotes[self.focus.choice].passage

    @property
    def question(self) -> str | None:
        """The question of the turn in focus; None for a follow-up, which says little by itself."""
        answer = self._focused
        return answer.question if answer and answer.resolved is None else None

    @property
    def _focused(self) -> Answer | None:
        return self.turns[self.focus.turn] if self.focus else None

    @property
    def _order(self) -> list[int]:
        """The choices of the turn in focus as a reader meets them: by article, then by place."""
        answer = self._focused
        places = places_of(answer) if answer else ()
        articles = list(dict.fromkeys(place.document_id for place in places))
        met = [(articles.index(place.document_id), place.start) for place in places]
        return sorted(range(len(places)), key=met.__getitem__)


def places_of(answer: Answer) -> tuple[Excerpt, ...]:
    """What an answer points to: its quotes, best first, or the passages nearest to it."""
    if answer.text is None:
        return answer.nearest
    return tuple(filter(None, (found.quote for found in answer.quotes)))


def _on(answer: Answer, turn: int) -> Focus | None:
    return Focus(turn) if answer.text is not None else None

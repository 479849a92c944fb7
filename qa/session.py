"""What one visitor of the chat has: articles of their own, and a conversation with each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from qa.assistant import Assistant
from qa.records import Answer, Excerpt

# Names the choice of asking all articles; no document's id, since those are not empty.
ALL_ARTICLES = ""
TURNS_KEPT = 50  # of a conversation: a page longer than that is no longer read


@dataclass(frozen=True, slots=True)
class Focus:
    """The quotes that the article shows, and which of them it is scrolled to.

    Args:
        turn: number of the turn whose quotes they are.
        choice: number of the quote among ``Answer.quotes``.
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
        return Conversation(turns, Focus(len(turns) - 1) if answer.text is not None else None)

    def focused_on(self, turn: int, choice: int) -> "Conversation":
        """The same conversation with another quote in focus; unchanged if there is none."""
        known = 0 <= turn < len(self.turns) and 0 <= choice < len(places_of(self.turns[turn]))
        return replace(self, focus=Focus(turn, choice)) if known else self

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
    def passage(self) -> Excerpt | None:
        """The passage that the quote in focus was read in."""
        answer = self._focused
        if answer is None or answer.text is None or self.focus is None:
            return None
        return answer.quotes[self.focus.choice].passage

    @property
    def _focused(self) -> Answer | None:
        return self.turns[self.focus.turn] if self.focus else None


@dataclass(frozen=True, slots=True)
class Session:
    """One visitor's articles and conversations.

    Args:
        article: id of the article that is open, or ``ALL_ARTICLES``.
        own: what answers about the articles that the visitor brought, by article id.
        conversations: by article id.
    """

    article: str
    own: Mapping[str, Assistant] = field(default_factory=dict)
    conversations: Mapping[str, Conversation] = field(default_factory=dict)

    @property
    def conversation(self) -> Conversation:
        """The conversation about the article that is open."""
        return self.conversations.get(self.article, Conversation())

    def opened(self, article: str) -> "Session":
        """The session with another article open."""
        return replace(self, article=article)

    def cleared(self) -> "Session":
        """The session without the open article's conversation."""
        return self.with_conversation(Conversation())

    def with_own(self, article: str, assistant: Assistant) -> "Session":
        """The session with an article of the visitor's added and open."""
        return replace(self, article=article, own={**self.own, article: assistant})

    def with_conversation(self, conversation: Conversation) -> "Session":
        """The session with the open article's conversation replaced."""
        return replace(self, conversations={**self.conversations, self.article: conversation})


def places_of(answer: Answer) -> tuple[Excerpt, ...]:
    """What an answer points to: its quotes, best first, or the passages nearest to it."""
    if answer.text is None:
        return answer.nearest
    return tuple(filter(None, (found.quote for found in answer.quotes)))

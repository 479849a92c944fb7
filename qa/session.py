"""What one visitor of the chat has: articles of their own, and a conversation with each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from index.in_memory import Embedded
from qa.assistant import Assistant
from qa.dialogue import Conversation
from qa.kept_rows import KeptArticle, KeptConversation, KeptTurn
from qa.records import Excerpt

# Names the choice of asking all articles; no document's id, since those are not empty.
ALL_ARTICLES = ""
MAX_SOUGHT_CHARS = 200  # longer than any title that is looked for


@dataclass(frozen=True, slots=True)
class FileNote:
    """What has become of a file that a visitor brings.

    Args:
        name: the file's name.
        state: "waits", "reading", "asking" while questions to begin with are made of it,
            "read" or "refused".
        reason: why it was refused, or what of it could not be read.
        embedded: how far its passages are embedded, while it is read.
    """

    name: str
    state: str
    reason: str = ""
    embedded: Embedded | None = None

    def __str__(self) -> str:
        return f"{self.name}: {self.reason or self.embedded or self.state}"


@dataclass(frozen=True, slots=True)
class KeptTalk:
    """A conversation of the page as it is kept.

    Args:
        id: names it among the kept ones of its visitor.
        turns: its turns, oldest first; as many as the page shows.
        name: what it is listed under; empty where that is its first question.
    """

    id: str
    turns: tuple[KeptTurn, ...] = ()
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name or self.id} ({len(self.turns)} questions)"


@dataclass(frozen=True, slots=True)
class Session:
    """One visitor's articles and conversations.

    Args:
        article: id of the article that is open, or ``ALL_ARTICLES``.
        own: what answers about the articles that the visitor brought, by article id.
        conversations: by article id.
        editing: the turn whose question is in the box, which the next answer replaces.
        draft: what was in the box before.
        shown: a place that an address named and no turn has, for the article to show; one
            without text is the beginning, to read from.
        sought: words to look for in the library's titles.
        files: what has become of the files last brought.
        arrived: whether the browser has said who its visitor is.
        visitor: the secret by which the visitor's conversations are kept; empty where
            nothing is.
        private: whether the visitor wants nothing kept from here on.
        kept: the conversations that are kept, by article id.
        listed: the kept conversations that the page lists.
        wanted: words that these have.
        waiting: articles that the visitor brought and has not opened since, by id.
        brought: ids of the articles of the visitor's that are kept.
        together: what answers about all articles, the visitor's own beside those on offer;
            None until all are asked, or where none is the visitor's own.
        suggested: by id of an own article, questions to begin with.
    """

    article: str
    own: Mapping[str, Assistant] = field(default_factory=dict)
    conversations: Mapping[str, Conversation] = field(default_factory=dict)
    editing: int | None = None
    draft: str = ""
    shown: Excerpt | None = None
    sought: str = ""
    files: tuple[FileNote, ...] = ()
    arrived: bool = False
    visitor: str = field(default="", repr=False)
    private: bool = False
    kept: Mapping[str, KeptTalk] = field(default_factory=dict)
    listed: tuple[KeptConversation, ...] = ()
    wanted: str = ""
    waiting: Mapping[str, KeptArticle] = field(default_factory=dict)
    brought: frozenset[str] = frozenset()
    together: Assistant | None = None
    suggested: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def conversation(self) -> Conversation:
        """The conversation about the article that is open."""
        return self.conversations.get(self.article, Conversation())

    def opened(self, article: str) -> "Session":
        """The session with another article open."""
        return replace(self, article=article, editing=None, shown=None, together=None)

    def cleared(self) -> "Session":
        """The session without the open article's conversation."""
        return self.with_conversation(Conversation())

    def emptied(self) -> "Session":
        """The session without the visitor's articles, none of which is open, and conversations."""
        return replace(
            self.opened(self.article),
            own={},
            suggested={},
            conversations={},
            kept={},
            waiting={},
            brought=frozenset(),
            files=(),
            draft="",
        )

    def with_own(self, article: str, assistant: Assistant) -> "Session":
        """The session with an article of the visitor's added and open."""
        return replace(self.opened(article), own={**self.own, article: assistant})

    def without_own(self, article: str) -> "Session":
        """The session without one of the visitor's articles and what was asked of it."""
        own = {name: held for name, held in self.own.items() if name != article}
        talks = {name: talk for name, talk in self.conversations.items() if name != article}
        kept = {name: talk for name, talk in self.kept.items() if name != article}
        return replace(self, own=own, conversations=talks, kept=kept, together=None)

    def looking(self, conversation: Conversation) -> "Session":
        """The session with something else of the open article's conversation in focus."""
        conversations = {**self.conversations, self.article: conversation}
        return replace(self, conversations=conversations, shown=None)

    def with_conversation(self, conversation: Conversation) -> "Session":
        """The session with the open article's conversation replaced."""
        return replace(self.looking(conversation), editing=None)

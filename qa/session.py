"""What one visitor of the chat has: articles of their own, and a conversation with each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from qa.assistant import Assistant
from qa.dialogue import Conversation
from qa.records import Excerpt

# Names the choice of asking all articles; no document's id, since those are not empty.
ALL_ARTICLES = ""


@dataclass(frozen=True, slots=True)
class FileNote:
    """What has become of a file that a visitor brings.

    Args:
        name: the file's name.
        state: "waits", "reading", "read" or "refused".
        reason: why it was refused.
    """

    name: str
    state: str
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.reason or self.state}"


@dataclass(frozen=True, slots=True)
class Session:
    """One visitor's articles and conversations.

    Args:
        article: id of the article that is open, or ``ALL_ARTICLES``.
        own: what answers about the articles that the visitor brought, by article id.
        conversations: by article id.
        editing: the turn whose question is in the box, which the next answer replaces.
        shown: a place that an address named and no turn has, for the article to show.
        sought: words to look for in the library's titles.
        files: what has become of the files last brought.
    """

    article: str
    own: Mapping[str, Assistant] = field(default_factory=dict)
    conversations: Mapping[str, Conversation] = field(default_factory=dict)
    editing: int | None = None
    shown: Excerpt | None = None
    sought: str = ""
    files: tuple[FileNote, ...] = ()

    @property
    def conversation(self) -> Conversation:
        """The conversation about the article that is open."""
        return self.conversations.get(self.article, Conversation())

    def opened(self, article: str) -> "Session":
        """The session with another article open."""
        return replace(self, article=article, editing=None, shown=None)

    def cleared(self) -> "Session":
        """The session without the open article's conversation."""
        return self.with_conversation(Conversation())

    def with_own(self, article: str, assistant: Assistant) -> "Session":
        """The session with an article of the visitor's added and open."""
        return replace(self.opened(article), own={**self.own, article: assistant})

    def without_own(self, article: str) -> "Session":
        """The session without one of the visitor's articles and what was asked of it."""
        own = {name: held for name, held in self.own.items() if name != article}
        talks = {name: talk for name, talk in self.conversations.items() if name != article}
        return replace(self, own=own, conversations=talks)

    def looking(self, conversation: Conversation) -> "Session":
        """The session with something else of the open article's conversation in focus."""
        conversations = {**self.conversations, self.article: conversation}
        return replace(self, conversations=conversations, shown=None)

    def with_conversation(self, conversation: Conversation) -> "Session":
        """The session with the open article's conversation replaced."""
        return replace(self.looking(conversation), editing=None)

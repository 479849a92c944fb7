"""What an address comes to: a question's answer, a place, or that neither is here."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from qa.desk import Desk
from qa.dialogue import places_of
from qa.kept_desk import KeptDesk
from qa.own_name import own_named
from qa.place_link import PlaceLink
from qa.records import Excerpt
from qa.render_conversation import Notice
from qa.session import Session
from qa.view import View

# The same whether there is such an article or not: nobody learns what others brought.
NOT_HERE = (
    "The link names an article that is not here, or not yours: one that a visitor added opens"
    " for that visitor only."
)


@dataclass(frozen=True, slots=True)
class LinkDesk:
    """The part of a desk that opens addresses.

    Args:
        kept: opens what is kept, and has the others.
    """

    kept: KeptDesk

    @property
    def desk(self) -> Desk:
        """Asks what an address asks."""
        return self.kept.desk

    def reopen(self, link: PlaceLink | None, session: Session, caller: str) -> Iterator[View]:
        """Show what an address asks for."""
        article = self._article(link, session)
        if link is None or article is None:
            yield View(session, notice=Notice(NOT_HERE))
            return
        last = View(session)
        for last in self._opened(article, link.question, session, caller):
            yield last
        session = last.session
        if last.notice is not None or session.article != article:
            return
        documents = self.desk.about(session).documents
        known = link.document < len(documents)
        place = link.place_in(documents[link.document]) if known else None
        turns = session.conversation.turns
        asked = [number for number, turn in enumerate(turns) if turn.question == link.question]
        if place is not None:
            yield View(_focused(place, asked[0] if asked else None, session))

    def _article(self, link: PlaceLink | None, session: Session) -> str | None:
        """The id of what an address names, if this visitor may open it."""
        if link is None or link.article in self.desk.offered:
            return link.article if link else None
        return own_named(link.article, [*session.own, *session.waiting], session.visitor)

    def _opened(self, article: str, question: str, session: Session, caller: str) -> Iterator[View]:
        """Open an article, and ask the question if it was not asked there already."""
        last = View(session)
        for last in self.kept.books.fetch(article, session, caller):
            yield last
        session = last.session
        asked = any(turn.question == question for turn in session.conversation.turns)
        if not question or asked or last.notice is not None:
            return
        before = self.desk.keeping.asked_before(session, article, question)
        if before is not None:
            for last in self.kept.recall(before, session, caller):
                yield last
            if last.notice is None:
                return
        yield from self.desk.ask(question, session, caller)


def _focused(place: Excerpt, turn: int | None, session: Session) -> Session:
    """The session with a place in focus: as a turn's quote, or by itself."""
    talk = session.conversation
    if turn is not None:
        for choice in range(len(places_of(talk.turns[turn]))):
            focused = talk.focused_on(turn, choice)
            if focused.place == place:
                return session.with_conversation(focused)
    # No answer of today stands there, but the address does.
    return replace(session, shown=place)

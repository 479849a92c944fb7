"""What a visitor's acts on what is kept come to: conversations found, opened, judged, deleted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from index.errors import PullquoteError, StoreError
from index.records import Document
from qa.articles_desk import ArticlesDesk
from qa.citation import stands
from qa.desk import Desk
from qa.dialogue import places_of
from qa.feedback import Feedback
from qa.records import Excerpt
from qa.render_conversation import Notice
from qa.session import ALL_ARTICLES, MAX_SOUGHT_CHARS, Session
from qa.transcript import Transcript
from qa.view import Exported, View

NOT_KEPT = (
    "What you added while nothing was kept has left the page, so that nothing of it is kept."
    " To go on with it, add it again."
)


@dataclass(frozen=True, slots=True)
class KeptDesk:
    """The part of a desk that deals with what is kept.

    Args:
        desk: the others.
        books: fetches the article of a conversation.
    """

    desk: Desk
    books: ArticlesDesk

    def arrive(self, visitor: str, session: Session, *, private: bool) -> View:
        """Begin a visit, with what was kept of the visitor."""
        session = replace(session, arrived=True, private=private)
        try:
            return View(self.desk.keeping.arrived(session, visitor))
        except StoreError as error:  # who the visitor is stays true
            notice = Notice(f"Your conversations cannot be read: {error}")
            return View(replace(session, visitor=visitor), notice=notice)
        except PullquoteError as error:
            return View(session, notice=Notice(f"Nothing is kept: {error}"))

    def be_private(self, session: Session, *, private: bool) -> View:
        """Keep nothing from here on, or keep again what is asked from here on."""
        session = replace(session, private=private)
        if private:
            return View(session)
        # What was asked and added in private is not kept afterwards, nor quoted in what is.
        session = replace(session, conversations={}, kept={}, editing=None, draft="")
        unkept = session.own.keys() - session.brought
        for article in unkept:
            session = session.without_own(article)
        if session.article in unkept:
            session = session.opened(self.desk.first)
        return View(self.desk.gathered(session), notice=Notice(NOT_KEPT) if unkept else None)

    def look_up(self, words: str, session: Session) -> View:
        """Look for words in what is kept."""
        return self._listing(replace(session, wanted=words[:MAX_SOUGHT_CHARS]))

    def recall(self, conversation: str, session: Session, caller: str) -> Iterator[View]:
        """Open a kept conversation."""
        last = View(session)
        try:
            for last in self._recalling(conversation, session, caller):
                yield last
        except PullquoteError as error:
            yield View(last.session, notice=Notice(str(error)))

    def _recalling(self, conversation: str, session: Session, caller: str) -> Iterator[View]:
        recalled = self.desk.keeping.recalled(session, conversation)
        if recalled is None:
            yield self._listing(session)
            return
        article = recalled.article
        last = View(session)
        if article in session.waiting:
            for last in self.books.fetch(article, session, caller):
                yield last
            if last.notice is not None:  # says why the article cannot be read
                return
            recalled = self.desk.keeping.recalled(last.session, conversation)
        if article == ALL_ARTICLES and recalled is not None and session.waiting:
            places = [place for turn in recalled.conversation.turns for place in places_of(turn)]
            if not self._stand(places, recalled):  # a quote may be of what was kept
                for last in self.books.fetch_all(recalled, caller):
                    yield last
                if last.notice is not None:
                    return
                recalled = self.desk.keeping.recalled(last.session, conversation)
        session = last.session
        there = article == ALL_ARTICLES or article in self.desk.offered or article in session.own
        if recalled is None or not there:
            yield View(session, notice=Notice("This conversation's article is not here."))
            return
        places = [place for turn in recalled.conversation.turns for place in places_of(turn)]
        if not self._stand(places, recalled):
            told = "The article has changed since, so its quotes have moved or are gone."
            yield View(session, notice=Notice(f"{told} The conversation can still be saved."))
            return
        yield View(recalled)

    def rename(self, conversation: str, name: str, session: Session) -> View:
        """Give a kept conversation another name."""
        try:
            return View(self.desk.keeping.renamed(session, conversation, name), same_source=True)
        except PullquoteError as error:
            return View(session, notice=Notice(str(error)), same_source=True)

    def delete(self, conversation: str, session: Session) -> View:
        """Delete a kept conversation, from the page too."""
        try:
            for article, held in session.kept.items():
                if held.id == conversation:
                    shown = {n: t for n, t in session.conversations.items() if n != article}
                    session = replace(session, conversations=shown)
            return View(self.desk.keeping.deleted(session, conversation))
        except PullquoteError as error:
            return View(session, notice=Notice(str(error)))

    def forget(self, session: Session) -> View:
        """Delete all that is kept of a visitor, from the page too."""
        try:
            if session.article in session.own:
                session = session.opened(self.desk.first)
            return View(self.desk.keeping.forgotten(session))
        except PullquoteError as error:
            return View(session, notice=Notice(str(error)))

    def export(self, conversation: str, style: str, session: Session) -> View:
        """Hand a kept conversation to the browser as a file, with what no page shows any more."""
        try:
            held = self.desk.keeping.transcript(session, conversation)
            if held is None:
                return self._listing(session)
            name, answers = held
            quoted = {place.document_id: None for one in answers for place in places_of(one)}
            documents = self._documents(quoted, session)
        except PullquoteError as error:
            return View(session, notice=Notice(str(error)), same_source=True)
        transcript = Transcript(name, tuple(answers), documents)
        if style == "json":
            file = Exported("conversation.json", transcript.to_json())
        else:
            file = Exported("conversation.md", transcript.to_markdown())
        return View(session, exported=file, same_source=True)

    def _documents(self, ids: Iterable[str], session: Session) -> tuple[Document, ...]:
        """Those on offer, the visitor's own, and what of those was not opened since it was kept."""
        assistants = (self.desk.offered.everything, *session.own.values())
        found = {
            name: next(filter(None, (one.document(name) for one in assistants)), None)
            for name in ids
        }
        if None in found.values():
            for article in session.waiting:
                kept = self.desk.keeping.documents(session, article)
                found |= {one.id: one for one in kept if one.id in found and found[one.id] is None}
        return tuple(filter(None, found.values()))

    def judge(self, turn: int, verdict: str, note: str, session: Session) -> View:
        """Keep what a visitor says of an answer."""
        try:
            feedback = Feedback.from_words(verdict, note)
            session = self.desk.keeping.judged(session, turn, feedback)
        except PullquoteError as error:
            return View(session, notice=Notice(str(error)), same_source=True)
        return View(session, same_source=True)

    def _stand(self, places: Sequence[Excerpt], session: Session) -> bool:
        """Whether places still have the words that were quoted from them."""
        about = self.desk.about(session)
        named = {place.document_id for place in places}
        found = {name: about.document(name) for name in named}
        return all(stands(place, found[place.document_id]) for place in places)

    def _listing(self, session: Session) -> View:
        try:
            return View(self.desk.keeping.listed(session), same_source=True)
        except PullquoteError as error:
            return View(session, notice=Notice(str(error)), same_source=True)

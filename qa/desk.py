"""What the chat does when a visitor acts: from a session to the next, and what to show of it.

A desk holds nothing of a visitor, and knows nothing of the web framework.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from index.errors import InputError, PullquoteError
from index.records import Document
from qa.assistant import Assistant
from qa.bringing import FILES_AT_ONCE, pasted, told_without_path, uploaded
from qa.dialogue import places_of
from qa.gate import Gate
from qa.offered import Offered
from qa.place_link import PlaceLink
from qa.questions import check_question
from qa.rates import worth_of
from qa.records import Turn
from qa.render_conversation import Notice
from qa.session import ALL_ARTICLES, FileNote, Session

OWN_ARTICLES_KEPT = 20  # by one visitor
MAX_SOUGHT_CHARS = 200  # longer than any title that is looked for
CHAT = "chat"  # what the counters call the page's questions
SENTENCES = {
    "large": "It has more than 20 MB.",
    "failed": "It did not arrive. Add it again.",
}


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows after a step.

    Args:
        session: the visitor's session from here on.
        question: what the question box holds from here on; None leaves it as it is.
        pending: a question that is being answered.
        notice: what went wrong.
        paste_notice: what was wrong with a pasted article.
        paste_taken: whether what was pasted has been read.
        same_source: whether the article stays as it is shown, so that it need not be sent.
    """

    session: Session
    question: str | None = None
    pending: str | None = None
    notice: Notice | None = None
    paste_notice: str | None = None
    paste_taken: bool = False
    same_source: bool = False


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that a visitor brings.

    Args:
        name: what it is called.
        path: where the browser says that it was put.
        failed: why it was not sent, as a key of ``SENTENCES``; empty where it was.
    """

    name: str
    path: str = ""
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a visitor's acts come to.

    Args:
        offered: the articles on offer to everyone.
        gate: what every question passes.
        first: id of the article that is open at the start.
        uploads: the folder where uploads are put.
    """

    offered: Offered
    gate: Gate
    first: str
    uploads: str = field(repr=False)

    def opening(self) -> Session:
        """The session that a visitor begins with."""
        return Session(self.first)

    def about(self, session: Session) -> Assistant:
        """What answers about the article that is open."""
        if session.article == ALL_ARTICLES:
            return self.offered.everything
        return session.own.get(session.article) or self.offered.alone(session.article)

    # Asking

    def ask(self, question: str, session: Session, caller: str) -> Iterator[View]:
        """Answer a question, as another turn or in the place of the one that is edited."""
        talk = session.conversation
        turn = len(talk.turns) if session.editing is None else session.editing
        return self._answer(question, session, caller, turn=turn, history=talk.before(turn))

    def ask_alone(self, turn: int, session: Session, caller: str) -> Iterator[View]:
        """Answer a turn's question anew, without what was said before it."""
        turns = session.conversation.turns
        if not 0 <= turn < len(turns):
            yield View(session)
            return
        yield from self._answer(turns[turn].question, session, caller, turn=turn, history=())

    def stop(self, question: str, session: Session) -> View:
        """Show that the work was stopped, with the question back in its box."""
        files = tuple(
            replace(note, state="refused", reason="It was stopped.")
            if note.state in ("waits", "reading")
            else note
            for note in session.files
        )
        session = replace(session, files=files)
        if not question:
            return View(session)
        return View(session, question=question, notice=Notice("Stopped."), same_source=True)

    def edit(self, turn: int, session: Session) -> View:
        """Put a turn's question in the box, for the next answer to replace it."""
        turns = session.conversation.turns
        if not 0 <= turn < len(turns):
            return View(session)
        return View(replace(session, editing=turn), question=turns[turn].question, same_source=True)

    def unedit(self, session: Session) -> View:
        """Leave the turn that was to be edited as it is."""
        return View(replace(session, editing=None), question="", same_source=True)

    def undo(self, session: Session) -> View:
        """Remove the last turn."""
        return View(session.with_conversation(session.conversation.without_last()))

    def clear(self, session: Session) -> View:
        """Remove all turns of the article that is open."""
        return View(session.cleared())

    # Reading

    def show(self, turn: int, choice: int, session: Session) -> View:
        """Scroll the article to a quote of a turn."""
        return View(session.looking(session.conversation.focused_on(turn, choice)))

    def step(self, by: int, session: Session) -> View:
        """Scroll the article to the hit so many further on."""
        return View(session.looking(session.conversation.stepped(by)))

    def reopen(self, link: PlaceLink | None, session: Session, caller: str) -> Iterator[View]:
        """Show what an address asks for: a question's answer, a place, or both."""
        if link is None or link.article not in self.offered:
            told = "The address names an article that is not here."
            yield View(session, notice=Notice(told))
            return
        session = session.opened(link.article)
        place = link.place_in(self.about(session).documents[0])
        turns = session.conversation.turns
        asked = next((n for n, turn in enumerate(turns) if turn.question == link.question), None)
        last = View(session)
        if link.question and asked is None:
            for last in self.ask(link.question, session, caller):
                yield last
            session, asked = last.session, len(last.session.conversation.turns) - 1
        if place is None or last.notice is not None:
            yield replace(last, session=session)
            return
        if asked is not None and asked >= 0:
            talk = session.conversation
            for choice in range(len(places_of(talk.turns[asked]))):
                focused = talk.focused_on(asked, choice)
                if focused.place == place:
                    yield View(session.with_conversation(focused))
                    return
        # No answer of today stands there, but the address does.
        yield View(replace(session, shown=place))

    # The library

    def open(self, article: str, session: Session) -> View:
        """Open an article; what is not there opens nothing."""
        known = article == ALL_ARTICLES or article in self.offered or article in session.own
        return View(session.opened(article) if known else session)

    def find(self, sought: str, session: Session) -> View:
        """Look for words in the titles."""
        return View(replace(session, sought=sought[:MAX_SOUGHT_CHARS]), same_source=True)

    def dismiss(self, session: Session) -> View:
        """Close the list of what has become of files."""
        return View(replace(session, files=()), same_source=True)

    def remove(self, article: str, session: Session) -> View:
        """Remove an article that the visitor brought, and what was asked of it."""
        if article not in session.own:
            return View(session)
        if article == session.article:
            session = session.opened(self.first)
        return View(session.without_own(article))

    def paste(self, text: str, title: str, session: Session, caller: str) -> Iterator[View]:
        """Read an article that was pasted."""
        reading = replace(session, files=(FileNote(title.strip() or "The text", "reading"),))
        try:
            documents = pasted(text, title=title)
            yield View(reading, same_source=True)
            session = self._bring(documents, session, caller)
        except PullquoteError as error:
            yield View(replace(session, files=()), paste_notice=str(error), same_source=True)
            return
        yield View(replace(session, files=()), paste_taken=True)

    def bring(self, files: Sequence[Brought], session: Session, caller: str) -> Iterator[View]:
        """Read files one after the other, each refused or taken by itself."""
        notes = [FileNote(file.name, "waits") for file in files[:FILES_AT_ONCE]]
        if len(files) > FILES_AT_ONCE:
            over = f"At most {FILES_AT_ONCE} are read at once: add these afterwards."
            notes.append(FileNote(f"{len(files) - FILES_AT_ONCE:,} more", "refused", over))
        first = ""
        for number, file in enumerate(files[:FILES_AT_ONCE]):
            notes[number] = FileNote(file.name, "reading")
            yield View(replace(session, files=tuple(notes)), same_source=True)
            try:
                session = self._read(file, session, caller)
                notes[number] = FileNote(file.name, "read")
                first = first or session.article
            except PullquoteError as error:
                told = told_without_path(error, file.path).removeprefix(f"{file.name} ")
                notes[number] = FileNote(file.name, "refused", told)
        if first:
            session = session.opened(first)
        refused = tuple(note for note in notes if note.state == "refused")
        # What was read is seen in the library.
        yield View(replace(session, files=tuple(notes) if refused else ()))

    def _read(self, file: Brought, session: Session, caller: str) -> Session:
        if file.failed:
            raise InputError(SENTENCES.get(file.failed, SENTENCES["failed"]), "")
        return self._bring(uploaded(file.path, within=self.uploads), session, caller)

    def _bring(self, documents: Sequence[Document], session: Session, caller: str) -> Session:
        known = documents[0].id  # several are known by their first
        if len(session.own) >= OWN_ARTICLES_KEPT and known not in session.own:
            raise InputError(
                f"You have brought {OWN_ARTICLES_KEPT} articles.", "Remove one of them first."
            )
        worth = worth_of("".join(document.text for document in documents))
        with self.gate.passing(CHAT, caller, questions=worth):
            assistant = self.offered.everything.about(documents)
        return session.with_own(known, assistant)

    def _answer(
        self, question: str, session: Session, caller: str, *, turn: int, history: Sequence[Turn]
    ) -> Iterator[View]:
        try:
            asked = check_question(question)
        except InputError as error:
            notice = Notice(str(error))
            yield View(session, question=question, notice=notice, same_source=True)
            return
        yield View(session, question="", pending=asked, same_source=True)
        try:  # the gate lets no other errors out, so nobody is left with "Reading …"
            with self.gate.passing(CHAT, caller):
                answer = self.about(session).ask(asked, history=history)
        except PullquoteError as error:
            notice = Notice(f"The question could not be answered: {error}", retry=asked)
            yield View(session, question=question, notice=notice, same_source=True)
            return
        talk = session.conversation.with_turn(turn, answer)
        yield View(session.with_conversation(talk), question="")

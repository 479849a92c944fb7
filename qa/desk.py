"""What the chat does when a visitor acts: from a session to the next, and what to show of it.

A desk holds nothing of a visitor, and knows nothing of the web framework.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from secrets import token_hex

from index.errors import InputError, PullquoteError
from index.records import Document
from qa.assistant import Assistant
from qa.bringing import FILES_AT_ONCE, pasted, told_without_path, uploaded
from qa.dialogue import places_of
from qa.feedback import Feedback
from qa.gate import Gate
from qa.keeping import Keeping
from qa.offered import Offered
from qa.place_link import PlaceLink
from qa.questions import check_question
from qa.rates import worth_of
from qa.records import Turn
from qa.render_conversation import Notice
from qa.session import ALL_ARTICLES, FileNote, Session
from qa.suggested import suggest
from qa.transcript import Transcript

OWN_ARTICLES_KEPT = 20  # by one visitor
MAX_SOUGHT_CHARS = 200  # longer than any title that is looked for
CHAT = "chat"  # what the counters call the page's questions
SENTENCES = {
    "large": "It has more than 20 MB.",
    "failed": "It did not arrive. Add it again.",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """A file for the browser to save.

    Args:
        name: what it is called.
        text: what is in it.
        once: unlike that of any other, so that the browser saves a file as often as asked.
    """

    name: str
    text: str
    once: str = field(default_factory=lambda: token_hex(4))


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
        exported: a file for the browser to save.
    """

    session: Session
    question: str | None = None
    pending: str | None = None
    notice: Notice | None = None
    paste_notice: str | None = None
    paste_taken: bool = False
    same_source: bool = False
    exported: Exported | None = None


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
        keeping: keeps conversations, where there is somewhere to keep them.
    """

    offered: Offered
    gate: Gate
    first: str
    uploads: str = field(repr=False)
    keeping: Keeping = field(default_factory=lambda: Keeping(None))

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
        return self._kept(View(session.with_conversation(session.conversation.without_last())))

    def clear(self, session: Session) -> View:
        """Begin a new conversation about the article that is open."""
        return View(self.keeping.let_go(session).cleared())

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
        if article not in session.own and article not in session.waiting:
            return View(session)
        if article == session.article:
            session = session.opened(self.first)
        session = session.without_own(article)
        try:
            return View(self.keeping.remove(session, article))
        except PullquoteError as error:
            return View(session, notice=Notice(str(error)))

    def fetch(self, article: str, session: Session, caller: str) -> Iterator[View]:
        """Open an article that was kept, and so has to be indexed anew."""
        waiting = session.waiting.get(article)
        if waiting is None:
            yield self.open(article, session)
            return
        notes = (FileNote(waiting.title, "reading"),)
        yield View(replace(session, files=notes), same_source=True)
        try:
            documents = self.keeping.documents(session, article)
            if not documents:
                raise InputError("This article is not kept any more.", "Add it again.")
            yield View(self._indexed(documents, session, caller))
        except PullquoteError as error:
            yield View(session, notice=Notice(str(error)))

    # What is kept

    def arrive(self, visitor: str, session: Session, *, private: bool) -> View:
        """Begin a visit, with what was kept of the visitor."""
        try:
            return View(self.keeping.arrived(session, visitor, private=private))
        except PullquoteError as error:
            notice = Notice(f"Nothing is kept: {error}")
            return View(replace(session, arrived=True), notice=notice)

    def be_private(self, session: Session, *, private: bool) -> View:
        """Keep nothing from here on, or keep again what is asked from here on."""
        if not private:  # what was asked in private is not kept afterwards
            session = replace(session, conversations={}, kept={})
        return View(replace(session, private=private))

    def look_up(self, words: str, session: Session) -> View:
        """Look for words in what is kept."""
        return self._listing(replace(session, wanted=words[:MAX_SOUGHT_CHARS]))

    def recall(self, conversation: str, session: Session, caller: str) -> Iterator[View]:
        """Open a kept conversation."""
        try:
            recalled = self.keeping.recalled(session, conversation)
        except PullquoteError as error:
            yield View(session, notice=Notice(str(error)))
            return
        if recalled is None:
            yield self._listing(session)
            return
        article = recalled.article
        if article in session.waiting:
            for view in self.fetch(article, session, caller):
                yield view
                session = view.session
            recalled = self.keeping.recalled(session, conversation)
        there = article == ALL_ARTICLES or article in self.offered or article in session.own
        if recalled is None or not there:
            yield View(session, notice=Notice("The article of this conversation is not here."))
            return
        texts = {document.id: document.text for document in self.about(recalled).documents}
        places = [place for turn in recalled.conversation.turns for place in places_of(turn)]
        if any(texts.get(one.document_id, "")[one.start : one.end] != one.text for one in places):
            told = "The article has changed since, so its quotes stand elsewhere or nowhere."
            yield View(session, notice=Notice(f"{told} The conversation can still be saved."))
            return
        yield View(recalled)

    def rename(self, conversation: str, name: str, session: Session) -> View:
        """Give a kept conversation another name."""
        try:
            return View(self.keeping.renamed(session, conversation, name), same_source=True)
        except PullquoteError as error:
            return View(session, notice=Notice(str(error)), same_source=True)

    def delete(self, conversation: str, session: Session) -> View:
        """Delete a kept conversation, from the page too."""
        try:
            for article, held in session.kept.items():
                if held.id == conversation:
                    shown = {n: t for n, t in session.conversations.items() if n != article}
                    session = replace(session, conversations=shown)
            return View(self.keeping.deleted(session, conversation))
        except PullquoteError as error:
            return View(session, notice=Notice(str(error)))

    def forget(self, session: Session) -> View:
        """Delete all that is kept of a visitor, from the page too."""
        try:
            return View(self.keeping.forgotten(replace(session, conversations={})))
        except PullquoteError as error:
            return View(session, notice=Notice(str(error)))

    def export(self, conversation: str, style: str, session: Session) -> View:
        """Hand a kept conversation to the browser as a file."""
        try:
            recalled = self.keeping.recalled(session, conversation)
        except PullquoteError as error:
            return View(session, notice=Notice(str(error)), same_source=True)
        if recalled is None:
            return self._listing(session)
        held = recalled.kept[recalled.article]
        documents = [*self.offered.everything.documents]
        for one in session.own.values():
            documents += one.documents
        answers = tuple(turn.answer for turn in held.turns)
        named = {place.document_id for answer in answers for place in places_of(answer)}
        about = tuple(document for document in documents if document.id in named)
        transcript = Transcript(held.name, answers, about)
        if style == "json":
            file = Exported("conversation.json", transcript.to_json())
        else:
            file = Exported("conversation.md", transcript.to_markdown())
        return View(session, exported=file, same_source=True)

    def judge(self, turn: int, verdict: str, note: str, session: Session) -> View:
        """Keep what a visitor says of an answer."""
        try:
            feedback = Feedback.from_words(verdict, note)
            session = self.keeping.judged(session, turn, feedback)
        except PullquoteError as error:
            return View(session, notice=Notice(str(error)), same_source=True)
        return View(session, same_source=True)

    def _listing(self, session: Session) -> View:
        try:
            return View(self.keeping.listed(session), same_source=True)
        except PullquoteError as error:
            return View(session, notice=Notice(str(error)), same_source=True)

    # Bringing

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
        indexed = self._indexed(documents, session, caller)
        self.keeping.bring(session, documents)  # what was refused is not kept either
        return indexed

    def _indexed(self, documents: Sequence[Document], session: Session, caller: str) -> Session:
        """The session with articles of the visitor's indexed and open."""
        known = documents[0].id
        worth = worth_of("".join(document.text for document in documents))
        with self.gate.passing(CHAT, caller, questions=worth):
            assistant = self.offered.everything.about(documents)
            suggested = suggest(assistant, documents[0])
        waiting = {name: some for name, some in session.waiting.items() if name != known}
        session = replace(session, waiting=waiting, files=())
        named = {**session.suggested, known: tuple(suggested)}
        return replace(session.with_own(known, assistant), suggested=named)

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
        yield self._kept(View(session.with_conversation(talk), question=""))

    def _kept(self, view: View) -> View:
        """The view of a session that is kept from here on; if it cannot be, it says so."""
        try:
            return replace(view, session=self.keeping.mirrored(view.session))
        except PullquoteError as error:
            return replace(view, notice=Notice(f"The conversation is not kept: {error}"))

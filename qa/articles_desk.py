"""What a visitor's acts in the library come to: articles found, brought, fetched and removed."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from index.errors import InputError, PullquoteError
from index.in_memory import Embedded
from index.records import Document
from qa.bringing import (
    FILES_AT_ONCE,
    SENTENCES,
    Brought,
    Uploaded,
    pasted,
    told_without_path,
    uploaded,
)
from qa.brought_name import brought_name
from qa.desk import CHAT, Desk
from qa.rates import worth_of
from qa.render_conversation import Notice
from qa.session import ALL_ARTICLES, MAX_SOUGHT_CHARS, FileNote, Session
from qa.suggested import TRIES, answered, candidates_in
from qa.view import View

OWN_ARTICLES_KEPT = 20  # by one visitor
SUGGEST = "suggest"  # what the counters call the questions that nobody typed

Steps = Generator[Embedded, None, Session]


@dataclass(frozen=True, slots=True)
class ArticlesDesk:
    """The library's part of a desk.

    Args:
        desk: the others.
        uploads: the folder where uploads are put.
    """

    desk: Desk
    uploads: str = field(repr=False)

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
            session = session.opened(self.desk.first)
        session = session.without_own(article)
        try:
            return View(self.desk.gathered(self.desk.keeping.remove(session, article)))
        except PullquoteError as error:
            return View(session, notice=Notice(str(error)))

    # What was kept

    def fetch(self, article: str, session: Session, caller: str) -> Iterator[View]:
        """Open an article; one that was kept has to be indexed anew."""
        if article not in session.waiting:
            yield self.desk.open(article, session)
            return
        try:
            documents = self.desk.keeping.documents(session, article)
            if not documents:
                raise InputError("This article is no longer kept.", "Add it again.")
            session = yield from self._fetched(article, documents, session, caller)
        except PullquoteError as error:
            yield View(replace(session, files=()), notice=Notice(str(error)))
            return
        yield from self._asking(article, session, caller)

    def fetch_all(self, session: Session, caller: str) -> Iterator[View]:
        """Index all that was kept, so that all articles can be asked.

        What was removed elsewhere since, on another page of the visitor's, is no article any more.
        """
        editing = session.editing
        for article, one in list(session.waiting.items()):
            try:
                documents = self.desk.keeping.documents(session, article)
                if not documents:
                    session = self.desk.keeping.remove(session, article)
                    continue
                fetched = yield from self._fetched(article, documents, session, caller)
            except PullquoteError as error:
                told = f"“{one.title}” could not be read again: {error}"
                yield View(session, notice=Notice(told))
                return
            session = replace(fetched.opened(ALL_ARTICLES), editing=editing)
        yield View(self.desk.gathered(session), same_source=True)

    def ask(self, question: str, session: Session, caller: str) -> Iterator[View]:
        """Answer a question; of all articles, once the visitor's own are all there."""
        if session.article == ALL_ARTICLES and session.waiting and question.strip():
            last = View(session)
            for last in self.fetch_all(session, caller):
                yield replace(last, given_back=question if last.notice else "")
            session = last.session
            if last.notice is not None:
                return
        yield from self.desk.ask(question, session, caller)

    def _fetched(
        self, article: str, documents: Sequence[Document], session: Session, caller: str
    ) -> Generator[View, None, Session]:
        """The session with an article that was kept, indexed anew."""
        note = FileNote(session.waiting[article].title, "reading")
        reading = replace(session, files=(note,))
        yield View(reading, same_source=True)
        return (
            yield from _watched(
                self._indexed(article, documents, session, caller),
                lambda embedded: replace(session, files=(replace(note, embedded=embedded),)),
            )
        )

    # What is new

    def paste(self, text: str, title: str, session: Session, caller: str) -> Iterator[View]:
        """Read an article that was pasted."""
        note = FileNote(title.strip() or "The text", "reading")
        before = session
        try:
            documents = pasted(text, title=title)
            yield View(replace(session, files=(note,)), same_source=True)
            session = yield from _watched(
                self._bring(documents, session, caller),
                lambda embedded: replace(before, files=(replace(note, embedded=embedded),)),
            )
        except PullquoteError as error:
            yield View(replace(before, files=()), paste_notice=str(error), same_source=True)
            return
        # Once: what is pasted while questions are looked for is another text.
        for number, view in enumerate(self._asking(session.article, session, caller)):
            yield replace(view, paste_taken=number == 0)

    def bring(self, files: Sequence[Brought], session: Session, caller: str) -> Iterator[View]:
        """Read files one after the other, each refused or taken by itself."""
        notes = [FileNote(file.name, "waits") for file in files[:FILES_AT_ONCE]]
        if len(files) > FILES_AT_ONCE:
            over = f"At most {FILES_AT_ONCE} are read at once: add these afterwards."
            notes.append(FileNote(f"{len(files) - FILES_AT_ONCE:,} more", "refused", over))
        read: dict[int, str] = {}
        for number, file in enumerate(files[:FILES_AT_ONCE]):
            notes[number] = FileNote(file.name, "reading")
            yield View(replace(session, files=tuple(notes)), same_source=True)
            try:
                found = self._read(file)
                session = yield from _watched(
                    self._bring(found.documents, session, caller), _noting(session, notes, number)
                )
                notes[number] = FileNote(file.name, "read", found.told)
                read[number] = session.article
            except PullquoteError as error:
                told = told_without_path(error, file.path).removeprefix(f"{file.name} ")
                notes[number] = FileNote(file.name, "refused", told)
        if read:
            session = session.opened(next(iter(read.values())))
        # Only now, so that no file is refused for what nobody asked for.
        for number, article in read.items():
            asking = [*notes]
            asking[number] = replace(notes[number], state="asking")
            yield View(replace(session, files=tuple(asking)))
            session = self._suggested(article, session, caller)
        # What was read whole is seen in the library.
        is_told = any(note.reason for note in notes)
        yield View(replace(session, files=tuple(notes) if is_told else ()))

    def _read(self, file: Brought) -> Uploaded:
        if file.failed:
            raise InputError(SENTENCES.get(file.failed, SENTENCES["failed"]), "")
        return uploaded(file.path, within=self.uploads)

    def _bring(self, documents: Sequence[Document], session: Session, caller: str) -> Steps:
        known = brought_name(documents)
        if len(session.own) >= OWN_ARTICLES_KEPT and known not in session.own:
            raise InputError(
                f"You have added {OWN_ARTICLES_KEPT} articles.", "Remove one of them first."
            )
        indexed = yield from self._indexed(known, documents, session, caller)
        return self.desk.keeping.bring(indexed, documents)  # what was refused is not kept either

    def _indexed(
        self, known: str, documents: Sequence[Document], session: Session, caller: str
    ) -> Steps:
        """The session with articles of the visitor's indexed and open, known by a name."""
        worth = worth_of("".join(document.text for document in documents))
        with self.desk.gate.passing(CHAT, caller, questions=worth):
            assistant = yield from self.desk.offered.everything.about_in_steps(documents)
        waiting = {name: some for name, some in session.waiting.items() if name != known}
        return replace(session, waiting=waiting, files=()).with_own(known, assistant)

    # Questions to begin with

    def _asking(self, article: str, session: Session, caller: str) -> Iterator[View]:
        """Show an article that was just read, then with questions to begin with."""
        note = FileNote(session.own[article].documents[0].title, "asking")
        yield View(replace(session, files=(note,)))
        yield View(self._suggested(article, session, caller))

    def _suggested(self, article: str, session: Session, caller: str) -> Session:
        """The session with questions to an article, as far as the visitor's share has room.

        They are taken from it like any others, so that to add articles is no way to ask more.
        """
        assistant, gate = session.own[article], self.desk.gate
        document = assistant.documents[0]
        candidates = candidates_in(document)[: min(TRIES, gate.spare(caller))]
        found: list[str] = []
        if candidates:
            try:
                with gate.passing(SUGGEST, caller, questions=len(candidates)):
                    found = answered(assistant, document, candidates)
            except PullquoteError:  # nobody asked for them, and the log has what went wrong
                return session
        return replace(session, suggested={**session.suggested, article: tuple(found)})


def _watched(
    steps: Steps, session_at: Callable[[Embedded], Session]
) -> Generator[View, None, Session]:
    """Take steps, showing how far they have come."""
    with closing(steps):
        while True:
            try:
                embedded = next(steps)
            except StopIteration as done:
                session: Session = done.value
                return session
            yield View(session_at(embedded), same_source=True)


def _noting(
    session: Session, notes: Sequence[FileNote], number: int
) -> Callable[[Embedded], Session]:
    """The session while one of several files is embedded."""

    def noted(embedded: Embedded) -> Session:
        told = [*notes]
        told[number] = replace(notes[number], embedded=embedded)
        return replace(session, files=tuple(told))

    return noted

"""What a visitor's acts in the library come to: articles found, brought, fetched and removed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from index.errors import InputError, PullquoteError
from index.records import Document
from qa.bringing import FILES_AT_ONCE, SENTENCES, Brought, pasted, told_without_path, uploaded
from qa.desk import CHAT, Desk
from qa.rates import worth_of
from qa.render_conversation import Notice
from qa.session import MAX_SOUGHT_CHARS, FileNote, Session
from qa.suggested import suggest
from qa.view import View

OWN_ARTICLES_KEPT = 20  # by one visitor


@dataclass(frozen=True, slots=True)
class LibraryDesk:
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
            return View(self.desk.keeping.remove(session, article))
        except PullquoteError as error:
            return View(session, notice=Notice(str(error)))

    def fetch(self, article: str, session: Session, caller: str) -> Iterator[View]:
        """Open an article that was kept, and so has to be indexed anew."""
        waiting = session.waiting.get(article)
        if waiting is None:
            yield self.desk.open(article, session)
            return
        notes = (FileNote(waiting.title, "reading"),)
        yield View(replace(session, files=notes), same_source=True)
        try:
            documents = self.desk.keeping.documents(session, article)
            if not documents:
                raise InputError("This article is not kept any more.", "Add it again.")
            yield View(self._indexed(documents, session, caller))
        except PullquoteError as error:
            yield View(session, notice=Notice(str(error)))

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
        self.desk.keeping.bring(session, documents)  # what was refused is not kept either
        return indexed

    def _indexed(self, documents: Sequence[Document], session: Session, caller: str) -> Session:
        """The session with articles of the visitor's indexed and open."""
        known = documents[0].id
        worth = worth_of("".join(document.text for document in documents))
        with self.desk.gate.passing(CHAT, caller, questions=worth):
            assistant = self.desk.offered.everything.about(documents)
            suggested = suggest(assistant, documents[0])
        waiting = {name: some for name, some in session.waiting.items() if name != known}
        session = replace(session, waiting=waiting, files=())
        named = {**session.suggested, known: tuple(suggested)}
        return replace(session.with_own(known, assistant), suggested=named)

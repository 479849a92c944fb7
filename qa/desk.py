"""What asking and reading in the chat come to: from a session to the next, and what to show of it.

A desk holds nothing of a visitor, and knows nothing of the web framework.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from index.errors import InputError, PullquoteError
from qa.assistant import Assistant
from qa.gate import Gate
from qa.keeping import Keeping
from qa.offered import Offered
from qa.questions import MAX_QUESTION_CHARS, check_question
from qa.records import Excerpt, Turn
from qa.render_conversation import Notice
from qa.session import ALL_ARTICLES, Session
from qa.view import View

CHAT = "chat"  # what the counters call the page's questions


@dataclass(frozen=True, slots=True)
class Desk:
    """What a visitor's acts come to.

    Args:
        offered: the articles on offer to everyone.
        gate: what every question passes.
        first: id of the article that is open at the start.
        keeping: keeps conversations, where there is somewhere to keep them.
    """

    offered: Offered
    gate: Gate
    first: str
    keeping: Keeping = field(default_factory=lambda: Keeping(None))

    def opening(self) -> Session:
        """The session that a visitor begins with."""
        return Session(self.first)

    def about(self, session: Session) -> Assistant:
        """What answers about the article that is open."""
        if session.article == ALL_ARTICLES:
            return session.together or self._together(session)
        return session.own.get(session.article) or self.offered.alone(session.article)

    def open(self, article: str, session: Session) -> View:
        """Open an article; what is not there opens nothing."""
        known = article == ALL_ARTICLES or article in self.offered or article in session.own
        return View(self.gathered(session.opened(article)) if known else session)

    def gathered(self, session: Session) -> Session:
        """The session, ready to be asked about all articles if these are open."""
        if session.article != ALL_ARTICLES or session.together or not session.own:
            return session
        return replace(session, together=self._together(session))

    def _together(self, session: Session) -> Assistant:
        """What answers about all articles: those on offer, and this visitor's own."""
        everything = self.offered.everything
        return everything.beside(list(session.own.values())) if session.own else everything

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
        """Show that the work was stopped; the question goes back, or can be asked again."""
        files = tuple(
            replace(note, state="refused", reason="It was stopped.")
            if note.state in ("waits", "reading")
            else replace(note, state="read")
            if note.state == "asking"
            else note
            for note in session.files
        )
        session = replace(session, files=files)
        if not question:
            return View(session)
        notice = Notice("Stopped.", retry=question)
        return View(session, given_back=question, notice=notice, same_source=True)

    def edit(self, turn: int, session: Session, draft: str = "") -> View:
        """Put a turn's question in the box, for the next answer to replace it.

        Args:
            turn: which.
            session: whose.
            draft: what is in the box, which comes back afterwards.
        """
        turns = session.conversation.turns
        if not 0 <= turn < len(turns):
            return View(session)
        # Of two that are edited one after the other, what was there before the first.
        held = session.draft if session.editing is not None else draft[:MAX_QUESTION_CHARS]
        session = replace(session, editing=turn, draft=held)
        return View(session, question=turns[turn].question, same_source=True)

    def unedit(self, session: Session) -> View:
        """Leave the turn that was to be edited as it is."""
        after = replace(session, editing=None, draft="")
        return View(after, question=session.draft, same_source=True)

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

    def read(self, document: int, session: Session) -> View:
        """Show one of the articles that were brought together, from its beginning."""
        held = session.own.get(session.article)
        if held is None or not 0 <= document < len(held.documents):
            return View(session)
        return View(replace(session, shown=Excerpt.from_span(held.documents[document], 0, 0)))

    def step(self, by: int, session: Session) -> View:
        """Scroll the article to the hit so many further on."""
        return View(session.looking(session.conversation.stepped(by)))

    def _answer(
        self, question: str, session: Session, caller: str, *, turn: int, history: Sequence[Turn]
    ) -> Iterator[View]:
        try:
            asked = check_question(question)
        except InputError as error:  # it is in the box still
            yield View(session, notice=Notice(str(error)), same_source=True)
            return
        session = self.gathered(session)
        yield View(session, question="", pending=asked, same_source=True)
        try:  # the gate lets no other errors out, so nobody is left with "Reading …"
            with self.gate.passing(CHAT, caller):
                answer = self.about(session).ask(asked, history=history)
        except PullquoteError as error:
            notice = Notice(f"The question could not be answered: {error}", retry=asked)
            yield View(session, given_back=question, notice=notice, same_source=True)
            return
        talk = session.conversation.with_turn(turn, answer)
        draft = "" if session.editing is None else session.draft
        after = replace(session.with_conversation(talk), draft="")
        yield self._kept(View(after, given_back=draft))

    def _kept(self, view: View) -> View:
        """The view of a session that is kept from here on; if it cannot be, it says so."""
        try:
            return replace(view, session=self.keeping.mirrored(view.session))
        except PullquoteError as error:
            return replace(view, notice=Notice(f"The conversation is not kept: {error}"))

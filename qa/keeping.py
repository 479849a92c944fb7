"""What of a session is kept, and how it comes back: between the desk and the file of the kept."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from index.errors import InputError, PullquoteError, StoreError
from index.records import Document
from qa.brought_name import brought_name
from qa.dialogue import TURNS_KEPT, Conversation
from qa.feedback import Feedback
from qa.kept import Kept
from qa.kept_conversations import MAX_SEARCHED_CHARS
from qa.kept_folder import new_visitor
from qa.kept_rows import KeptConversation, KeptTurn
from qa.records import Answer
from qa.session import ALL_ARTICLES, KeptTalk, Session

NAME_CHARS = 80  # of a first question, as a conversation's name
LOOKED_AT = 10  # conversations that have a question's words, for the question itself


@dataclass(frozen=True, slots=True)
class Keeping:
    """Keeps sessions, where there is somewhere to keep them.

    Args:
        kept: the file; None keeps nothing of anybody.
    """

    kept: Kept | None

    def arrived(self, session: Session, visitor: str) -> Session:
        """A session whose visitor has come back, or is new.

        Args:
            session: the one that the visit begins with.
            visitor: the secret that the browser holds; empty for a new visitor.

        Raises:
            InputError: that is no visitor's secret.
            StoreError: what is kept cannot be read.
        """
        if self.kept is None:
            return session
        session = replace(session, visitor=visitor or new_visitor())
        brought = self.kept.articles.all_of(session.visitor) if visitor else []
        waiting = {one.id: one for one in brought}
        return self.listed(replace(session, waiting=waiting, brought=frozenset(waiting)))

    def keeps(self, session: Session) -> bool:
        """Whether anything of a session is kept from here on."""
        return self.kept is not None and bool(session.visitor) and not session.private

    def listed(self, session: Session) -> Session:
        """The session with its visitor's conversations listed anew.

        Raises:
            InputError: what is looked for is too long.
            StoreError: they cannot be read.
        """
        if self.kept is None or not session.visitor:
            return session
        listed = self.kept.conversations.search(session.visitor, session.wanted)
        return replace(session, listed=tuple(listed))

    def mirrored(self, session: Session) -> Session:
        """The session with the open conversation kept as it is now.

        Raises:
            StoreError: it cannot be kept.
        """
        kept, talk = self.kept, session.conversation
        if kept is None or not self.keeps(session):
            return session
        held = session.kept.get(session.article)
        if held is None:
            is_lost = session.article in session.own and session.article not in session.brought
            # Without its article a conversation could not be opened again.
            return self._begun(kept, session) if talk.turns and not is_lost else session
        turns, who = held.turns, session.visitor
        answers = tuple(turn.answer for turn in turns)
        if answers == talk.turns:
            return session
        if talk.turns == answers[:-1]:
            kept.conversations.take_back(who, held.id, turns[-1].number)
            # Another page of the visitor's may have gone on with it.
            if len(turns) == 1 and not kept.conversations.turns(who, held.id):
                kept.conversations.delete(who, held.id)
                return self.listed(_holding(session, None))
            return self.listed(_holding(session, replace(held, turns=turns[:-1])))
        new = [n for n, one in enumerate(talk.turns) if answers[n : n + 1] != (one,)]
        at = new[0] if new else 0
        if len(talk.turns) == len(answers) and len(new) == 1:
            added = kept.conversations.add(
                who, held.id, talk.turns[at], in_place_of=turns[at].number
            )
            after = () if added is None else (*turns[:at], added, *turns[at + 1 :])
        elif talk.turns[:-1] in (answers, answers[1 - TURNS_KEPT :]):
            added = kept.conversations.add(who, held.id, talk.turns[-1])
            after = () if added is None else (*turns, added)[-TURNS_KEPT:]
        else:
            added, after = None, ()
        if added is None:
            if kept.conversations.turns(who, held.id) is None:
                # Deleted on another page: what was said before is not kept once more.
                said = talk.turns[new[0] if len(new) == 1 else -1]
                session = session.with_conversation(Conversation().with_answer(said))
            return self._begun(kept, session)
        return self.listed(_holding(session, replace(held, turns=after)))

    def _begun(self, kept: Kept, session: Session) -> Session:
        """The session with its open conversation kept as a new one."""
        talk, who = session.conversation, session.visitor
        about = [] if session.article == ALL_ARTICLES else [session.article]
        name = talk.turns[0].question[:NAME_CHARS]
        begun = kept.conversations.start(who, name=name, articles=about, answers=talk.turns)
        turns = tuple(KeptTurn(number, answer) for number, answer in enumerate(talk.turns))
        held = KeptTalk(begun.id, turns, begun.name)
        return self.listed(_holding(session, held))

    def let_go(self, session: Session) -> Session:
        """The session about to begin a new conversation; the one before stays kept."""
        return _holding(session, None)

    def bring(self, session: Session, documents: Sequence[Document]) -> Session:
        """The session with what its visitor brought together kept.

        Raises:
            InputError: the visitor keeps too much already.
            StoreError: it cannot be kept.
        """
        if self.kept is None or not self.keeps(session):
            return session
        self.kept.articles.bring(session.visitor, documents)
        return replace(session, brought=session.brought | {brought_name(documents)})

    def documents(self, session: Session, article: str) -> tuple[Document, ...]:
        """What a visitor brought and has not opened since; nothing where it is not kept.

        Raises:
            StoreError: it cannot be read.
        """
        if self.kept is None or not session.visitor:
            return ()
        found = self.kept.articles.documents(session.visitor, article) or ()
        if found:
            with suppress(StoreError):  # it can be read all the same
                self.kept.articles.use(session.visitor, article)
        return found

    def remove(self, session: Session, article: str) -> Session:
        """The session without an article that was brought, which is kept no longer.

        Raises:
            StoreError: it cannot be removed.
        """
        if self.kept is not None and session.visitor:
            self.kept.articles.remove(session.visitor, article)
        waiting = {name: some for name, some in session.waiting.items() if name != article}
        return replace(session, waiting=waiting, brought=session.brought - {article})

    def asked_before(self, session: Session, article: str, question: str) -> str | None:
        """The kept conversation in which a question was last asked of an article.

        Args:
            session: whose.
            article: the article's id.
            question: word for word.

        Returns:
            The conversation's id; None where there is none, or it cannot be read.
        """
        if self.kept is None or not session.visitor:
            return None
        words = question[:MAX_SEARCHED_CHARS]
        with suppress(PullquoteError):  # then it is asked anew
            found = self.kept.conversations.search(session.visitor, words)
            for one in [one for one in found if one.articles == (article,)][:LOOKED_AT]:
                turns = self.kept.conversations.turns(session.visitor, one.id) or []
                if any(turn.answer.question == question for turn in turns[-TURNS_KEPT:]):
                    return one.id
        return None

    def recalled(self, session: Session, conversation: str) -> Session | None:
        """The session with a kept conversation open; None where it is not kept (any more).

        Raises:
            StoreError: it cannot be read.
        """
        held = self._held(session, conversation)
        if self.kept is None or held is None:
            return None
        with suppress(StoreError):  # it can be read all the same
            self.kept.conversations.use(session.visitor, conversation)
        named, turns = held
        shown = tuple(turns[-TURNS_KEPT:])
        article = named.articles[0] if named.articles else ALL_ARTICLES
        talk = Conversation(tuple(turn.answer for turn in shown))
        talk = talk.focused_on(len(shown) - 1, 0)
        session = session.opened(article).with_conversation(talk)
        return _holding(session, KeptTalk(conversation, shown, named.name))

    def transcript(self, session: Session, conversation: str) -> tuple[str, list[Answer]] | None:
        """The name and all answers of a kept conversation; None where it is not kept (any more).

        Raises:
            StoreError: it cannot be read.
        """
        held = self._held(session, conversation)
        return held and (held[0].name, [turn.answer for turn in held[1]])

    def _held(
        self, session: Session, conversation: str
    ) -> tuple[KeptConversation, list[KeptTurn]] | None:
        """A listed conversation with all of its turns; None where it is not kept (any more)."""
        named = next((one for one in session.listed if one.id == conversation), None)
        if self.kept is None or named is None:
            return None
        turns = self.kept.conversations.turns(session.visitor, conversation)
        return None if turns is None else (named, turns)

    def renamed(self, session: Session, conversation: str, name: str) -> Session:
        """The session with a conversation under another name.

        Raises:
            StoreError: that cannot be kept.
        """
        if self.kept is not None and session.visitor and name.strip():
            self.kept.conversations.rename(session.visitor, conversation, name)
        kept = {
            article: replace(held, name=name) if held.id == conversation else held
            for article, held in session.kept.items()
        }
        return self.listed(replace(session, kept=kept))

    def deleted(self, session: Session, conversation: str) -> Session:
        """The session without a kept conversation; on the page it stays until it is left.

        Raises:
            StoreError: it cannot be deleted.
        """
        if self.kept is not None and session.visitor:
            self.kept.conversations.delete(session.visitor, conversation)
        kept = {name: held for name, held in session.kept.items() if held.id != conversation}
        return self.listed(replace(session, kept=kept))

    def forgotten(self, session: Session) -> Session:
        """The session of whom nothing is kept any more.

        Raises:
            StoreError: that cannot be deleted.
        """
        if self.kept is not None and session.visitor:
            self.kept.forget(session.visitor)
        return self.listed(session.emptied())

    def judgeable(self, session: Session) -> Mapping[int, KeptTurn]:
        """By number, the turns of the page whose answers are kept as they are shown."""
        held = session.kept.get(session.article)
        if held is None or not self.keeps(session):
            return {}
        pairs = zip(held.turns, session.conversation.turns, strict=False)
        return {n: turn for n, (turn, shown) in enumerate(pairs) if turn.answer == shown}

    def judged(self, session: Session, turn: int, feedback: Feedback) -> Session:
        """The session with what a visitor says of a turn; said twice, it is taken back.

        Raises:
            InputError: the turn is not kept any more.
            StoreError: that cannot be kept.
        """
        held, known = session.kept.get(session.article), self.judgeable(session).get(turn)
        if self.kept is None or held is None or known is None:
            return session
        said = None if known.feedback == feedback else feedback
        if not self.kept.feedback.judge(session.visitor, held.id, known.number, said):
            raise InputError(
                "This answer is no longer kept, so your rating of it cannot be kept either.",
                "Ask again, and rate that answer.",
            )
        turns = (*held.turns[:turn], replace(known, feedback=said), *held.turns[turn + 1 :])
        return _holding(session, replace(held, turns=turns))


def _holding(session: Session, talk: KeptTalk | None) -> Session:
    kept = {name: held for name, held in session.kept.items() if name != session.article}
    if talk is not None:
        kept[session.article] = talk
    return replace(session, kept=kept)

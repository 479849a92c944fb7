"""What the server offers to programs: over HTTP and as MCP tools, in JSON values."""

from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any

from index.errors import InputError
from index.filters import Filter
from index.records import Document
from qa.assistant import Assistant
from qa.bounds import MAX_QUESTIONS, check_article, check_names, within_top_k
from qa.defaults import PASSAGES_FOUND, TOP_K
from qa.offered import Offered
from qa.own_articles import OwnArticles
from qa.questions import check_question, numbered, parse_history
from qa.records import Question

SHOWN_CHARS = 100  # of an id that is none: enough to see what was mixed up


class Endpoints:
    """The endpoints. Their docstrings are what callers read of them.

    Args:
        offered: the articles on offer to everyone.
        own: keeps what callers add.
    """

    def __init__(self, offered: Offered, own: OwnArticles) -> None:
        self._offered = offered
        self._own = own
        self._listed: tuple[tuple[int, str], list[dict[str, Any]]] | None = None
        self._listing = Lock()

    def ask(
        self,
        question: str,
        article: str | None = None,
        text: str | None = None,
        history: list[list[str | None] | dict[str, Any]] | None = None,
        top_k: int = TOP_K,
        min_score: float | None = None,
        collections: list[str] | None = None,
        documents: list[str] | None = None,
        languages: list[str] | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> dict[str, Any]:
        """Answer a question with a quote from an article, or say it has no answer.

        Args:
            question: what to ask.
            article: id of an article, as /documents or /add_document gave it; by default all on offer.
            text: an article of your own to ask instead.
            history: earlier turns, oldest first: [question, answer], null for no answer, or the answers themselves as they were given.
            top_k: how many quotes to give.
            min_score: least score of an answer, from 0 to 1; by default the fitted one.
            collections: names of collections, as /documents gives them; only their articles are asked.
            documents: ids of articles, as /documents gives them; only these are asked.
            languages: such as en; only articles known to be in one of these are asked.
            since: a date as 2024, 2024-03 or 2024-03-05; only articles known to be no earlier are asked.
            until: the same; only articles known to be no later are asked.

        Returns:
            The answer, as its JSON Schema says; its text is null where the article does not say.
        """  # noqa: E501 - Gradio reads one line for each argument
        asked = Question(check_question(question), parse_history(history))
        where = _filter(collections, documents, languages, since, until)
        (answer,) = self._chosen(article, text).ask_many(
            [asked], top_k=within_top_k(top_k), min_score=min_score, where=where
        )
        return answer.to_dict()

    def ask_many(
        self,
        questions: list[str],
        article: str | None = None,
        text: str | None = None,
        top_k: int = TOP_K,
        min_score: float | None = None,
        collections: list[str] | None = None,
        documents: list[str] | None = None,
        languages: list[str] | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> list[dict[str, Any]]:
        """Answer many questions in one call.

        Args:
            questions: what to ask.
            article: id of an article, as /documents or /add_document gave it; by default all on offer.
            text: an article of your own to ask instead.
            top_k: how many quotes to give for each.
            min_score: least score of an answer, from 0 to 1; by default the fitted one.
            collections: names of collections, as /documents gives them; only their articles are asked.
            documents: ids of articles, as /documents gives them; only these are asked.
            languages: such as en; only articles known to be in one of these are asked.
            since: a date as 2024, 2024-03 or 2024-03-05; only articles known to be no earlier are asked.
            until: the same; only articles known to be no later are asked.

        Returns:
            The answers in order, each as its JSON Schema says.
        """  # noqa: E501 - Gradio reads one line for each argument
        where = _filter(collections, documents, languages, since, until)
        answers = self._chosen(article, text).ask_many(
            _checked(questions), top_k=within_top_k(top_k), min_score=min_score, where=where
        )
        return [answer.to_dict() for answer in answers]

    def ask_stream(
        self,
        questions: list[str],
        article: str | None = None,
        text: str | None = None,
        top_k: int = TOP_K,
        min_score: float | None = None,
        collections: list[str] | None = None,
        documents: list[str] | None = None,
        languages: list[str] | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Answer many questions, each answer sent as soon as it is there.

        Args:
            questions: what to ask.
            article: id of an article, as /documents or /add_document gave it; by default all on offer.
            text: an article of your own to ask instead.
            top_k: how many quotes to give for each.
            min_score: least score of an answer, from 0 to 1; by default the fitted one.
            collections: names of collections, as /documents gives them; only their articles are asked.
            documents: ids of articles, as /documents gives them; only these are asked.
            languages: such as en; only articles known to be in one of these are asked.
            since: a date as 2024, 2024-03 or 2024-03-05; only articles known to be no earlier are asked.
            until: the same; only articles known to be no later are asked.

        Returns:
            The answers in order, one at a time, each as its JSON Schema says.
        """  # noqa: E501 - Gradio reads one line for each argument
        where = _filter(collections, documents, languages, since, until)
        assistant = self._chosen(article, text)
        for number, question in enumerate(_checked(questions)):
            # Alone, since a longer batch would keep its first answer back.
            try:
                (answer,) = assistant.ask_many(
                    [question], top_k=within_top_k(top_k), min_score=min_score, where=where
                )
            except InputError as error:
                raise numbered(error, number) from None
            yield answer.to_dict()

    def search(
        self,
        query: str,
        article: str | None = None,
        text: str | None = None,
        top_k: int = PASSAGES_FOUND,
        collections: list[str] | None = None,
        documents: list[str] | None = None,
        languages: list[str] | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> list[dict[str, Any]]:
        """Find the passages nearest to a query in meaning and words, without reading them for an answer.

        Args:
            query: what to look for: a question or any other words.
            article: id of an article, as /documents or /add_document gave it; by default all on offer.
            text: an article of your own to search instead.
            top_k: most passages to give.
            collections: names of collections, as /documents gives them; only their articles are searched.
            documents: ids of articles, as /documents gives them; only these are searched.
            languages: such as en; only articles known to be in one of these are searched.
            since: a date as 2024, 2024-03 or 2024-03-05; only articles known to be no earlier are searched.
            until: the same; only articles known to be no later are searched.

        Returns:
            The passages, nearest first, each with document_id, document_title, start, end, text, page (null where there are none) and score.
        """  # noqa: E501 - Gradio reads one line for each argument
        where = _filter(collections, documents, languages, since, until)
        found = self._chosen(article, text).search(query, top_k=within_top_k(top_k), where=where)
        return [one.to_dict() for one in found]

    def documents(self) -> list[dict[str, Any]]:
        """List the articles on offer to everyone.

        Returns:
            For each its id, title, length in characters, the name of the file it came from, and its collection, language and date.
        """  # noqa: E501 - Gradio reads one line for what is returned
        with self._listing:
            state = self._offered.everything.index.state  # before the articles, never newer
            # Once for each state, since a saved index reads every article for it.
            if self._listed is None or self._listed[0] != state:
                self._listed = state, list(map(_as_listed, self._offered.everything.documents))
            return [dict(one) for one in self._listed[1]]

    def add_document(self, text: str, title: str = "") -> dict[str, Any]:
        """Add an article of your own, to query several times.

        It is kept in memory for a while after its last use, and dropped earlier where the
        server needs the room. Only callers with its id can ask it.

        Args:
            text: the article.
            title: its title; without it, what the text is headed, or its first words.

        Returns:
            Its secret id, to be given as article; the document_id and title that answers name; its length in characters; the seconds it is kept after its last use.
        """  # noqa: E501 - Gradio reads one line for each argument
        document = check_article(Document.from_text(text, title=title.strip() or None))
        token = self._own.add(self._offered.everything.about([document]))
        return {
            "id": token,
            "document_id": document.id,
            "title": document.title,
            "characters": len(document.text),
            "kept_s": self._own.kept_s,
        }

    def remove_document(self, id: str) -> dict[str, Any]:
        """Forget an article that /add_document added.

        Args:
            id: the secret id that /add_document gave.

        Returns:
            The id, and that it was removed.
        """
        if id in self._offered:
            raise InputError(
                f"“{id}” is on offer to everyone.", "Only what /add_document added is removed."
            )
        if not self._own.remove(id):
            raise _unknown(id)
        return {"id": id, "removed": True}

    def _chosen(self, article: str | None, text: str | None) -> Assistant:
        if text is not None:  # an empty one is refused: all on offer would be other articles
            if article:
                raise InputError(
                    "The call has an article and a text.", "Give one, or neither for all on offer."
                )
            return self._offered.everything.about([check_article(Document.from_text(text))])
        if not article:
            return self._offered.everything
        if article in self._offered:
            return self._offered.alone(article)
        own = self._own.get(article)
        if own is None:
            raise _unknown(article)
        return own


def _as_listed(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "title": document.title,
        "characters": len(document.text),
        # The name alone: where it lies on the server is nobody's business.
        "source": Path(document.source).name if document.source else None,
        "collection": document.collection,
        "language": document.language,
        "date": document.date,
    }


def _filter(
    collections: list[str] | None,
    documents: list[str] | None,
    languages: list[str] | None,
    since: str | None,
    until: str | None,
) -> Filter:
    for names in (collections, documents, languages):
        check_names(names or ())
    return Filter(
        collections=collections,
        documents=documents,
        languages=languages,
        since=since or None,
        until=until or None,
    )


def _checked(questions: list[str]) -> list[str]:
    if len(questions) > MAX_QUESTIONS:
        raise InputError(
            f"There are {len(questions):,} questions in one call; at most {MAX_QUESTIONS:,} fit.",
            "Send them in several.",
        )
    return questions


def _unknown(article: str) -> InputError:
    return InputError(
        f"There is no article {article[:SHOWN_CHARS]!r}.",
        "Choose one that /documents lists, or add it again: those added are kept for a while.",
    )

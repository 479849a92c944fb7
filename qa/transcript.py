"""A conversation to be saved or passed on: as JSON for programs, as Markdown for people."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from index.records import Document
from qa.citation import Citation, one_line, source_shown
from qa.markdown import escaped, quoted
from qa.records import Answer, Excerpt
from qa.render import confidence

UNNAMED = "Conversation"


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was asked of some articles, and what they say.

    Args:
        name: of the conversation; may be empty.
        answers: oldest first.
        documents: the articles that were asked; one that is gone may be missing.
    """

    name: str
    answers: tuple[Answer, ...]
    documents: tuple[Document, ...]

    def to_dict(self) -> dict[str, Any]:
        """The conversation as plain JSON values: its articles, and the answers' own JSON."""
        return {
            "name": self.name,
            "articles": [_facts(document) for document in self.documents],
            "answers": [answer.to_dict() for answer in self.answers],
        }

    def to_json(self) -> str:
        """The conversation as JSON, indented."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n"

    def to_markdown(self) -> str:
        """Questions, quotes, where these stand, and how sure each answer is."""
        known = {document.id: document for document in self.documents}
        blocks = [f"# {escaped(one_line(self.name)) or UNNAMED}"]
        for number, answer in enumerate(self.answers, start=1):
            blocks.append(f"## {number}\\. {escaped(one_line(answer.question))}")
            if answer.resolved is not None:
                blocks.append(f"Understood as: {escaped(one_line(answer.resolved))}")
            if answer.text is None:
                blocks.append(f"The article does not say. ({confidence(answer.score)})")
                continue
            blocks += _quotes(answer, known)
            blocks.append(f"({confidence(answer.score)})")
        return "\n\n".join(blocks) + "\n"

    def __str__(self) -> str:
        return f"{self.name or UNNAMED} ({len(self.answers)} questions)"


def _quotes(answer: Answer, known: Mapping[str, Document]) -> Iterator[str]:
    for found in answer.items or (answer,):
        if found.quote is None:
            continue
        cited = Citation.find(found.quote, known.get)
        plain = f"{quoted(found.quote.text)}\n>\n> — {_place(found.quote)}"
        yield cited.to_markdown() if cited else plain


def _place(quote: Excerpt) -> str:
    """Where a quote stands, of an article that is gone."""
    page = f"page {quote.page}, " if quote.page is not None else ""
    title = escaped(one_line(quote.document_title)) or "Untitled"
    return f"{title}, {page}characters {quote.start}–{quote.end}"


def _facts(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "title": document.title,
        "author": document.author,
        "date": document.date,
        "language": document.language,
        "source": source_shown(document),
        "characters": len(document.text),
    }

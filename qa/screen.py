"""What the page's three parts show of a session, as HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from index.read import READABLE_SUFFIXES
from index.records import Document
from qa.bringing import MAX_UPLOAD_BYTES
from qa.citation import Citation, Style
from qa.desk import Desk
from qa.place_link import PlaceLink
from qa.records import Excerpt
from qa.render_article import article_html, shelf_html
from qa.render_conversation import conversation_html
from qa.render_kept import KeptShown, kept_html
from qa.render_library import Listed, library_html
from qa.session import ALL_ARTICLES, Session
from qa.view import View

STYLES: Mapping[str, Style] = {
    "As text": "text",
    "As Markdown": "markdown",
    "As BibTeX": "bibtex",
}


@dataclass(frozen=True, slots=True)
class Screen:
    """Renders views.

    Args:
        desk: whose views they are.
        examples: by document id, questions to offer.
    """

    desk: Desk
    examples: Mapping[str, Sequence[str]]

    def library_html(self, view: View) -> str:
        """The articles there are."""
        session = view.session
        own = [
            Listed(name, title_of(held.documents), own=True) for name, held in session.own.items()
        ]
        own += [
            Listed(name, one.title, own=True, waiting=True) for name, one in session.waiting.items()
        ]
        offered = [
            Listed(document.id, document.title)
            for document in self.desk.offered.everything.documents
        ]
        return library_html(
            [*own, *offered],
            chosen=session.article,
            everything=ALL_ARTICLES if len(offered) > 1 else None,
            sought=session.sought,
            files=session.files,
            notice=view.paste_notice,
            accept=READABLE_SUFFIXES,
            most_bytes=MAX_UPLOAD_BYTES,
            paste_open=view.paste_notice is not None,
            paste_taken=view.paste_taken,
            kept=kept_html(self._kept(view)) if session.arrived else "",
            arrived=session.arrived,
        )

    def _kept(self, view: View) -> KeptShown | None:
        session, kept = view.session, self.desk.keeping.kept
        if kept is None or not session.visitor:
            return None
        held, file = session.kept.get(session.article), view.exported
        return KeptShown(
            session.listed,
            chosen=held.id if held else "",
            wanted=session.wanted,
            private=session.private,
            days=kept.bounds.days,
            exported=(file.name, file.text, file.once) if file else None,
        )

    def conversation_html(self, view: View) -> str:
        """What was asked and answered."""
        session = view.session
        documents = self.desk.about(session).documents
        talk = session.conversation
        held = session.kept.get(session.article)
        return conversation_html(
            talk.turns,
            title="All articles" if session.article == ALL_ARTICLES else title_of(documents),
            examples=self._examples(session),
            citations=partial(_citations, {one.id: one for one in documents}),
            focus=(talk.focus.turn, talk.focus.choice) if talk.focus else None,
            pending=view.pending,
            notice=view.notice,
            editing=session.editing,
            several=len(documents) > 1,
            judged=[turn.feedback for turn in held.turns] if held else (),
        )

    def _examples(self, session: Session) -> Sequence[str]:
        suggested = session.suggested.get(session.article, ())
        return self.examples.get(session.article) or suggested

    def source_html(self, view: View) -> str:
        """The article, at the place that is in focus."""
        session = view.session
        documents = {one.id: one for one in self.desk.about(session).documents}
        talk = session.conversation
        if session.shown is not None:
            return article_html(
                documents[session.shown.document_id],
                quotes=(session.shown,),
                focus=session.shown,
                hit=(1, 1),
                link=self._link(session.shown, None),
            )
        if talk.place is not None:
            return article_html(
                documents[talk.place.document_id],
                quotes=talk.quotes,
                focus=talk.place,
                passage=talk.passage,
                hit=talk.hit,
                link=self._link(talk.place, talk.question),
            )
        if len(documents) > 1:
            return shelf_html(list(documents.values()))
        return article_html(next(iter(documents.values())))

    def _link(self, place: Excerpt, question: str | None) -> str | None:
        """An address for a place, where others can open the article too."""
        if place.document_id not in self.desk.offered:
            return None
        return PlaceLink.from_place(place, question).to_query()


def title_of(documents: Sequence[Document]) -> str:
    """What one article is called, or several together."""
    more = f" and {len(documents) - 1:,} more" if len(documents) > 1 else ""
    return f"{documents[0].title}{more}"


def _citations(documents: Mapping[str, Document], quote: Excerpt) -> Mapping[str, str]:
    """How to quote it elsewhere, by what the menu calls each way."""
    citation = Citation.find(quote, documents)
    if citation is None:
        return {}
    return {called: citation.to_style(style) for called, style in STYLES.items()}

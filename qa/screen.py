"""What the page's three parts show of a session, as HTML."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from index.articles import READABLE_SUFFIXES
from index.records import Document
from qa.assistant import Assistant
from qa.bringing import MAX_UPLOAD_BYTES
from qa.brought_name import brought_title
from qa.citation import Citation, Style
from qa.desk import Desk
from qa.own_name import own_name
from qa.place_link import PlaceLink
from qa.records import Excerpt
from qa.render_article import article_html
from qa.render_conversation import conversation_html
from qa.render_kept import KeptShown, kept_html
from qa.render_library import LISTED, library_html
from qa.render_shelf import Listed, bundle_html, shelf_html
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
        by_account: whether what is kept is an account's, in every browser, and not a browser's.
    """

    desk: Desk
    examples: Mapping[str, Sequence[str]]
    by_account: bool = False

    def articles_html(self, view: View) -> str:
        """The articles there are."""
        session = view.session
        listed, more = self._listed(session)
        several = len(self.desk.offered.titles) + len(session.own) + len(session.waiting) > 1
        return library_html(
            listed,
            more=more,
            title=self._title(session),
            chosen=session.article,
            everything=ALL_ARTICLES if several else None,
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

    def _listed(self, session: Session) -> tuple[list[Listed], int]:
        """The articles that the library shows, and how many more have such titles."""
        words = session.sought.casefold().split()
        offered = self.desk.offered
        found = offered.titled(session.sought)
        shown = list(found[:LISTED])
        # What is open is listed, however far down it would stand.
        if not words and session.article in offered and session.article not in shown:
            shown = [session.article, *shown[: LISTED - 1]]
        own = [one for one in _own(session) if all(w in one.title.casefold() for w in words)]
        listed = [Listed(name, offered.titles[name]) for name in shown]
        return [*own, *listed], len(found) - len(shown)

    def _title(self, session: Session) -> str:
        """What is asked."""
        if session.article == ALL_ARTICLES:
            return "All articles"
        return title_of(self.desk.about(session).documents)

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
            by_account=self.by_account,
            exported=(file.name, file.text, file.once) if file else None,
        )

    def conversation_html(self, view: View) -> str:
        """What was asked and answered."""
        session = view.session
        about = self.desk.about(session)
        talk = session.conversation
        judgeable = self.desk.keeping.judgeable(session)
        return conversation_html(
            talk.turns,
            title=self._title(session),
            examples=self._examples(session),
            citations=partial(_citations, about.document),
            focus=(talk.focus.turn, talk.focus.choice) if talk.focus else None,
            pending=view.pending,
            given_back=view.given_back,
            notice=view.notice,
            editing=session.editing,
            several=len(about.documents) > 1,
            judged={number: turn.feedback for number, turn in judgeable.items()},
        )

    def _examples(self, session: Session) -> Sequence[str]:
        suggested = session.suggested.get(session.article, ())
        return self.examples.get(session.article) or suggested

    def source_html(self, view: View) -> str:
        """The article, at the place that is in focus."""
        session = view.session
        about, talk = self.desk.about(session), session.conversation
        place = session.shown or talk.place
        document = about.document(place.document_id) if place else None
        if place is None or document is None:
            return self._unasked_html(session, about)
        if session.shown is not None and not session.shown.text:  # it is read from its beginning
            return article_html(document)
        if session.shown is not None:
            return article_html(
                document,
                quotes=(session.shown,),
                focus=session.shown,
                hit=(1, 1),
                link=self._link(session.shown, None, session),
            )
        return article_html(
            document,
            quotes=talk.quotes,
            focus=talk.place,
            passage=talk.passage,
            hit=talk.hit,
            link=self._link(place, talk.question, session),
        )

    def _unasked_html(self, session: Session, about: Assistant) -> str:
        """What there is to ask, where no place of it is in focus."""
        documents = about.documents
        if session.article != ALL_ARTICLES:
            if len(documents) > 1:
                return bundle_html(documents, title_of(documents))
            return article_html(documents[0])
        everything = self.desk.offered.everything.documents
        return shelf_html(everything, own=_own(session))

    def _link(self, place: Excerpt, question: str | None, session: Session) -> str | None:
        """An address for a place, where it can be opened again: by everyone, or by its visitor."""
        link = PlaceLink.from_place(place, question)
        if place.document_id in self.desk.offered:
            return link.to_query()
        for name, held in session.own.items():
            ids = [document.id for document in held.documents]
            if name in session.brought and place.document_id in ids:
                document = ids.index(place.document_id)
                named = own_name(name, session.visitor)
                return replace(link, article=named, document=document).to_query()
        return None


def _own(session: Session) -> list[Listed]:
    """The visitor's own articles, those that have to be read again last."""
    own = [Listed(name, title_of(held.documents), own=True) for name, held in session.own.items()]
    return own + [
        Listed(name, one.title, own=True, waiting=True) for name, one in session.waiting.items()
    ]


def title_of(documents: Sequence[Document]) -> str:
    """What one article is called, or several together."""
    return brought_title(documents[0].title, len(documents))


def _citations(document_of: Callable[[str], Document | None], quote: Excerpt) -> Mapping[str, str]:
    """How to quote it elsewhere, by what the menu calls each way."""
    citation = Citation.find(quote, document_of)
    if citation is None:
        return {}
    return {called: citation.to_style(style) for called, style in STYLES.items()}

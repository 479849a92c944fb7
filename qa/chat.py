"""The chat in the browser."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from index.errors import InputError, PullquoteError, SourceError
from index.limits import ReadLimits
from index.read import READABLE_SUFFIXES, read_articles
from index.records import Document
from qa.api import MODELS, ApiBlocks
from qa.assistant import Assistant
from qa.bounds import MAX_ARTICLE_CHARS, check_article
from qa.callers import caller_of
from qa.gate import Gate
from qa.offered import Offered
from qa.palette import ASSETS
from qa.questions import check_question
from qa.rates import worth_of
from qa.render import article_html, conversation_html, shelf_html
from qa.session import ALL_ARTICLES, Session
from qa.theme import masthead_html

# Of an upload, which may be hostile: a visitor does not wait for more, and nor do the others.
UPLOAD_LIMITS = ReadLimits(
    markup_bytes=5_000_000, pdf_pages=2_000, archive_bytes=100_000_000, seconds=20.0
)
OWN_ARTICLES_KEPT = 20  # by one visitor
FILES_KEPT_S = 3_600
CHAT = "chat"  # what the counters call the page's questions

CLICK_JS = (ASSETS / "click.js").read_text("utf-8")
SCROLL_JS = (ASSETS / "scroll.js").read_text("utf-8")


def build(offered: Offered, *, examples: Mapping[str, Sequence[str]], gate: Gate) -> gr.Blocks:
    """Assemble the page.

    Args:
        offered: the articles on offer to everyone.
        examples: by document id, questions to offer.
        gate: what every question passes.
    """
    return _Chat(offered, examples, gate).build()


class _Chat:
    """The page's handlers; they hold nothing of a visitor, who has a ``Session``."""

    def __init__(self, offered: Offered, examples: Mapping[str, Sequence[str]], gate: Gate) -> None:
        self._offered = offered
        self._examples = examples
        self._gate = gate
        asked = [name for name in offered.ids if name in examples]
        several = len(offered.ids) > 1
        self._first = asked[0] if asked else ALL_ARTICLES if several else offered.ids[0]

    def build(self) -> gr.Blocks:
        opening = Session(self._first)
        page = ApiBlocks(
            title="Pullquote",
            analytics_enabled=False,
            fill_width=True,
            delete_cache=(FILES_KEPT_S, FILES_KEPT_S),
        )
        with page:
            session = gr.State(opening)
            gr.HTML(masthead_html(), padding=False)
            with gr.Row(elem_id="pq-columns"):
                with gr.Column(elem_id="pq-left"):
                    article = gr.Dropdown(
                        self._choices(opening),
                        value=self._first,
                        label="Article",
                        elem_id="pq-choice",
                    )
                    with gr.Accordion("Ask about something else", open=False) as bring:
                        pasted = gr.Textbox(
                            label="Paste an article", lines=5, max_lines=10, elem_id="pq-pasted"
                        )
                        title = gr.Textbox(label="Its title, if you like", elem_id="pq-title")
                        with gr.Row():
                            read = gr.Button("Read it", variant="primary", elem_id="pq-read")
                            upload = gr.UploadButton(
                                "Upload a file",
                                file_types=list(READABLE_SUFFIXES),
                                elem_id="pq-upload",
                            )
                    conversation = gr.HTML(
                        self._conversation(opening),
                        js_on_load=CLICK_JS,
                        elem_id="pq-conversation",
                        apply_default_css=False,
                    )
                    with gr.Row(elem_id="pq-ask-row"):
                        question = gr.Textbox(
                            placeholder="Ask a question",
                            label="Your question",
                            show_label=False,
                            container=False,
                            autofocus=True,
                            max_lines=4,
                            elem_id="pq-question",
                        )
                        ask = gr.Button("Ask", variant="primary", elem_id="pq-ask")
                        clear = gr.Button("Start over", elem_id="pq-clear")
                with gr.Column(elem_id="pq-right"):
                    source = gr.HTML(
                        self._source(opening),
                        js_on_load=CLICK_JS,
                        elem_id="pq-source",
                        apply_default_css=False,
                    )

            answered = [question, session, conversation, source]
            opened = [article, session, conversation, source]
            brought = [*opened, pasted, title, bring]
            _wire(question.submit, self._ask, [question, session], answered, models=True)
            _wire(ask.click, self._ask, [question, session], answered, models=True)
            _wire(
                conversation.click, self._click, [question, session], answered,
                models=True, jump=True,
            )  # fmt: skip
            _wire(source.click, self._open_clicked, [session], opened)
            _wire(article.input, self._open, [article, session], opened)
            _wire(clear.click, self._clear, [session], opened)
            _wire(read.click, self._bring_text, [pasted, title, session], brought, models=True)
            _wire(
                upload.upload, self._bring_file, [upload, pasted, title, session], brought,
                models=True,
            )  # fmt: skip
        return page

    # What the page's parts do; each returns the parts anew

    def _ask(
        self, question: str, session: Session, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        try:
            asked = check_question(question)
        except InputError as error:
            yield question, session, self._conversation(session, notice=str(error)), gr.skip()
            return
        yield "", session, self._conversation(session, pending=asked), gr.skip()
        talk = session.conversation
        try:  # the gate lets no other errors out, so nobody is left with "Reading …"
            with self._gate.passing(CHAT, caller_of(request.headers)):
                answer = self._of(session).ask(asked, history=talk.turns)
        except PullquoteError as error:
            notice = f"The question could not be answered: {error}"
            yield question, session, self._conversation(session, notice=notice), gr.skip()
            return
        session = session.with_conversation(talk.with_answer(answer))
        yield "", session, self._conversation(session), self._source(session)

    def _click(
        self, question: str, session: Session, event: gr.EventData, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        clicked = event._data  # noqa: SLF001 - Gradio offers attributes only, which may be missing
        if "ask" in clicked:
            for part in self._ask(str(clicked["ask"]), session, request):
                yield question, *part[1:]
            return
        talk = session.conversation.focused_on(int(clicked["turn"]), int(clicked["choice"]))
        session = session.with_conversation(talk)
        yield question, session, self._conversation(session), self._source(session)

    def _open(self, article: str, session: Session) -> tuple[Any, ...]:
        known = article == ALL_ARTICLES or article in self._offered or article in session.own
        return self._page(session.opened(article) if known else session)

    def _open_clicked(self, session: Session, event: gr.EventData) -> tuple[Any, ...]:
        return self._open(str(event._data.get("article")), session)  # noqa: SLF001 - as above

    def _clear(self, session: Session) -> tuple[Any, ...]:
        return self._page(session.cleared())

    def _bring_text(
        self, text: str, title: str, session: Session, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        try:
            if not text.strip():
                raise InputError("There is no text to read.", "Paste an article first.")
            document = check_article(Document.from_text(text, title=title.strip() or None))
        except PullquoteError as error:
            yield *self._page(session, notice=str(error)), text, title, gr.skip()
            return
        yield from self._bring([document], session, text, title, request)

    def _bring_file(
        self, file: str, text: str, title: str, session: Session, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        try:
            path = Path(file)
            if path.suffix.lower() not in READABLE_SUFFIXES:  # the browser's check can be got round
                raise SourceError(
                    f"{path.name} is no kind of file the chat reads.",
                    f"Upload {' or '.join(READABLE_SUFFIXES)}.",
                )
            read = read_articles(path, limits=UPLOAD_LIMITS)
            documents = _own(read, title=title.strip())
        except PullquoteError as error:
            # The visitor knows the file's name, not where the server put it.
            notice = str(error).replace(str(file), Path(file).name)
            yield *self._page(session, notice=notice), text, title, gr.skip()
            return
        yield from self._bring(documents, session, text, title, request)

    def _bring(
        self,
        documents: Sequence[Document],
        session: Session,
        text: str,
        title: str,
        request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:
        document = documents[0]  # several are known by their first
        pending = f"Reading “{_title_of(documents)}”"
        yield *self._page(session, pending=pending), text, title, gr.skip()
        try:
            if len(session.own) >= OWN_ARTICLES_KEPT and document.id not in session.own:
                raise InputError(
                    f"You have brought {OWN_ARTICLES_KEPT} articles.",
                    "Reload the page to begin anew.",
                )
            worth = worth_of("".join(document.text for document in documents))
            with self._gate.passing(CHAT, caller_of(request.headers), questions=worth):
                assistant = self._offered.everything.about(documents)
        except PullquoteError as error:
            yield *self._page(session, notice=str(error)), text, title, gr.skip()
            return
        session = session.with_own(document.id, assistant)
        yield *self._page(session), "", "", gr.Accordion(open=False)

    def _page(
        self, session: Session, *, pending: str | None = None, notice: str | None = None
    ) -> tuple[Any, ...]:
        return (
            gr.Dropdown(self._choices(session), value=session.article),
            session,
            self._conversation(session, pending=pending, notice=notice),
            self._source(session),
        )

    # What they are made of

    def _of(self, session: Session) -> Assistant:
        if session.article == ALL_ARTICLES:
            return self._offered.everything
        return session.own.get(session.article) or self._offered.alone(session.article)

    def _choices(self, session: Session) -> list[tuple[str, str]]:
        own = [(_title_of(held.documents), name) for name, held in session.own.items()]
        offered = [(document.title, document.id) for document in self._offered.everything.documents]
        everything = [("All articles", ALL_ARTICLES)] if len(offered) > 1 else []
        return [*own, *offered, *everything]

    def _conversation(
        self, session: Session, *, pending: str | None = None, notice: str | None = None
    ) -> str:
        documents = self._of(session).documents
        talk = session.conversation
        return conversation_html(
            talk.turns,
            title="All articles" if session.article == ALL_ARTICLES else documents[0].title,
            examples=self._examples.get(session.article, ()),
            focus=(talk.focus.turn, talk.focus.choice) if talk.focus else None,
            pending=pending,
            notice=notice,
        )

    def _source(self, session: Session) -> str:
        documents = {document.id: document for document in self._of(session).documents}
        talk = session.conversation
        if talk.place is not None:
            return article_html(
                documents[talk.place.document_id],
                quotes=talk.quotes,
                focus=talk.place,
                passage=talk.passage,
            )
        if session.article == ALL_ARTICLES:
            return shelf_html(list(documents.values()))
        return article_html(documents[session.article])


def _wire(
    event: Callable[..., Any],
    handler: Callable[..., Any],
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    *,
    models: bool = False,
    jump: bool = False,
) -> None:
    """Let an event of the page call a handler, and scroll to what came of it.

    Args:
        event: a component's event, such as ``button.click``.
        handler: what to call.
        inputs: components whose values it takes.
        outputs: components it renews.
        models: whether it runs the models, and so waits its turn.
        jump: whether a phone goes to the article afterwards.
    """
    event(
        handler,
        list(inputs),
        list(outputs),
        show_progress="hidden",
        api_visibility="private",
        queue=models,
        concurrency_id=MODELS if models else None,
        concurrency_limit=1 if models else None,
    ).then(None, js=f"() => ({SCROLL_JS})({str(jump).lower()})", api_visibility="private")


def _own(documents: Sequence[Document], *, title: str) -> list[Document]:
    """A visitor's articles, each known by its text, without where the server put them."""
    own: dict[str, Document] = {}
    for document in documents:
        named = title if title and len(documents) == 1 else document.title
        known = Document.from_text(document.text).id
        own.setdefault(known, check_article(replace(document, id=known, title=named, source=None)))
    if sum(len(document.text) for document in documents) > MAX_ARTICLE_CHARS:
        raise InputError(
            f"The file holds {len(documents):,} articles with more than"
            f" {MAX_ARTICLE_CHARS:,} characters together.",
            "Upload fewer, or index it with: pullquote index build FILE --output DIR",
        )
    return list(own.values())


def _title_of(documents: Sequence[Document]) -> str:
    more = f" and {len(documents) - 1} more" if len(documents) > 1 else ""
    return f"{documents[0].title}{more}"

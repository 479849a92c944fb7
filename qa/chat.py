"""The chat in the browser, and the same answers over HTTP."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api

from index.errors import InputError, PullquoteError, SourceError
from index.limits import ReadLimits
from index.read import READABLE_SUFFIXES, read_articles
from index.records import Document
from qa.assistant import TOP_K, Assistant
from qa.palette import ASSETS, MARK
from qa.questions import check_question, parse_history
from qa.records import Question
from qa.render import article_html, conversation_html, shelf_html
from qa.session import ALL_ARTICLES, Session
from qa.theme import css, masthead_html, theme

# Some 150,000 words: what an ordinary computer embeds while one waits.
MAX_ARTICLE_CHARS = 1_000_000
MAX_UPLOAD = "20mb"  # refused before it is read; what is smaller gets a message of ours
# Of an upload, which may be hostile: a visitor does not wait for more, and nor do the others.
UPLOAD_LIMITS = ReadLimits(
    markup_bytes=5_000_000, pdf_pages=2_000, archive_bytes=100_000_000, seconds=20.0
)
MAX_QUESTIONS = 1_000  # in one call of /ask_many, so that others get their turn
OWN_ARTICLES_KEPT = 20  # by one visitor
WAITING_QUESTIONS = 64  # beyond them, a visitor is told that the chat is busy
FILES_KEPT_S = 3_600
MODELS = "models"  # one question or article at a time: the models use every core

CLICK_JS = (ASSETS / "click.js").read_text("utf-8")
SCROLL_JS = (ASSETS / "scroll.js").read_text("utf-8")

logger = logging.getLogger(__name__)


def build(assistant: Assistant, *, examples: Mapping[str, Sequence[str]]) -> gr.Blocks:
    """Assemble the page and its endpoints.

    Args:
        assistant: answers about the articles on offer.
        examples: by document id, questions to offer.
    """
    return _Chat(assistant, examples).build()


def serve(
    assistant: Assistant,
    *,
    examples: Mapping[str, Sequence[str]],
    host: str | None = None,
    port: int | None = None,
    open_browser: bool = False,
    block: bool = True,
) -> gr.Blocks:
    """Serve the chat until it is stopped.

    Args:
        assistant: answers about the articles on offer.
        examples: by document id, questions to offer.
        host: address to serve on; by default GRADIO_SERVER_NAME or 127.0.0.1.
        port: port to serve on; by default GRADIO_SERVER_PORT or the first free one from 7860.
        open_browser: open the page in the user's browser.
        block: wait until the server stops; if not, the caller closes the result.

    Raises:
        InputError: the port is in use.
    """
    page = build(assistant, examples=examples)
    page.queue(max_size=WAITING_QUESTIONS)
    try:
        page.launch(
            server_name=host,
            server_port=port,
            inbrowser=open_browser,
            prevent_thread_lock=not block,
            theme=theme(),
            css=css(),
            favicon_path=MARK,
            max_file_size=MAX_UPLOAD,
            footer_links=["api"],
            show_error=True,
            share=False,
            ssr_mode=False,
        )
    except OSError as error:
        where = f"Port {port}" if port else "Every port the chat may use"
        raise InputError(
            f"{where} is in use, or {host or 'the address'} is not this machine's.",
            "Choose another with --port, or stop what runs there.",
        ) from error
    return page


class _Chat:
    """The page's handlers; they hold nothing of a visitor, who has a ``Session``."""

    def __init__(self, assistant: Assistant, examples: Mapping[str, Sequence[str]]) -> None:
        self._assistant = assistant
        self._examples = examples
        self._single = {
            document.id: assistant.only(document.id) for document in assistant.documents
        }
        offered = [document.id for document in assistant.documents if document.id in examples]
        several = len(assistant.documents) > 1
        self._first = (
            offered[0] if offered else ALL_ARTICLES if several else next(iter(self._single))
        )

    def build(self) -> gr.Blocks:
        opening = Session(self._first)
        page = gr.Blocks(
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
            for endpoint in (self.ask, self.ask_many):
                api(
                    endpoint,
                    api_name=endpoint.__name__,
                    concurrency_id=MODELS,
                    concurrency_limit=1,
                )
        return page

    # What the API offers

    def ask(
        self,
        question: str,
        article: str = "",
        text: str = "",
        history: list[list[str | None]] | None = None,
        top_k: int = TOP_K,
        min_score: float | None = None,
    ) -> dict[str, Any]:
        """Answer a question with a quote from an article, or say that it does not say.

        Args:
            question: what to ask.
            article: id of one of the articles on offer; all of them, without it.
            text: an article of your own to ask instead.
            history: earlier turns, oldest first: [question, answer], null for no answer.
            top_k: how many quotes to give.
            min_score: least score of an answer, from 0 to 1; the fitted one, without it.

        Returns:
            The answer, as its JSON Schema says.
        """
        try:
            checked = Question(check_question(question), parse_history(history))
            assistant = self._chosen(article, text)
            (answer,) = assistant.ask_many([checked], top_k=top_k, min_score=min_score)
        except PullquoteError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return answer.to_dict()

    def ask_many(
        self,
        questions: list[str],
        article: str = "",
        text: str = "",
        top_k: int = TOP_K,
        min_score: float | None = None,
    ) -> list[dict[str, Any]]:
        """Answer many questions in one call.

        Args:
            questions: what to ask.
            article: id of one of the articles on offer; all of them, without it.
            text: an article of your own to ask instead.
            top_k: how many quotes to give for each.
            min_score: least score of an answer, from 0 to 1; the fitted one, without it.

        Returns:
            The answers in order, each as its JSON Schema says.
        """
        try:
            if len(questions) > MAX_QUESTIONS:
                raise InputError(
                    f"There are {len(questions):,} questions in one call;"
                    f" at most {MAX_QUESTIONS:,} fit.",
                    "Send them in several.",
                )
            answers = self._chosen(article, text).ask_many(
                questions, top_k=top_k, min_score=min_score
            )
        except PullquoteError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return [answer.to_dict() for answer in answers]

    def _chosen(self, article: str, text: str) -> Assistant:
        if text:
            return self._assistant.about([_checked(Document.from_text(text))])
        if article == ALL_ARTICLES:
            return self._assistant
        if article not in self._single:
            raise InputError(
                f"There is no article {article!r}.", f"Choose one of {', '.join(self._single)}."
            )
        return self._single[article]

    # What the page's parts do; each returns the parts anew

    def _ask(self, question: str, session: Session) -> Iterator[tuple[Any, ...]]:
        try:
            asked = check_question(question)
        except InputError as error:
            yield question, session, self._conversation(session, notice=str(error)), gr.skip()
            return
        yield "", session, self._conversation(session, pending=asked), gr.skip()
        talk = session.conversation
        try:
            answer = self._of(session).ask(asked, history=talk.turns)
        except Exception as error:  # the edge: nobody may be left with "Reading …"
            logger.exception("A question could not be answered.")
            notice = f"The question could not be answered: {error}"
            yield question, session, self._conversation(session, notice=notice), gr.skip()
            return
        session = session.with_conversation(talk.with_answer(answer))
        yield "", session, self._conversation(session), self._source(session)

    def _click(
        self, question: str, session: Session, event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        clicked = event._data  # noqa: SLF001 - Gradio offers attributes only, which may be missing
        if "ask" in clicked:
            for part in self._ask(str(clicked["ask"]), session):
                yield question, *part[1:]
            return
        talk = session.conversation.focused_on(int(clicked["turn"]), int(clicked["choice"]))
        session = session.with_conversation(talk)
        yield question, session, self._conversation(session), self._source(session)

    def _open(self, article: str, session: Session) -> tuple[Any, ...]:
        known = article == ALL_ARTICLES or article in self._single or article in session.own
        return self._page(session.opened(article) if known else session)

    def _open_clicked(self, session: Session, event: gr.EventData) -> tuple[Any, ...]:
        return self._open(str(event._data.get("article")), session)  # noqa: SLF001 - as above

    def _clear(self, session: Session) -> tuple[Any, ...]:
        return self._page(session.cleared())

    def _bring_text(self, text: str, title: str, session: Session) -> Iterator[tuple[Any, ...]]:
        try:
            if not text.strip():
                raise InputError("There is no text to read.", "Paste an article first.")
            document = _checked(Document.from_text(text, title=title.strip() or None))
        except PullquoteError as error:
            yield *self._page(session, notice=str(error)), text, title, gr.skip()
            return
        yield from self._bring([document], session, text, title)

    def _bring_file(
        self, file: str, text: str, title: str, session: Session
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
        yield from self._bring(documents, session, text, title)

    def _bring(
        self, documents: Sequence[Document], session: Session, text: str, title: str
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
            assistant = self._assistant.about(documents)
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
            return self._assistant
        return session.own.get(session.article) or self._single[session.article]

    def _choices(self, session: Session) -> list[tuple[str, str]]:
        own = [(_title_of(held.documents), name) for name, held in session.own.items()]
        offered = [(document.title, document.id) for document in self._assistant.documents]
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
    if sum(len(document.text) for document in documents) > MAX_ARTICLE_CHARS:
        if len(documents) == 1:
            _checked(documents[0])
        raise InputError(
            f"The file holds {len(documents):,} articles with more than"
            f" {MAX_ARTICLE_CHARS:,} characters together.",
            "Upload fewer, or index it with: pullquote index build FILE --output DIR",
        )
    own: dict[str, Document] = {}
    for document in documents:
        named = title if title and len(documents) == 1 else document.title
        known = Document.from_text(document.text).id
        own.setdefault(known, replace(document, id=known, title=named, source=None))
    return list(own.values())


def _title_of(documents: Sequence[Document]) -> str:
    more = f" and {len(documents) - 1} more" if len(documents) > 1 else ""
    return f"{documents[0].title}{more}"


def _checked(document: Document) -> Document:
    if len(document.text) > MAX_ARTICLE_CHARS:
        raise InputError(
            f"“{document.title}” has {len(document.text):,} characters;"
            f" the chat reads at most {MAX_ARTICLE_CHARS:,}.",
            "Split it, or index it with: pullquote index build FILE --output DIR",
        )
    return document

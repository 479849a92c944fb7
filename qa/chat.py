"""The chat in the browser: the page's parts on Gradio, and which act goes where."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from secrets import token_hex
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from index.errors import InputError
from qa.acts import files_of, link_of, number_of, text_of
from qa.api import MODELS, ApiBlocks
from qa.articles_desk import ArticlesDesk
from qa.callers import caller_of
from qa.desk import Desk
from qa.gate import Gate
from qa.keeping import Keeping
from qa.kept import Kept
from qa.kept_desk import KeptDesk
from qa.kept_folder import browser_key, browser_secret
from qa.link_desk import LinkDesk
from qa.offered import Offered
from qa.palette import ASSETS
from qa.render_conversation import Notice
from qa.screen import Screen
from qa.session import ALL_ARTICLES, Session
from qa.theme import keys_html, masthead_html, unsent_html, waiting_html
from qa.view import View

FILES_KEPT_S = 3_600
# Of a script; each visitor would load what is written for who reads the code.
COMMENT_LINE = re.compile(r"^[ \t]*//.*\n?", re.MULTILINE)
# What is done on a page whose session is gone would befall another article, and be kept nowhere.
DROPPED = "This page's session has expired. Reload the page."
BEGUN_ANEW = "This page's session had expired, so it has started over."


def build(
    offered: Offered,
    *,
    examples: Mapping[str, Sequence[str]],
    gate: Gate,
    kept: Kept | None = None,
    log_out: bool = False,
    visitor_of: Callable[[str], str | None] | None = None,
) -> gr.Blocks:
    """Assemble the page.

    Args:
        offered: the articles on offer to everyone.
        examples: by document id, questions to offer.
        gate: what every question passes.
        kept: keeps visitors' conversations; None keeps nothing.
        log_out: whether visitors log in, and so may log out.
        visitor_of: the secret that whoever has logged in under a name is known by, in every
            browser; without it, and where it gives none, a browser is a visitor.

    Raises:
        InputError: there is no article on offer.
        StoreError: what browsers keep cannot be read again.
    """
    ids = list(offered.titles)
    if not ids:
        raise InputError(
            "The index has no article to chat about.",
            "Add one: pullquote index add FOLDER ARTICLE.",
        )
    asked = [name for name in ids if name in examples]
    first = asked[0] if asked else ALL_ARTICLES if len(ids) > 1 else ids[0]
    desk = Desk(offered, gate, first, Keeping(kept))
    books = ArticlesDesk(desk, get_upload_folder())
    screen = Screen(desk, examples, by_account=visitor_of is not None)
    chat = _Chat(desk, books, KeptDesk(desk, books), screen, visitor_of)
    return chat.build(log_out=log_out)


class _Chat:
    """The page's handlers; they hold nothing of a visitor, who has a ``Session``."""

    def __init__(
        self,
        desk: Desk,
        books: ArticlesDesk,
        kept: KeptDesk,
        screen: Screen,
        visitor_of: Callable[[str], str | None] | None,
    ) -> None:
        self._desk = desk
        self._books = books
        self._kept = kept
        self._links = LinkDesk(kept)
        self._screen = screen
        self._visitor_of = visitor_of

    def build(self, *, log_out: bool) -> gr.Blocks:
        opening = View(self._desk.opening())
        page = ApiBlocks(
            title="Pullquote",
            analytics_enabled=False,
            fill_width=True,
            delete_cache=(FILES_KEPT_S, FILES_KEPT_S),
        )
        with page:
            session = gr.State(opening.session)
            kept = self._desk.keeping.kept
            visitor = _notes(kept)
            top = _part(masthead_html(log_out=log_out) + unsent_html(), "pq-top", "acts.js")
            with gr.Row(elem_id="pq-columns"):
                with gr.Column(elem_id="pq-left"):
                    library = _part(
                        self._screen.articles_html(opening),
                        "pq-library",
                        "acts.js",
                        "menus.js",
                        "notes.js",
                        "library.js",
                    )
                with gr.Column(elem_id="pq-middle"):
                    conversation = _part(
                        self._screen.conversation_html(opening),
                        "pq-conversation",
                        "acts.js",
                        "menus.js",
                        "notes.js",
                        "conversation.js",
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
                    _part(keys_html(), "pq-keys", "keys.js")
                    waiting = _part(waiting_html(""), "pq-waits", "waiting.js")
                with gr.Column(elem_id="pq-right"):
                    source = _part(
                        self._screen.source_html(opening), "pq-source", "acts.js", "source.js"
                    )

            inputs = [question, session]
            shown = [question, session, library, conversation, source, waiting]
            answering = [
                _on(event, self._ask, inputs, shown, models=True, repeated=True, script="asking.js")
                for event in (question.submit, ask.click)
            ]
            answering += [
                _on(part.work, self._work, inputs, shown, models=True, repeated=True)
                for part in (top, library, conversation)
            ]
            arriving = [visitor, session]
            _on(page.load, self._arrive, arriving, [visitor, *shown])
            _on(library.keep, self._keep, arriving, [visitor, *shown])
            for part in (library, conversation, source):
                _on(part.click, self._act, inputs, shown, repeated=True)
            for part in (library, conversation):
                _on(part.stop, self._stop, inputs, shown, cancels=answering)
        return page

    def _ask(
        self, question: str, session: Session, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        views = self._books.ask(question, session, caller_of(request.headers))
        for view in views if session.arrived else [_dropped(session)]:
            yield self._shown(view)

    def _work(
        self, question: str, session: Session, event: gr.EventData, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """Do what runs the models."""
        del question
        data, caller = _data(event), caller_of(request.headers)
        desk, books, kept = self._desk, self._books, self._kept
        views: Iterator[View] = iter(())
        match data.get("act"):
            case _ if not session.arrived:
                views = iter([_dropped(session, text_of(data, "ask"))])
            case "ask":
                views = books.ask(text_of(data, "ask"), session, caller)
            case "alone":
                views = desk.ask_alone(number_of(data, "turn"), session, caller)
            case "paste":
                text, title = text_of(data, "text"), text_of(data, "title")
                views = books.paste(text, title, session, caller)
            case "bring":
                views = books.bring(files_of(data), session, caller)
            case "reopen":
                views = self._links.reopen(link_of(data), session, caller)
            case "fetch":
                views = books.fetch(text_of(data, "article"), session, caller)
            case "recall":
                views = kept.recall(text_of(data, "id"), session, caller)
        last = None
        for last in views:  # what is in the box was not asked, and stays there
            yield self._shown(replace(last, question=None))
        if last is None:  # the page waits for something
            yield self._shown(View(session, same_source=True))

    def _act(self, question: str, session: Session, event: gr.EventData) -> tuple[Any, ...]:
        """Do what runs no models."""
        data = _data(event)
        desk, books, kept = self._desk, self._books, self._kept
        match data.get("act"):
            case _ if not session.arrived:
                view = _dropped(session)
            case "show":
                turn, choice = number_of(data, "turn"), number_of(data, "choice")
                view = desk.show(turn, choice, session)
            case "read":
                view = desk.read(number_of(data, "document"), session)
            case "step":
                view = desk.step(number_of(data, "by"), session)
            case "open":
                view = desk.open(text_of(data, "article"), session)
            case "remove":
                view = books.remove(text_of(data, "article"), session)
            case "find":
                view = books.find(text_of(data, "text"), session)
            case "dismiss":
                view = books.dismiss(session)
            case "edit":
                view = desk.edit(number_of(data, "turn"), session, question)
            case "unedit":
                view = desk.unedit(session)
            case "undo":
                view = desk.undo(session)
            case "clear":
                view = desk.clear(session)
            case "look":
                view = kept.look_up(text_of(data, "text"), session)
            case "rename":
                view = kept.rename(text_of(data, "id"), text_of(data, "name"), session)
            case "delete":
                view = kept.delete(text_of(data, "id"), session)
            case "export":
                view = kept.export(text_of(data, "id"), text_of(data, "style"), session)
            case "judge":
                verdict, note = text_of(data, "verdict"), text_of(data, "note")
                view = kept.judge(number_of(data, "turn"), verdict, note, session)
            case _:
                view = View(session, same_source=True)
        return self._shown(view)

    def _arrive(self, browser: Any, session: Session, request: gr.Request) -> tuple[Any, ...]:
        """Learn from the login or the browser who its visitor is."""
        data = browser if isinstance(browser, dict) else {}
        view = self._arrived(data, session, request)
        return self._noted(data, view.session, request), *self._shown(view)

    def _keep(
        self, browser: Any, session: Session, event: gr.EventData, request: gr.Request
    ) -> tuple[Any, ...]:
        """Change what is kept, and note it in the browser."""
        data = browser if isinstance(browser, dict) else {}
        notice = None
        if not session.arrived:
            arrived = self._arrived(data, session, request)
            session, notice = arrived.session, arrived.notice or Notice(BEGUN_ANEW)
        match _data(event).get("act"):
            case "forget":
                view = self._kept.forget(session)
            case "private" | "keep" as act:
                view = self._kept.be_private(session, private=act == "private")
            case _:  # a page that was dropped says again who its visitor is
                view = View(session)
        told = replace(view, notice=view.notice or notice)
        return self._noted(data, view.session, request), *self._shown(told)

    def _arrived(self, browser: Mapping[str, Any], session: Session, request: gr.Request) -> View:
        """Begin a visit, or begin it anew where the server had dropped the page's session."""
        visitor = self._known(request) or text_of(browser, "visitor")
        return self._kept.arrive(visitor, session, private=browser.get("private") is True)

    def _known(self, request: gr.Request) -> str | None:
        """The secret of whoever has logged in, where that says who a visitor is."""
        name = request.username
        return self._visitor_of(name) if self._visitor_of and name else None

    def _noted(
        self, browser: Mapping[str, Any], session: Session, request: gr.Request
    ) -> dict[str, Any]:
        """What the browser notes of a visitor, for the next visit; never an account's secret."""
        known = self._known(request) is not None
        visitor = text_of(browser, "visitor") if known else session.visitor
        return {"visitor": visitor, "private": session.private}

    def _stop(self, question: str, session: Session, event: gr.EventData) -> tuple[Any, ...]:
        del question
        asked = text_of(_data(event), "ask")
        stopped = self._desk.stop(asked, session)
        return self._shown(stopped if session.arrived else _dropped(session, asked))

    def _shown(self, view: View) -> tuple[Any, ...]:
        return (
            gr.skip() if view.question is None else view.question,
            view.session,
            self._screen.articles_html(view),
            self._screen.conversation_html(view),
            gr.skip() if view.same_source else self._screen.source_html(view),
            waiting_html(token_hex(4)),
        )


def _dropped(session: Session, question: str = "") -> View:
    """What a page shows whose session Gradio has dropped; it then says again who its visitor is.

    Args:
        session: the one that a page begins with.
        question: what was asked, to go back into its box.
    """
    return View(session, given_back=question, notice=Notice(DROPPED))


def _notes(kept: Kept | None) -> gr.BrowserState | gr.State:
    """What the browser notes of its visitor; where nothing is kept, it notes nothing.

    Raises:
        StoreError: the secret of the notes cannot be read.
    """
    nobody = {"visitor": "", "private": False}
    if kept is None:
        return gr.State(nobody)
    secret = browser_secret(kept.folder)
    return gr.BrowserState(nobody, storage_key=browser_key(secret), secret=secret)


def _part(html: str, elem_id: str, *scripts: str) -> gr.HTML:
    """A part of the page that is ours, and the scripts that make it answer."""
    written = "\n".join((ASSETS / script).read_text("utf-8") for script in scripts)
    return gr.HTML(
        html,
        js_on_load=COMMENT_LINE.sub("", written),
        elem_id=elem_id,
        apply_default_css=False,
        padding=False,
    )


def _on(
    event: Callable[..., Any],
    handler: Callable[..., Any],
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    *,
    models: bool = False,
    repeated: bool = False,
    script: str | None = None,
    cancels: Sequence[Any] = (),
) -> Any:
    """Let an event of the page call a handler.

    Args:
        event: a component's event, such as ``button.click``.
        handler: what to call.
        inputs: components whose values it takes.
        outputs: components it renews.
        models: whether it runs the models, and so waits its turn.
        repeated: whether it may come again before it is done: what was stopped takes a while
            to end, and until then Gradio would lose the next one without a word.
        script: what the browser runs before, given the inputs and giving them back.
        cancels: what it stops.
    """
    return event(
        handler,
        list(inputs),
        list(outputs),
        show_progress="hidden",
        api_visibility="private",
        queue=models,
        concurrency_id=MODELS if models else None,
        concurrency_limit=1 if models else None,
        trigger_mode="multiple" if repeated else None,
        js=(ASSETS / script).read_text("utf-8") if script else None,
        cancels=list(cancels),
    )


def _data(event: gr.EventData) -> Mapping[str, Any]:
    # Gradio offers the data by attributes only, which may be missing.
    data = event._data  # noqa: SLF001
    return data if isinstance(data, dict) else {}

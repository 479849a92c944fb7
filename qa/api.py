"""Put the endpoints on Gradio: each named, typed, metered, its errors as JSON."""

import inspect
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, wraps
from typing import Any

import gradio as gr
from gradio.events import api
from pydantic import ConfigDict, ValidationError, validate_call

from index.errors import InputError, PullquoteError
from qa.callers import caller_of
from qa.endpoints import Endpoints
from qa.faults import InternalError, trace_of
from qa.finished_sessions import FinishedSessions
from qa.gate import Gate
from qa.rates import worth_of

MODELS = "models"  # one question or article at a time: the models use every core
MCP_USER = ("x-gradio-user", "mcp")  # the header by which Gradio's MCP server calls an endpoint

Endpoint = Callable[..., Any]

logger = logging.getLogger(__name__)


def offer(endpoints: Endpoints, gate: Gate) -> None:
    """Add the endpoints to the ``gr.Blocks`` that is being built.

    Args:
        endpoints: what is offered.
        gate: what every call passes.
    """
    running: tuple[Endpoint, ...] = (
        endpoints.ask,
        endpoints.ask_many,
        endpoints.search,
        endpoints.add_document,
    )
    for endpoint in running:
        _add(_offered(endpoint, gate), models=True)
    stream = _offered(endpoints.ask_stream, gate)
    # An MCP tool gives one result, so a stream is none. Gradio lists what has no other type.
    stream._mcp_type = "stream"  # type: ignore[attr-defined]  # noqa: SLF001
    _add(stream, models=True)
    for endpoint in (endpoints.documents, endpoints.remove_document):
        _add(_offered(endpoint, gate), models=False)


def error_of(error: PullquoteError) -> gr.Error:
    """The error that Gradio hands to a caller: its message is the error's JSON."""
    told = json.dumps(error.to_dict(), ensure_ascii=False)
    return gr.Error(told, print_exception=False)


class ApiBlocks(gr.Blocks):
    """Blocks whose errors are JSON even where a call never reaches an endpoint."""

    @cached_property
    def _finished(self) -> FinishedSessions:
        return FinishedSessions(self._queue)

    async def process_api(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Handle a call, as Gradio does."""
        try:
            handled: dict[str, Any] = await super().process_api(*args, **kwargs)
        except gr.Error:
            raise
        # Gradio would send the message, which shows its insides, or the call's.
        except Exception as error:  # noqa: BLE001
            logger.error("A call failed: %s", trace_of(error))  # noqa: TRY400
            raise error_of(InternalError()) from None
        finally:
            called, session = kwargs.get("block_fn"), kwargs.get("session_hash")
            if getattr(called, "api_visibility", None) == "public":
                self._forget_session(session)
            if session is not None:
                self._forget_shown(session)
                self._finished.note(session)
        return handled

    def _forget_session(self, name: str | None) -> None:
        """Drop an endpoint's session, in which nothing is kept.

        Gradio makes one for every call by HTTP or MCP, of some 60 kB, and keeps ten thousand:
        the server would grow with every call, and push out the sessions of the page.
        """
        holder = getattr(self, "state_holder", None)
        if holder is None or name is None:  # called without a server
            return
        session = holder.session_data.get(name)
        if session is not None and not session.state_data:
            holder.session_data.pop(name, None)
            holder.time_last_used.pop(name, None)

    def _forget_shown(self, name: str) -> None:
        """Drop what Gradio notes of a page's parts beside what it sends.

        It keeps what they show, for its deep links, which are not offered: with each turn that is
        longer, and fits no room that was let go. And for each that is skipped it makes another
        component, which it never drops.
        """
        holder = getattr(self, "state_holder", None)
        session = holder.session_data.get(name) if holder is not None else None
        if session is None:
            return
        parts = dict(self.default_config.blocks)
        session.blocks_config.blocks = parts
        session.config_values = {
            part: config for part, config in session.config_values.items() if part in parts
        }
        for config in session.config_values.values():
            config.get("props", {}).pop("value", None)

    def validate_inputs(self, block_fn: Any, inputs: list[Any]) -> None:
        """Refuse a call with too few values; one of an endpoint with too many, too.

        Raises:
            gr.Error: there are too few or too many.
        """
        got, taken = len(inputs), len(block_fn.inputs)
        # Gradio passes over what is too much, and the page may rely on it.
        if got < taken or (got > taken and block_fn.api_visibility == "public"):
            raise error_of(
                InputError(
                    f"The call has {got} values; {block_fn.api_name} takes {taken}.",
                    "Give each in its order, or by name at /gradio_api/call/v2/.",
                )
            )


def _add(endpoint: Endpoint, *, models: bool) -> None:
    # What needs no model gets its own lane, but the queue too: from it MCP gets its errors.
    name = endpoint.__name__
    api(
        endpoint,
        api_name=name,
        concurrency_id=MODELS if models else name,
        concurrency_limit=1 if models else None,
    )


def _offered(endpoint: Endpoint, gate: Gate) -> Endpoint:
    """The endpoint as Gradio calls it: with the request first, which tells who calls."""
    signature = inspect.signature(endpoint)
    # JSON has types, so nothing needs to be guessed from text.
    typed = validate_call(config=ConfigDict(strict=True))(endpoint)

    def given_by(values: Sequence[Any]) -> Mapping[str, Any]:
        return dict(zip(signature.parameters, values, strict=True))

    @contextmanager
    def passing(request: gr.Request, given: Mapping[str, Any]) -> Iterator[None]:
        caller = caller_of(request.headers)
        try:
            with gate.passing(endpoint.__name__, caller, questions=_worth(given)), _plain_errors():
                yield
        except PullquoteError as error:
            raise error_of(error) from None

    if inspect.isgeneratorfunction(endpoint):

        @wraps(endpoint)
        def call(request: gr.Request, *values: Any) -> Iterator[Any]:
            given = given_by(values)
            with passing(request, given):
                if _is_mcp(request):  # which takes the last for all
                    yield _as_text(list(typed(**given)))
                else:
                    yield from typed(**given)
    else:

        @wraps(endpoint)
        def call(request: gr.Request, *values: Any) -> Any:
            given = given_by(values)
            with passing(request, given):
                result = typed(**given)
            return _as_text(result) if _is_mcp(request) else result

    first = inspect.Parameter("request", inspect.Parameter.POSITIONAL_ONLY, annotation=gr.Request)
    parameters = [first, *signature.parameters.values()]
    call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {"request": gr.Request, **endpoint.__annotations__}
    return call


def _is_mcp(request: gr.Request) -> bool:
    """Whether Gradio's MCP server calls."""
    name, user = MCP_USER
    return bool(request.headers.get(name) == user)


def _as_text(result: Any) -> str:
    """The result as JSON text, since Gradio's MCP server would print Python's."""
    return json.dumps(result, ensure_ascii=False)


def _worth(given: Mapping[str, Any]) -> int:
    """How many questions a call is worth, whatever was given."""
    questions, text = given.get("questions"), given.get("text")
    return worth_of(
        text if isinstance(text, str) else "",
        questions=max(len(questions), 1) if isinstance(questions, list) else 1,
    )


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Say what is wrong with a value in a sentence, without quoting it.

    Raises:
        InputError: a value is of another type than the endpoint takes.
    """
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        argument, *inside = first["loc"]  # of what is inside, names are of the types tried
        where = f"{argument}{''.join(f'[{at}]' for at in inside if isinstance(at, int))}"
        raise InputError(
            f"{where} cannot be used: {first['msg'][:1].lower()}{first['msg'][1:]}.",
            "What each endpoint takes is listed at /gradio_api/info.",
        ) from None

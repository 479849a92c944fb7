"""How the server does: routes for whoever watches it."""

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from qa.counters import CONTENT_TYPE, Counters

HEALTHY = {"status": "ok"}


def health_routes(*, counters: Counters, ready: Callable[[], str | None]) -> list[Route]:
    """``/healthz``, ``/readyz`` and ``/metrics``.

    Args:
        counters: what ``/metrics`` shows.
        ready: why the server cannot take a call now, or None where it can.
    """

    def healthz(_request: Request) -> Response:
        return JSONResponse(HEALTHY)

    def readyz(_request: Request) -> Response:
        reason = ready()
        if reason is None:
            return JSONResponse({"status": "ready"})
        return JSONResponse(
            {"status": "not ready", "reason": reason}, status_code=HTTPStatus.SERVICE_UNAVAILABLE
        )

    def metrics(_request: Request) -> Response:
        return Response(counters.exposition(), media_type=CONTENT_TYPE)

    return [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
    ]

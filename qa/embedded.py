"""What another page needs to show the chat: Gradio's element, from this server, not a CDN."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

ELEMENT = "/gradio.js"  # an address without Gradio's version in it, which its own scripts have


def element_route() -> Route:
    """A route to the script that defines ``<gradio-app>``."""

    def script(_request: Request) -> Response:
        import gradio

        file = Path(gradio.__file__).parent / "templates" / "frontend" / "gradio.js"
        return FileResponse(file, media_type="text/javascript")

    return Route(ELEMENT, script)

"""What the page shows after a step."""

from dataclasses import dataclass, field
from secrets import token_hex

from qa.render_conversation import Notice
from qa.session import Session


@dataclass(frozen=True, slots=True)
class Exported:
    """A file for the browser to save.

    Args:
        name: what it is called.
        text: what is in it.
        once: unlike that of any other, so that the browser saves a file as often as asked.
    """

    name: str
    text: str
    once: str = field(default_factory=lambda: token_hex(4))


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows after a step.

    Args:
        session: the visitor's session from here on.
        question: what the question box holds from here on; None leaves it as it is.
        given_back: what goes back into the question box, unless something is typed there.
        pending: a question that is being answered.
        notice: what went wrong.
        paste_notice: what was wrong with a pasted article.
        paste_taken: whether what was pasted has been read.
        same_source: whether the article stays as it is shown, so that it need not be sent.
        exported: a file for the browser to save.
    """

    session: Session
    question: str | None = None
    given_back: str = ""
    pending: str | None = None
    notice: Notice | None = None
    paste_notice: str | None = None
    paste_taken: bool = False
    same_source: bool = False
    exported: Exported | None = None

"""A desk for tests: whom it serves, and how questions are asked at it."""

from typing import NamedTuple

from qa.articles_desk import ArticlesDesk
from qa.counters import Counters
from qa.desk import Desk
from qa.gate import Gate
from qa.keeping import Keeping
from qa.kept import Kept
from qa.kept_desk import KeptDesk
from qa.link_desk import LinkDesk
from qa.offered import Offered
from qa.rates import Rate

SEED = "belarus-pardons.txt"
WHO, HOW_LONG = "who was released?", "how long were the talks?"
ME = "192.0.2.7"


def gate(*, questions=100_000):
    """One that lets so many questions through, and no time passes at it."""
    rate = Rate(per_minute=questions, burst=questions, clock=lambda: 0.0)
    return Gate(rate=rate, counters=Counters())


def last(views):
    return list(views)[-1]


def asked(desk, *questions, session=None):
    """The session after questions were asked, all of which were answered."""
    session = session or desk.opening()
    for question in questions:
        view = last(desk.ask(question, session, ME))
        assert view.notice is None
        session = view.session
    return session


class Desks(NamedTuple):
    """The parts of a desk."""

    desk: Desk
    books: ArticlesDesk
    kept: KeptDesk
    links: LinkDesk


def desks_of(desk, uploads):
    """All parts of a desk, whose uploads lie in a folder."""
    books = ArticlesDesk(desk, str(uploads))
    kept = KeptDesk(desk, books)
    return Desks(desk, books, kept, LinkDesk(kept))


def started_desks(shelf, folder):
    """The desk of a server that keeps things in a folder, as often as one is started there."""
    keeping = Keeping(Kept(folder / "kept"))
    return desks_of(Desk(Offered(shelf), gate(), SEED, keeping), folder)

"""What the tests share: the shipped models, loaded once."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from asked import QUESTIONS, SHELF_QUESTIONS, variant
from hypothesis import settings
from keepers import Clock
from small_indexes import build, load_index
from squad_files import EASY, write
from stub import StubEmbedder

from index.embed import Embedder, SentenceEmbedder
from index.embedder import shipped_embedder
from qa import load
from qa.assistant import Assistant
from qa.kept import Kept
from qa.kept_folder import new_visitor
from qa.reader import SHIPPED_READER, ExtractiveReader
from qa.records import Answer
from qa.seeds import seed_examples
from qa.squad import SquadSet

if TYPE_CHECKING:
    from browsing import Visit
    from desks import Desks
    from openid_provider import Provider
    from playwright.sync_api import Browser
    from training_data import Example

    from qa.desk import Desk
    from qa.screen import Screen

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
# Fast forms take half a minute to make: they are kept from run to run, apart from the user's.
os.environ.setdefault("PULLQUOTE_CACHE", str(ROOT / "build" / "test-cache"))
# What a chat keeps of its visitors is kept apart from the user's, too.
os.environ["XDG_DATA_HOME"] = str(ROOT / "build" / "test-data")
# How long an example takes is not what a property test is about; benchmarks/ measure.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
SHARED = ROOT.parent / "shared"  # development sets; only where we develop


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run a browser's test that fails once more, and report it as one that was rerun.

    Chromium, its driver and Gradio's server share two processors with whatever else a machine
    does; a page can stand still for longer than a test waits. What fails twice is ours, and so is
    what is rerun time and again.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Matrices this small are soonest multiplied by one thread, all the more beside others."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def no_collection() -> Iterator[None]:
    """Whatever is collected at the recursion limit fails there, and it isn't ours to judge."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def stub_embedder() -> StubEmbedder:
    return StubEmbedder()


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A small saved index, opened once, so that its FAISS index is kept."""
    folder = tmp_path / "index"
    build("Cats run. Dogs bark. Birds sing.", "Größe zählt.").save(folder)
    load_index(folder)
    return folder


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return shipped_embedder()


@pytest.fixture(scope="session")
def plain_embedder() -> SentenceEmbedder:
    """The shipped embedder itself, not its fast form."""
    return SentenceEmbedder.shipped()


@pytest.fixture(scope="session")
def reader() -> ExtractiveReader:
    return ExtractiveReader.shipped()


@pytest.fixture(scope="session")
def plain_reader() -> ExtractiveReader:
    """The shipped reader itself, not its fast form."""
    return ExtractiveReader.from_pretrained(SHIPPED_READER, plain=True)


@pytest.fixture(scope="session")
def shelf() -> Assistant:
    """All seed articles, each question read anew however often it is asked."""
    loaded = load()
    return Assistant(index=loaded.index, reader=loaded.reader, answers_kept=0)


@pytest.fixture(scope="session")
def news(shelf: Assistant) -> Assistant:
    """The news story alone."""
    return shelf.only("belarus-pardons.txt")


@pytest.fixture
def desk(shelf: Assistant) -> "Desk":
    """A desk that keeps nothing, the news story open on it."""
    from desks import SEED, gate

    from qa.desk import Desk
    from qa.offered import Offered

    return Desk(Offered(shelf), gate(), SEED)


@pytest.fixture
def started(shelf: Assistant, tmp_path: Path) -> "Callable[..., Desks]":
    """Starts a server's desk over the same folder, as often as it is called."""
    from desks import started_desks

    return partial(started_desks, shelf, tmp_path)


@pytest.fixture
def screen(desk: "Desk") -> "Screen":
    """What shows it."""
    from qa.screen import Screen

    return Screen(desk, {})


@pytest.fixture(scope="session")
def url(shelf: Assistant) -> Iterator[str]:
    """Where the chat over the seed articles is served, once for all tests."""
    # Gradio is slow to import, and most tests do without.
    from serving import LIMITLESS, served

    with served(shelf, examples=seed_examples(), **LIMITLESS) as address:
        yield address


# A module's own: while it runs, no other test can run an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    from browsing import launched  # needs playwright, which is not everywhere

    with launched() as started:
        yield started


@pytest.fixture
def visit(browser: "Browser", url: str) -> Iterator["Visit"]:
    """A visitor of the chat over the seed articles."""
    from browsing import Visit

    visitor = Visit(browser, url)
    yield visitor
    visitor.leave()


# Of logging in with Hugging Face: a provider and a server behind it, each a module's own.


@pytest.fixture(scope="module")
def providers() -> Iterator["Provider"]:
    from openid_provider import providing

    with providing() as provider:
        yield provider


@pytest.fixture
def provider(providers: "Provider") -> Iterator["Provider"]:
    """The module's provider, honest when a test begins."""
    providers.honest()
    yield providers
    providers.honest()


@pytest.fixture(scope="module")
def kept_behind(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """What the server behind the provider keeps."""
    return Kept(tmp_path_factory.mktemp("kept"))


@pytest.fixture(scope="module")
def behind(news: Assistant, providers: "Provider", kept_behind: Kept) -> Iterator[str]:
    """A server for ada and ben, who log in with the provider."""
    from hub_visitors import login_at
    from serving import LIMITLESS, free_port, served

    port = free_port()
    login = login_at(providers, port, "ada", "ben")
    options = {"accounts": login, "kept": kept_behind, "embedding": [providers.url], **LIMITLESS}
    with served(news, port=port, **options) as address:
        assert providers.asked == []  # nothing is asked of it until somebody logs in
        yield address


@pytest.fixture
def space(behind: str, provider: "Provider") -> str:
    """Where that server is, which the provider sends visitors back to."""
    provider.redirect_uri = f"{behind}/login/callback"
    return behind


# Of training and of tiny models: what makes them is slow to import, and few tests need it.


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from training_data import make_data

    return make_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def recipes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from training_data import make_recipes

    return make_recipes(tmp_path_factory.mktemp("recipes"))


@pytest.fixture(scope="session")
def examples(data: Path, recipes: Path) -> list["Example"]:
    from training_data import examples_of

    return examples_of(data, recipes)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    from training_data import make_tiny_models

    return make_tiny_models(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_readers import save_tiny

    return save_tiny(tmp_path_factory.mktemp("tiny"), "bert")


@pytest.fixture(scope="session")
def news_answers(news: Assistant) -> list[Answer]:
    return news.ask_many(QUESTIONS)


@pytest.fixture(scope="session")
def shelf_answers(shelf: Assistant) -> list[Answer]:
    return shelf.ask_many(SHELF_QUESTIONS, top_k=5)


@pytest.fixture(scope="session")
def sure(news: Assistant) -> Assistant:
    """Answers whatever it is asked."""
    return variant(news, min_score=0.0)[0]


@pytest.fixture(scope="session")
def timid(news: Assistant) -> Assistant:
    """Never sure enough."""
    return variant(news, min_score=1.0)[0]


@pytest.fixture
def easy(tmp_path: Path) -> SquadSet:
    """A file of easy questions, read."""
    return SquadSet.from_file(write(tmp_path, "easy.json", EASY))


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Keeps in a folder of the test's own, by a clock that no two looks find alike."""
    return Kept(tmp_path / "kept", clock=Clock())


@pytest.fixture
def visitor() -> str:
    return new_visitor()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted: {mounted.stderr.decode()}")
    yield place
    gc.collect()  # an error's frames may hold an open index
    subprocess.run(["umount", place], check=True)

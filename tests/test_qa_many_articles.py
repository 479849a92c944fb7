"""A shelf of ten thousand articles: the page stays small, and is used like any other."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.request import urlopen

import pytest
from desks import gate
from many_articles import document_of, many_saved
from serving import LIMITLESS, served

from index.embed import Embedder
from index.engine import PassageIndex
from qa.assistant import Assistant
from qa.desk import Desk
from qa.offered import Offered
from qa.reader import ExtractiveReader
from qa.render_library import LISTED
from qa.screen import Screen
from qa.session import ALL_ARTICLES
from qa.view import View

MANY = 10_000
MOST_PAGE_BYTES = 350_000  # the style sheet, with the typeface in it, is more than half
MOST_BESIDE_BYTES = 150_000  # what is not the style sheet: parts, scripts, endpoints
MOST_PART_BYTES = 60_000  # of the library, the conversation and the source together


@pytest.fixture(scope="module")
def many(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, reader: ExtractiveReader
) -> Assistant:
    folder = many_saved(tmp_path_factory.mktemp("many") / "index", embedder, count=MANY)
    return Assistant(index=PassageIndex.open(folder, embedder=embedder), reader=reader)


@pytest.fixture(scope="module")
def desk(many: Assistant) -> Desk:
    return Desk(Offered(many), gate(), ALL_ARTICLES)


@pytest.fixture(scope="module")
def address(many: Assistant) -> Iterator[str]:
    with served(many, **LIMITLESS) as url:
        yield url


def test_what_is_listed_is_bounded_and_all_is_said_to_be_there(desk: Desk) -> None:
    view, screen = View(desk.opening()), Screen(desk, {})
    library, source = screen.articles_html(view), screen.source_html(view)
    assert len(library) + len(source) + len(screen.conversation_html(view)) < MOST_PART_BYTES
    assert "and 9,950 more" in library
    assert "and 9,950 more" in source
    assert "10,000 articles" in source
    assert library.index("All articles") < library.index("Port 0,")


def test_an_article_far_down_is_listed_while_it_is_open(desk: Desk) -> None:
    view = desk.open("lamp-9999.txt", desk.opening())
    library = Screen(desk, {}).articles_html(view)
    assert 'aria-current="true">The harbour lamp of Port 9999,' in library
    assert "and 9,950 more" in library


@pytest.mark.parametrize("words", ["port 4711,", "PORT 99", "4711 harbour", "nowhere"])
def test_titles_are_looked_for_among_all(desk: Desk, words: str) -> None:
    titles = {document_of(n).id: document_of(n).title.lower() for n in range(MANY)}
    wanted = words.lower().split()
    expected = [name for name, title in titles.items() if all(one in title for one in wanted)]
    assert list(desk.offered.titled(words)) == expected
    view = View(replace(desk.opening(), sought=words))
    html = Screen(desk, {}).articles_html(view)
    assert html.count("pq-choice") == min(len(expected), LISTED)


def test_the_page_is_small(address: str) -> None:
    with urlopen(address) as response:
        page = response.read().decode()
    config = json.loads(re.search(r"window.gradio_config = (\{.*?\});</script>", page, re.S)[1])
    assert len(page) < MOST_PAGE_BYTES
    assert len(page) - len(json.dumps(config["css"])) < MOST_BESIDE_BYTES


@pytest.mark.browser
def test_it_is_used_like_any_other(address: str) -> None:
    from browsing import Visit, launched
    from playwright.sync_api import expect

    with launched() as browser:
        visit = Visit(browser, address)
        page = visit.page
        expect(page.locator(".pq-titles .pq-choice").first).to_have_text("All articles")
        expect(page.locator(".pq-choice")).to_have_count(51)
        visit.picture("many")
        visit.ask("who lit the lamp of Port 4711?")
        expect(page.locator(".pq-quote").first).to_have_text("“Dev Rao”")
        expect(page.locator(".pq-article h2")).to_contain_text("Port 4711,")
        page.get_by_label("Search the titles").fill("port 4712,")
        expect(page.locator(".pq-choice")).to_have_count(1)
        page.locator(".pq-choice").click()
        expect(page.locator(".pq-article h2")).to_contain_text("Port 4712,")
        assert visit.violations() == []
        visit.leave()

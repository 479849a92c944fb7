"""The articles that a server offers."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from index.errors import InputError
from qa.offered import Offered


def test_an_article_alone_is_made_once(shelf):
    offered = Offered(shelf)
    assert tuple(offered.titles) == tuple(document.id for document in shelf.documents)
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(offered.alone, [next(iter(offered.titles))] * 8))
    assert len(set(map(id, made))) == 1
    assert made[0].documents == shelf.documents[:1]


def test_of_articles_alone_the_last_used_are_held(shelf):
    offered = Offered(shelf, most_alone=2)
    first, second, third, *_ = offered.titles
    made = {name: offered.alone(name) for name in (first, second)}
    assert offered.alone(first) is made[first]
    assert offered.alone(third).documents == shelf.documents[2:3]
    assert offered.alone(first) is made[first]
    assert offered.alone(second) is not made[second], "it was longest not asked for"
    with ThreadPoolExecutor(4) as threads:
        asked = [*offered.titles] * 8
        held = list(threads.map(offered.alone, asked))
    assert [one.documents[0].id for one in held] == asked


def test_what_is_not_on_offer(shelf):
    offered = Offered(shelf)
    assert next(iter(offered.titles)) in offered
    assert "nowhere" not in offered
    with pytest.raises(InputError, match="no article nowhere"):
        offered.alone("nowhere")


def test_titles_are_found_by_their_words(shelf):
    offered = Offered(shelf)
    for words in ("", "  ", "KETTLE smart", "smart kettle", "a", "nothing of the kind"):
        wanted = words.lower().split()
        found = [
            n for n, title in offered.titles.items() if all(w in title.lower() for w in wanted)
        ]
        assert list(offered.titled(words)) == found
    assert len(offered.titled("kettle")) == 1

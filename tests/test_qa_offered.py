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

"""Hard negatives: the passages that our own search brings up for a question it cannot answer."""

import random
import sys
from collections.abc import Sequence

from passages import Piece, says
from squad import Asked

from index.embed import Embedder
from index.engine import PassageIndex
from index.records import Document

SEARCHED_HITS = 40  # enough to get past those that answer


class Searched:
    """The paragraphs of a set that are searched, for any question of it.

    Args:
        asked: the questions of the set.
        most_paragraphs: how many to embed, whole articles first: it takes the time.
        embedder: the model to search with.
        rng: chooses the articles.
    """

    def __init__(
        self,
        asked: Sequence[Asked],
        *,
        most_paragraphs: int,
        embedder: Embedder,
        rng: random.Random,
    ) -> None:
        contexts = list(dict.fromkeys((one.article, one.context) for one in asked))
        self._alone = len({article for article, _ in contexts}) == len(contexts)
        articles = list(dict.fromkeys(article for article, _ in contexts))
        rng.shuffle(articles)
        rng.shuffle(contexts)
        order = {article: place for place, article in enumerate(articles)}
        contexts.sort(key=lambda item: order[item[0]])
        self._articles = {
            f"{place}": article for place, (article, _) in enumerate(contexts[:most_paragraphs])
        }
        self._index = PassageIndex.from_documents(
            [
                Document(f"{place}", f"{place}", context)
                for place, (_, context) in enumerate(contexts[:most_paragraphs])
            ],
            embedder=embedder,
            progress=sys.stderr.isatty(),
        )

    def negative(self, asked: Asked, question: str) -> Piece | None:
        """The nearest passage of another paragraph of the article that says no accepted answer.

        Where every article of the set is one paragraph, or this one is not among those that are
        searched, other articles are taken.

        Args:
            asked: an answerable question.
            question: the same, as it is put to the search.
        """
        anywhere = self._alone or asked.article not in self._articles.values()
        (hits,) = self._index.search([question], top_k=SEARCHED_HITS)
        for hit in hits:
            document = hit.passage.document
            near = anywhere or self._articles[document.id] == asked.article
            if near and document.text != asked.context and not says(document.text, asked.wordings):
                return Piece(hit.passage.text)
        return None

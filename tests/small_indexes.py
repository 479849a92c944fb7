"""Small indexes over the stub embedder, saved and opened."""

from stub import StubEmbedder

from index.engine import PassageIndex
from index.records import Document

DATABASE, CACHE = "index.sqlite", "vectors.cache"
LEFT_BY_A_LOCK = {"write.lock"}  # some systems keep it
QUERIES = ["cats run", "Größe", "something else"]


def build(*texts):
    return PassageIndex.from_documents(
        [Document(str(number), "Title", text) for number, text in enumerate(texts)],
        embedder=StubEmbedder(),
        budget_tokens=4,
    )


def load_index(folder):
    return PassageIndex.load(folder, embedder=StubEmbedder())


def opened(folder, embedder=None, **options):
    options = {"create": True, "budget_tokens": 4} | options
    return PassageIndex.open(folder, embedder=embedder or StubEmbedder(), **options)


def found(index):
    """All that a search gives, for comparison: texts, places and scores."""
    return [
        {(hit.passage, round(hit.score, 5)) for hit in hits}
        for hits in index.search(QUERIES, top_k=1000)
    ]

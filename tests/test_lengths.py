"""What the benchmark of passage lengths puts together and rearranges is what it was."""

from hypothesis import given
from hypothesis import strategies as st
from lengths import READ_AT_ONCE, articles_of, fewer_of_one_article, neighbours_as_one
from strategies import articles, few, many
from stub import StubEmbedder

from index.engine import PassageIndex
from index.records import Document, Hit, Passage
from qa.pipeline import PASSAGES_READ
from qa.squad import SquadSet

EMBEDDER = StubEmbedder()


@many
@given(st.lists(st.tuples(st.sampled_from(["A", "B", "C"]), articles()), min_size=1, max_size=6))
def test_paragraphs_stand_where_they_are_said_to(written):
    paragraphs = tuple(
        Document(f"p{number}", title, text) for number, (title, text) in enumerate(written)
    )
    documents, places = articles_of(SquadSet(paragraphs, ()))
    texts = {document.id: document.text for document in documents}
    assert len(texts) == len(documents) == len({paragraph.title for paragraph in paragraphs})
    for paragraph, place in zip(paragraphs, places, strict=True):
        assert place.document_id == paragraph.title
        assert texts[place.document_id][place.start : place.end] == paragraph.text


@few
@given(st.lists(articles(), min_size=1, max_size=3), st.integers(0, 1))
def test_neighbours_read_as_one_hold_what_they_held_and_no_more(texts, overlap):
    documents = [Document(str(number), "T", text) for number, text in enumerate(texts)]
    index = PassageIndex.from_documents(
        documents, embedder=EMBEDDER, budget_tokens=8, overlap_sentences=overlap
    )
    (hits,) = index.search(["a query"], top_k=20)

    def characters(chosen):
        return {
            (hit.passage.document.id, place)
            for hit in chosen
            for place in range(hit.passage.start, hit.passage.end)
            if not hit.passage.document.text[place].isspace()
        }

    together = neighbours_as_one(hits, EMBEDDER)
    assert characters(together) == characters(hits[:PASSAGES_READ])
    assert len(together) <= PASSAGES_READ
    for hit in together:
        assert len(EMBEDDER.token_spans(hit.passage.text)) <= READ_AT_ONCE


def test_others_come_before_the_third_of_an_article():
    shelf = {name: Document(name, name, "word " * 9) for name in "ab"}
    hits = [
        Hit(Passage(shelf[name], start, start + 4), 1 - start / 100, 0.5)
        for start, name in enumerate("aaaabab")
    ]
    found = fewer_of_one_article(hits, EMBEDDER)
    assert [hit.passage.document.id for hit in found] == list("aabbaaa")
    assert sorted(found, key=lambda hit: hit.passage.start) == hits

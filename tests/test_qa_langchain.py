"""A passage index as a retriever of the real LangChain."""

import asyncio

import pytest
from made_files import pdf_of_lines
from stub import StubEmbedder

import qa
from index.engine import PassageIndex
from index.errors import InputError
from index.records import Document
from qa.langchain import PullquoteRetriever


def test_it_gives_what_the_search_gives(shelf):
    query = "potash"
    found = PullquoteRetriever(index=shelf.index, top_k=4).invoke(query)
    expected = shelf.search(query, top_k=4)
    assert [one.page_content for one in found] == [one.passage.text for one in expected]
    texts = {document.id: document.text for document in shelf.documents}
    for one, same in zip(found, expected, strict=True):
        place = one.metadata
        assert texts[place["document_id"]][place["start"] : place["end"]] == one.page_content
        assert (place["title"], place["score"]) == (same.passage.document_title, same.score)
        assert place["page"] is None


def test_it_searches_only_what_it_is_given(shelf):
    only = shelf.documents[-1].id
    retriever = PullquoteRetriever(index=shelf.index, where=qa.Filter(documents=[only]))
    found = retriever.invoke("potash")
    assert {one.metadata["document_id"] for one in found} == {only}


def test_a_pdfs_passages_name_their_page(tmp_path):
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf_of_lines([["The sea was rough."], ["Ada Fenn painted the bridge."]]))
    retriever = PullquoteRetriever(index=qa.load(file).index)
    found = asyncio.run(retriever.ainvoke("who painted the bridge?"))
    assert found[0].metadata["page"] in {1, 2}
    assert found[0].metadata["source"] == str(file)


def test_what_cannot_be_asked_is_said():
    index = PassageIndex.from_documents([Document("a", "A", "Tea.")], embedder=StubEmbedder())
    with pytest.raises(InputError, match="The query is empty"):
        PullquoteRetriever(index=index).invoke(" ")
    with pytest.raises(ValueError, match="top_k"):
        PullquoteRetriever(index=index, top_k=0)


def test_it_can_be_followed_by_what_follows_retrievers(shelf):
    chain = PullquoteRetriever(index=shelf.index, top_k=2) | (lambda found: len(found))
    assert chain.invoke("potash") == 2

"""What the endpoints do whoever calls them: without a server and without HTTP."""

from stub import StubEmbedder

from index.engine import PassageIndex
from index.records import Document
from qa.assistant import Assistant
from qa.endpoints import Endpoints
from qa.offered import Offered
from qa.own_articles import OwnArticles


class Watched(PassageIndex):
    """An index that counts how often its articles are asked for."""

    times = 0

    @property
    def documents(self):
        self.times += 1
        return super().documents


def test_articles_are_read_once_for_the_list_of_them(saved, reader):
    index = Watched.open(saved, embedder=StubEmbedder())
    endpoints = Endpoints(Offered(Assistant(index=index, reader=reader)), OwnArticles())
    first, times = endpoints.documents(), index.times
    assert [(one["id"], one["characters"]) for one in first] == [("0", 32), ("1", 12)]
    first[0]["id"] = "whoever calls may change what it got"
    assert [one["id"] for one in endpoints.documents()] == ["0", "1"]
    assert index.times == times
    index.add([Document("new", "New", "Fish swim.", source="shelf/new.txt")])
    listed = endpoints.documents()
    assert [one["id"] for one in listed] == ["0", "1", "new"]
    assert listed[-1] == {
        "id": "new",
        "title": "New",
        "characters": 10,
        "source": "new.txt",
        "collection": "",
        "language": None,
        "date": None,
    }
    assert endpoints.documents() == listed
    assert index.times == times + 1

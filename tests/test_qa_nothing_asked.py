"""Where no article is left to ask, that is said: not that the article does not say."""

import pytest
from desks import ME, gate, last
from small_indexes import opened
from stub import StubEmbedder

from index.engine import PassageIndex
from index.errors import InputError
from index.filters import Filter
from index.records import Document
from qa.assistant import Assistant
from qa.chat import build
from qa.cli import main
from qa.desk import Desk
from qa.offered import Offered
from qa.session import ALL_ARTICLES
from qa.settings import ReaderSettings

NOTHING = [
    {"languages": ["en"]},  # the languages of the articles are not known
    {"documents": []},
    {"collections": []},
    {"collections": [""], "languages": ["de"]},
    {"since": "2025"},
    {"until": "1999-12-31"},
    {"documents": ["a"], "since": "2025"},
]


class NoReader:
    """A reader that has nothing to read."""

    settings = ReaderSettings()

    def takes(self, question):
        return bool(question)

    def read(self, pairs, **options):
        assert not pairs, options
        return []


@pytest.fixture
def assistant():
    articles = [Document("a", "A", "Cats run.", date="2024-05"), Document("b", "B", "Dogs bark.")]
    index = PassageIndex.from_documents(articles, embedder=StubEmbedder())
    return Assistant(index=index, reader=NoReader())


@pytest.fixture
def empty(tmp_path):
    """An assistant whose only article was removed, and the index of it."""
    index = opened(tmp_path / "index")
    index.add([Document("a", "A", "Cats run.")])
    return Assistant(index=index, reader=NoReader()), index


@pytest.mark.parametrize("given", NOTHING)
def test_a_filter_that_leaves_no_article_is_a_fault(assistant, given):
    where = Filter(**given)
    for ask in (
        lambda: assistant.ask("who runs?", where=where),
        lambda: assistant.ask_many(["who runs?", "who barks?"], where=where),
        lambda: next(assistant.ask_stream(iter(["who runs?"]), where=where)),
    ):
        with pytest.raises(InputError, match="leaves no article to ask") as raised:
            ask()
        assert str(where) in raised.value.problem
        assert raised.value.remedy
    assert assistant.search("who runs?", where=where) == []
    assert assistant.ask_many([], where=where) == []


def test_a_long_filter_is_not_told_in_full():
    names = [f"an article with quite a long name, number {number}" for number in range(500)]
    articles = [Document(name, "A", "Cats run.") for name in names]
    index = PassageIndex.from_documents(articles, embedder=StubEmbedder())
    asked = Assistant(index=index, reader=NoReader())
    with pytest.raises(InputError, match="leaves no article to ask") as raised:
        asked.ask("who runs?", where=Filter(documents=names, languages=["en"]))
    assert len(raised.value.problem) < 300


@pytest.mark.parametrize("where", [None, Filter(), Filter(collections=["news"])])
def test_an_index_without_an_article_is_a_fault(empty, where):
    assistant, index = empty
    index.remove(["a"])
    with pytest.raises(InputError, match="The index has no article to ask"):
        assistant.ask("who runs?", where=where)


def test_the_chat_shows_it_as_a_fault(empty):
    assistant, index = empty
    desk = Desk(Offered(assistant), gate(), ALL_ARTICLES)
    index.remove(["a"])
    view = last(desk.ask("who runs?", desk.opening(), ME))
    assert view.session.conversation.turns == ()
    assert "The index has no article to ask." in view.notice.text
    with pytest.raises(InputError, match="no article to chat about"):
        build(Offered(assistant), examples={}, gate=gate())


def test_a_batch_that_asks_nothing_leaves_its_output_alone(tmp_path, capsys):
    (tmp_path / "story.txt").write_text("Cats run.", "utf-8")
    questions, output = tmp_path / "questions.txt", tmp_path / "answers.jsonl"
    questions.write_text("who runs?\n", "utf-8")
    output.write_text("what was answered before\n", "utf-8")
    batch = ["batch", str(questions), str(tmp_path / "story.txt"), "--output", str(output)]
    for where, problem in (
        (["--since", "2024"], "leaves no article to ask: since 2024."),
        (["--collection", "news"], "no collection 'news'"),
    ):
        assert main([*batch, *where]) == 1
        assert problem in capsys.readouterr().err
    assert output.read_text("utf-8") == "what was answered before\n"

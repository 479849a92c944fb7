"""Where articles come from, and such as are out of the ordinary."""

import pytest
from asked import PARDONED, assert_quotes, texts_and_scores, variant
from hypothesis import given, settings
from hypothesis import strategies as st

from index.engine import PassageIndex
from index.errors import IncompatibleIndexError, InputError, SourceError
from index.records import Document
from qa.assistant import Assistant

pytestmark = pytest.mark.usefixtures("one_thread")


# Where articles come from

TEXT = "The president has pardoned 123 prisoners. Nobody knows why."


@pytest.fixture(scope="module")
def from_sources(embedder, reader):
    def make(sources, **options):
        return Assistant.from_sources(sources, embedder=embedder, reader=reader, **options)

    return make


def test_text_document_file_and_folder_give_the_same_answer(from_sources, tmp_path):
    (tmp_path / "story.txt").write_text(TEXT, "utf-8")
    document = Document("mine", "Mine", TEXT)
    answers = {}
    for name, sources in {
        "text": TEXT,
        "document": document,
        "documents": [document],
        "file": tmp_path / "story.txt",
        "file by name": str(tmp_path / "story.txt"),
        "folder": tmp_path,
        "folder by name": str(tmp_path),
        "folder in a list": [tmp_path],
    }.items():
        assistant = from_sources(sources)
        assert [kept.text for kept in assistant.documents] == [TEXT]
        answers[name] = assistant.ask(PARDONED)
        assert_quotes(answers[name], assistant.documents, top_k=3)
        assert (answers[name].text, answers[name].start) == ("123", 27)
    assert answers["document"].document_id == "mine"
    assert answers["folder"].document_id == "story.txt"
    assert len({round(answer.score, 4) for answer in answers.values()}) == 1


def test_several_sources_together(from_sources, tmp_path):
    (tmp_path / "a.txt").write_text("The kettle holds 1.7 litres.", "utf-8")
    assistant = from_sources([TEXT, tmp_path / "a.txt", Document("c", "C", "Anna was born here.")])
    assert len(assistant.documents) == 3
    assert assistant.ask(PARDONED).document_id == assistant.documents[0].id
    assert assistant.ask("how many litres does the kettle hold?").document_id == "a.txt"
    alone = assistant.only("c").ask(PARDONED)
    assert {quote.document_id for quote in (alone, *alone.alternatives)} <= {"c", None}


def test_ids_are_unique(from_sources, tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.txt").write_text(TEXT, "utf-8")
    assistant = from_sources(
        [tmp_path / "one" / "same.txt", tmp_path / "two" / "same.txt", TEXT, TEXT]
    )
    ids = [document.id for document in assistant.documents]
    assert len(set(ids)) == 4
    answer = assistant.ask(PARDONED, top_k=9)
    assert_quotes(answer, assistant.documents, top_k=9)
    quotes = [quote for quote in (answer, *answer.alternatives) if quote.text == "123"]
    assert sorted(quote.document_id for quote in quotes) == sorted(ids)


def test_saved_index(from_sources, embedder, reader, tmp_path):
    fresh = from_sources(TEXT)
    fresh.index.save(tmp_path / "saved")
    for folder in (tmp_path / "saved", str(tmp_path / "saved"), [tmp_path / "saved"]):
        opened = Assistant.from_sources(folder, embedder=embedder, reader=reader)
        assert opened.documents == fresh.documents
        assert texts_and_scores([opened.ask(PARDONED)]) == texts_and_scores([fresh.ask(PARDONED)])


def test_saved_index_of_another_embedder(stub_embedder, embedder, reader, tmp_path):
    documents = [Document("a", "A", TEXT)]
    PassageIndex.from_documents(documents, embedder=stub_embedder).save(tmp_path / "saved")
    with pytest.raises(IncompatibleIndexError, match="stub@1"):
        Assistant.from_sources(tmp_path / "saved", embedder=embedder, reader=reader)
    opened = Assistant.from_sources(tmp_path / "saved", embedder=stub_embedder, reader=reader)
    assert opened.ask(PARDONED).text == "123"


@pytest.mark.parametrize("sources", [[], "no-such-file.txt", "  ", ["no/such/folder"]])
def test_sources_that_are_none(from_sources, sources):
    with pytest.raises((SourceError, InputError)):
        from_sources(sources)


def test_only_and_about_want_articles(shelf):
    with pytest.raises(InputError, match="no article nonesuch"):
        shelf.only("nonesuch")
    with pytest.raises(InputError, match="no documents"):
        shelf.about([])
    document = Document("a", "A", TEXT)
    with pytest.raises(InputError, match="same id"):
        shelf.about([document, document])


def test_only_answers_from_its_article(shelf):
    kettle = shelf.only("kettle-faq.md")
    assert [document.id for document in kettle.documents] == ["kettle-faq.md"]
    answer = kettle.ask(PARDONED)
    assert_quotes(answer, kettle.documents, top_k=3)
    assert len(shelf.documents) > 1, "the shelf stays as it was"


# Articles that are out of the ordinary


@pytest.mark.parametrize("text", ["x", "7", "北", "🙂", ".", "\u200b"])
def test_article_of_one_character(news, text):
    assistant = news.about([Document("tiny", "Tiny", text)])
    for answer in assistant.ask_many(["who?", "what is it?"]):
        assert_quotes(answer, assistant.documents, top_k=3)
        assert [quote.text for quote in answer.alternatives] in ([], [text])


def test_article_without_latin_letters(news):
    text = "北京是中国的首都。上海是中国最大的城市，人口超过二千四百万。" * 3
    always = variant(news.about([Document("zh", "北京", text)]), min_score=0.0)[0]
    answer = always.ask("中国的首都是哪里？", top_k=5)
    assert_quotes(answer, always.documents, top_k=5)
    assert answer.text is not None
    assert set(answer.text) <= set(text)


def test_same_sentence_at_several_places(news):
    sentence = "The president has pardoned 123 prisoners."
    filler = "The weather was mild and the harbour lay quiet. " * 30
    text = f"{sentence} {filler}{sentence} {filler}{sentence}"
    assistant = news.about([Document("again", "Again", text)])
    answer = assistant.ask(PARDONED, top_k=10)
    assert_quotes(answer, assistant.documents, top_k=10)
    places = sorted(quote.start for quote in (answer, *answer.alternatives) if quote.text == "123")
    offset = sentence.index("123")
    step = len(sentence) + len(filler) + 1
    assert places == [offset, offset + step, offset + 2 * step]


def test_same_article_twice(news):
    documents = [Document(name, name.upper(), TEXT) for name in ("a", "b")]
    assistant = news.about(documents)
    answer = assistant.ask(PARDONED, top_k=2)
    assert_quotes(answer, documents, top_k=2)
    quotes = (answer, *answer.alternatives)
    assert [quote.text for quote in quotes] == ["123", "123"]
    assert {quote.document_id for quote in quotes} == {"a", "b"}


PIECES = st.one_of(
    st.sampled_from(
        [
            *("Anna was born in 1832. ", "It costs 3.50! ", "北京是首都。", "ไทย ", "עברית ", "\n"),
            *(
                "\r\n",
                "# ",
                "\t",
                "\u00a0",
                "e\u0301",
                "🙂",
                "👩‍👩‍👧",
                "\u200b",
                "[SEP]",
                "“so”",
                "İ",
            ),
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)


@settings(max_examples=20)
@given(st.lists(PIECES, min_size=1, max_size=60).map("".join).filter(str.strip))
def test_any_article_is_quoted_where_it_says(news, text):
    assistant = variant(news.about([Document("any", "Any", text)]), min_score=0.0)[0]
    answer = assistant.ask("when was Anna born?", top_k=6)
    assert_quotes(answer, assistant.documents, top_k=6)

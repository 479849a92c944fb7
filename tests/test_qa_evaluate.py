"""Reading SQuAD files, and figures worked out again from the reader's own predictions."""

import gzip
import json
import math

import pytest

from index.engine import PassageIndex
from index.errors import InputError, SourceError
from qa.assistant import Assistant
from qa.evaluate import SquadQuestion, SquadSet, evaluate_open, evaluate_reader
from qa.reader import ExtractiveReader

HARBOUR = "The old lighthouse of Port Ellen was built in 1832. It is 17 metres high."
KETTLE = "The Kettle Company sells a steel kettle that holds 1.7 litres of water."
MARSH = "Researchers counted 42 herons on the salt marsh in spring, more than ever before."


def row(question, *answers, impossible=None):
    fields = {"id": question, "question": question}
    fields["answers"] = [{"text": answer, "answer_start": 0} for answer in answers]
    if impossible is not None:
        fields["is_impossible"] = impossible
    return fields


def squad(*paragraphs, title="Things"):
    return {
        "version": "v2.0",
        "data": [
            {
                "title": title,
                "paragraphs": [{"context": text, "qas": rows} for text, rows in paragraphs],
            }
        ],
    }


EASY = squad(
    (
        HARBOUR,
        [
            row("When was the lighthouse of Port Ellen built?", "1832", "in 1832"),
            row("How high is the lighthouse?", "17 metres", "17"),
        ],
    ),
    (
        KETTLE,
        [
            row("How many litres of water does the kettle hold?", "1.7 litres", "1.7"),
            row("Who designed the kettle?", impossible=True),
        ],
    ),
    (MARSH, [row("How many herons did researchers count on the salt marsh?", "42")]),
)

pytestmark = pytest.mark.usefixtures("one_thread")


def write(tmp_path, name, data):
    file = tmp_path / name
    text = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    file.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    return file


@pytest.fixture
def easy(tmp_path):
    return SquadSet.from_file(write(tmp_path, "easy.json", EASY))


# Files


@pytest.mark.parametrize("name", ["dev.json", "dev.json.gz", "dev.JSON"])
def test_file(tmp_path, name):
    read = SquadSet.from_file(write(tmp_path, name, EASY))
    assert [paragraph.text for paragraph in read.paragraphs] == [HARBOUR, KETTLE, MARSH]
    assert {paragraph.title for paragraph in read.paragraphs} == {"Things"}
    assert len({paragraph.id for paragraph in read.paragraphs}) == 3
    assert [question.paragraph for question in read.questions] == [0, 0, 1, 1, 2]
    assert read.questions[0] == SquadQuestion(
        "When was the lighthouse of Port Ellen built?", 0, ("1832", "in 1832")
    )
    assert read.questions[3] == SquadQuestion("Who designed the kettle?", 1, ())


def test_impossible_questions_have_no_answers_whatever_is_listed(tmp_path):
    data = squad(
        (
            MARSH,
            [
                row("one?", "42", impossible=True),
                row("two?", "42", impossible=False),
                row("three?", "42"),
                row("four?"),
                {"question": "five?", "is_impossible": True},  # no list of answers at all
                row("  six?\n", "42", "spring", "42"),
            ],
        )
    )
    read = SquadSet.from_file(write(tmp_path, "v2.json", data))
    assert [question.answers for question in read.questions] == [
        (),
        ("42",),
        ("42",),
        (),
        (),
        ("42", "spring", "42"),
    ]
    assert read.questions[5].question == "six?"


def test_paragraph_that_comes_twice_is_kept_once(tmp_path):
    data = squad(
        (MARSH, [row("one?", "42")]), (KETTLE, [row("two?", "steel")]), (MARSH, [row("three?")])
    )
    more = squad((KETTLE, [row("four?", "1.7")]), (HARBOUR, []), title="More")
    data["data"] += more["data"]
    read = SquadSet.from_file(write(tmp_path, "twice.json", data))
    assert [paragraph.text for paragraph in read.paragraphs] == [MARSH, KETTLE, HARBOUR]
    assert [paragraph.title for paragraph in read.paragraphs] == ["Things", "Things", "More"]
    assert [(question.question, question.paragraph) for question in read.questions] == [
        ("one?", 0),
        ("two?", 1),
        ("three?", 0),
        ("four?", 1),
    ]


def test_article_without_a_title(tmp_path):
    data = squad((MARSH, [row("one?", "42")]))
    del data["data"][0]["title"]
    read = SquadSet.from_file(write(tmp_path, "untitled.json", data))
    assert read.paragraphs[0].title == "Untitled"


def broken_row(**fields):
    return squad((MARSH, [row("one?", "42") | fields]))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b"\xff\xfe\x00",
        b'{"data": [',
        {},
        [],
        [EASY],
        "data",
        None,
        {"data": None},
        {"data": 5},
        {"data": []},
        {"data": ["article"]},
        {"data": [None]},
        {"data": [{"title": "x"}]},
        {"data": [{"paragraphs": None}]},
        {"data": [{"paragraphs": ["x"]}]},
        {"data": [{"paragraphs": [{"context": MARSH}]}]},
        {"data": [{"paragraphs": [{"qas": []}]}]},
        squad((MARSH, [])),
        squad((5, [row("one?", "42")])),
        squad((None, [row("one?", "42")])),
        squad((["x"], [row("one?", "42")])),
        squad(("  ", [row("one?", "42")])),
        squad((MARSH, ["one?"])),
        squad((MARSH, [["one?"]])),
        broken_row(question=5),
        broken_row(question=None),
        broken_row(answers=None),
        broken_row(answers=["42"]),
        broken_row(answers=[{"start": 3}]),
    ],
    ids=lambda data: repr(data)[:40],
)
def test_file_that_is_no_squad(tmp_path, data):
    file = write(tmp_path, "broken.json", data)
    with pytest.raises(SourceError, match="cannot be read as SQuAD") as caught:
        SquadSet.from_file(file)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("no_collection")
def test_file_nested_deeper_than_the_parser_goes(tmp_path):
    file = write(tmp_path, "broken.json", b"[" * 100_000)
    with pytest.raises(SourceError, match="cannot be read as SQuAD"):
        SquadSet.from_file(file)


def test_archive_that_is_broken(tmp_path):
    packed = gzip.compress(json.dumps(EASY).encode())
    spoiled = packed[:20] + bytes(byte ^ 0x5A for byte in packed[20:60]) + packed[60:]
    for number, content in enumerate([b"plain", packed[: len(packed) // 2], spoiled, packed[:-4]]):
        file = tmp_path / f"broken{number}.json.gz"
        file.write_bytes(content)
        with pytest.raises(SourceError, match="cannot be read as SQuAD"):
            SquadSet.from_file(file)


def test_file_that_is_missing(tmp_path):
    for missing in (tmp_path / "none.json", tmp_path):
        with pytest.raises(SourceError, match="cannot be read as SQuAD"):
            SquadSet.from_file(missing)


# Samples


def test_sample_is_drawn_by_the_seed(tmp_path):
    rows = [row(f"question {number}?", "42") for number in range(200)]
    read = SquadSet.from_file(write(tmp_path, "many.json", squad((MARSH, rows))))
    drawn = read.sample(20, seed=1)
    assert len(drawn.questions) == 20
    assert drawn == read.sample(20, seed=1)
    assert drawn.questions != read.sample(20, seed=2).questions
    assert drawn.paragraphs == read.paragraphs, "all paragraphs stay, to be searched"
    numbers = [read.questions.index(question) for question in drawn.questions]
    assert numbers == sorted(set(numbers)), "each once, in the file's order"


def test_sample_is_bounded_by_the_file(easy):
    assert easy.sample(None, seed=0) == easy.sample(5, seed=0) == easy.sample(99, seed=0) == easy
    assert len(easy.sample(1, seed=0).questions) == 1
    for limit in (0, -1):
        with pytest.raises(InputError, match=f"The limit is {limit}"):
            easy.sample(limit, seed=0)


# Figures


def words(text):
    """The official normalisation, in another way: what is left is a list of words."""
    kept = "".join(
        char
        for char in text.lower()
        if not (char.isascii() and not char.isalnum()) or char.isspace()
    )
    return [word for word in kept.split() if word not in ("a", "an", "the")]


def f1_of(prediction, gold):
    left, right = words(prediction), words(gold)
    if not left or not right:
        return float(left == right)
    remaining, common = list(right), 0
    for word in left:
        if word in remaining:
            remaining.remove(word)
            common += 1
    return 2 * common / (len(left) + len(right))


def points(said, golds):
    golds = golds or ("",)
    return (
        max(float(words(said) == words(gold)) for gold in golds),
        max(f1_of(said, gold) for gold in golds),
    )


def mean(values):
    return 100 * sum(values) / len(values)


def best_spans_read(easy, reader):
    """For each question: its best span, what is said, and how likely the null is."""
    found = []
    for question in easy.questions:
        text = easy.paragraphs[question.paragraph].text
        (reading,) = reader.read([(question.question, text)])
        best = reading.spans[0]
        span = text[best.start : best.end]
        said = span if best.log_odds > reader.settings.null_threshold else ""
        odds = [math.exp(other.log_odds) for other in reading.spans] + [math.exp(reading.rest)]
        found.append((span, said, 1 / (1 + math.fsum(odds))))
    return found


def test_reader_figures_are_those_of_its_predictions(easy, reader: ExtractiveReader):
    found = best_spans_read(easy, reader)
    figures = evaluate_reader(easy, reader=reader, batch_size=2)
    golds = [question.answers for question in easy.questions]
    given = [points(said, gold) for (_, said, _), gold in zip(found, golds, strict=True)]
    answerable = [score for score, gold in zip(given, golds, strict=True) if gold]
    for column, name in enumerate(("exact", "f1")):
        assert figures[name] == pytest.approx(mean([score[column] for score in given]))
        assert figures[f"HasAns_{name}"] == pytest.approx(
            mean([score[column] for score in answerable])
        )
        assert figures[f"NoAns_{name}"] == pytest.approx(100 * given[3][column])
        # The best of every threshold there could be, tried one after the other.
        tried = {
            threshold: mean(
                [
                    points(span if null <= threshold else "", gold)[column]
                    for (span, _, null), gold in zip(found, golds, strict=True)
                ]
            )
            for threshold in [-1.0, *(null + 1e-6 for _, _, null in found)]
        }
        assert figures[f"best_{name}"] == pytest.approx(max(tried.values()))
    assert (figures["total"], figures["HasAns_total"], figures["NoAns_total"]) == (5, 4, 1)
    assert figures["best_f1"] >= figures["f1"] - 1e-9


def test_set_without_unanswerable_questions_is_scored_as_squad_1(easy, reader):
    answerable = tuple(question for question in easy.questions if question.answers)
    first = SquadSet(easy.paragraphs, answerable)
    found = best_spans_read(first, reader)
    figures = evaluate_reader(first, reader=reader)
    scores = [
        points(span, question.answers)
        for (span, _, _), question in zip(found, answerable, strict=True)
    ]
    assert figures == {
        "exact": pytest.approx(mean([exact for exact, _ in scores])),
        "f1": pytest.approx(mean([f1 for _, f1 in scores])),
        "total": 4,
    }
    assert figures["f1"] >= 75, "these are easy"


def test_figures_do_not_depend_on_the_batches(easy, reader):
    one = evaluate_reader(easy, reader=reader, batch_size=1)
    many = evaluate_reader(easy, reader=reader, batch_size=32)
    assert one == {name: pytest.approx(value, abs=1e-4) for name, value in many.items()}


def test_open_figures_of_an_easy_set(easy, reader, embedder):
    figures = evaluate_open(easy, reader=reader, embedder=embedder, passages_read=2)
    recalls = [figures[f"recall@{k}"] for k in (1, 5, 10, 20)]
    assert recalls == [1.0, 1.0, 1.0, 1.0], "each question names what its paragraph is about"
    assert (figures["total"], figures["HasAns_total"], figures["NoAns_total"]) == (5, 4, 1)
    # The same, asked one by one of the same paragraphs.
    asked = Assistant.from_sources(
        easy.paragraphs, reader=reader, embedder=embedder, passages_read=2
    )
    given = [
        points(asked.ask(question.question, top_k=1).text or "", question.answers)
        for question in easy.questions
    ]
    assert figures["exact"] == pytest.approx(mean([exact for exact, _ in given]))
    assert figures["f1"] == pytest.approx(mean([f1 for _, f1 in given]))


def test_recall_counts_paragraphs_and_not_passages(tmp_path, reader, stub_embedder):
    # Random vectors, so what is found first is found by chance; the long one is found often.
    long = " ".join(f"Sentence {number} says {number * number} or so." for number in range(80))
    data = squad(
        (long, [row("What does sentence 9 say?", "81")]),
        *((f"{MARSH} Year {year}.", [row(f"What was {year}?", "42")]) for year in range(6)),
    )
    read = SquadSet.from_file(write(tmp_path, "long.json", data))
    figures = evaluate_open(read, reader=reader, embedder=stub_embedder, passages_read=1)
    index = PassageIndex.from_documents(read.paragraphs, embedder=stub_embedder)
    assert len(index.passages) > len(read.paragraphs) + 3
    ranks = []
    for question in read.questions:
        (hits,) = index.search([question.question], top_k=len(index.passages))
        before = set()
        for hit in hits:
            if hit.passage.document.id == read.paragraphs[question.paragraph].id:
                break
            before.add(hit.passage.document.id)
        ranks.append(len(before) + 1)
    for k in (1, 5, 10, 20):
        assert figures[f"recall@{k}"] == pytest.approx(sum(rank <= k for rank in ranks) / 7)
    assert figures["recall@10"] == 1.0, "there are only seven"
    assert 0 < figures["recall@5"] < 1, "chance has left something to tell apart"

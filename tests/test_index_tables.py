"""Tables of articles: a row a document, a bad row named and passed over."""

import csv
import io
import json
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import any_text, few

from index import tables
from index.articles import SkippedFileWarning
from index.errors import SourceError
from index.limits import ReadLimits
from index.read import read_sources
from index.tables import read_csv, read_jsonl


def test_a_csv_file(tmp_path):
    file = tmp_path / "news.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["ID", "Title", "Text", "author", "date", "collection", "url"])
        rows.writerow(
            ["n1", "Lamps", "It burned,\nand “shone”.", "Ada", "1911", " news ", "http://a.b/c"]
        )
        rows.writerow(["", "", "# Boats\n\nThey float.", "", "", "", ""])
    first, second = read_sources(file)
    assert (first.id, first.title, first.text) == ("n1", "Lamps", "It burned,\nand “shone”.")
    assert (first.author, first.date, first.source) == ("Ada", "1911", "http://a.b/c")
    assert (second.id, second.title) == ("news.csv:4", "Boats")
    assert (second.author, second.source) == (None, str(file))
    assert (first.collection, second.collection) == ("news", "")


@pytest.mark.parametrize("delimiter", ",;\t|")
def test_delimiters(delimiter):
    text = f"title{delimiter}text\r\nA{delimiter}Words.\r\n"
    (row,) = read_csv(text, name="x", limits=ReadLimits())
    assert (row.line, row.content.title, row.content.text) == (2, "A", "Words.")


def test_a_delimiter_that_the_first_line_says():
    rows = list(read_csv("sep=;\r\ntext\r\nOne; two, three.\r\n", name="x", limits=ReadLimits()))
    assert [(row.line, row.content.text) for row in rows] == [(3, "One; two, three.")]
    (row,) = read_csv("sep=|\na, b|text\nA|Words.\n", name="x", limits=ReadLimits())
    assert (row.line, row.content.text) == (3, "Words.")


def test_no_words_behind_a_delimiter_are_lost(tmp_path):
    file = tmp_path / "news.csv"
    file.write_text("title,text\n,It rained, and rained.\nB,It stopped.,,\n", "utf-8")
    with pytest.warns(SkippedFileWarning, match=r"Line 2 of .*news\.csv has more cells than the"):
        (document,) = read_sources(file)
    assert document.text == "It stopped."
    file.write_text('text\nIt rained, and rained.\nIt stopped.,\n"Yes, no."\n', "utf-8")
    texts = [document.text for document in read_sources(file)]
    assert texts == ["It rained, and rained.", "It stopped.", "Yes, no."]


def test_a_jsonl_file(tmp_path):
    file = tmp_path / "news.jsonl"
    rows = [
        {
            "id": 7,
            "title": "Lamps",
            "text": "It burned.\r\n",
            "source": "The Times",
            "collection": "a b",
        },
        {"text": "They float.", "tags": ["a"], "author": None, "collection": ["a"]},
    ]
    file.write_text("\n\n".join(map(json.dumps, rows)), "utf-8")
    first, second = read_sources(file)
    assert (first.id, first.text, first.source) == ("7", "It burned.\r\n", "The Times")
    assert (second.id, second.title, second.author) == ("news.jsonl:3", "News 3", None)
    assert (first.collection, second.collection) == ("a b", "")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "Line 2 of .*news.jsonl is not JSON"),
        ("[" * 100_000, "Line 2 of .*news.jsonl is not JSON"),
        ("[]", "Line 2 of .*news.jsonl is not a JSON object"),
        ('{"title": "x"}', "Line 2 of .* has no field “text”"),
        ('{"text": 3}', "Line 2 of .* has no field “text”"),
        ('{"text": " "}', "Line 2 of .* is empty"),
        ('{"text": "a\\u0000"}', "Line 2 of .* is binary"),
        ('{"text": "a \\ud800"}', "half a surrogate pair"),
    ],
)
def test_a_bad_line_is_named_and_passed_over(tmp_path, line, problem):
    file = tmp_path / "news.jsonl"
    file.write_text(f'{{"text": "One."}}\n{line}\n{{"text": "Three."}}\n', "utf-8")
    with pytest.warns(SkippedFileWarning, match=problem):
        documents = read_sources(file)
    assert [document.text for document in documents] == ["One.", "Three."]


def test_a_quote_that_never_ends(tmp_path):
    file = tmp_path / "news.csv"
    file.write_text('text\nOne.\n"Two', "utf-8")
    with pytest.warns(SkippedFileWarning, match=r"Line 3 of .*news\.csv is not a row"):
        (document,) = read_sources(file)
    assert document.text == "One."


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv", "title,body\nA,Words.\n", "no column “text”"),
        ("a.csv", "text\n", "holds no article"),
        ("a.csv", "text,\n,\n", "holds no article"),
        ("a.csv", "\n \n", "is empty"),
        ("a.jsonl", " \n \n", "is empty"),
    ],
)
def test_no_articles(tmp_path, name, content, problem):
    file = tmp_path / name
    file.write_text(content, "utf-8")
    with pytest.raises(SourceError, match=problem) as raised:
        read_sources(file)
    assert str(file) in str(raised.value)


def test_bad_lines_alone(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_text("{\n[]\n", "utf-8")
    with pytest.warns(SkippedFileWarning), pytest.raises(SourceError, match="holds no article"):
        read_sources(file)


def test_a_cell_longer_than_the_library_allows():
    before = csv.field_size_limit()
    (row,) = read_csv(f"text\n{'word ' * 100_000}\n", name="x", limits=ReadLimits())
    assert len(row.content.text) == 500_000
    assert csv.field_size_limit() == before


def test_long_cells_in_several_threads():
    text = "text\n" + f"{'a' * 140_000}\n" * 2
    before, interval_s = csv.field_size_limit(), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that threads come between each other
    try:
        with ThreadPoolExecutor(8) as threads:
            found = threads.map(
                lambda _: list(read_csv(text, name="x", limits=ReadLimits())), range(200)
            )
            contents = [row.content for rows in found for row in rows]
    finally:
        sys.setswitchinterval(interval_s)
    assert [content for content in contents if isinstance(content, SourceError)] == []
    assert csv.field_size_limit() == before


def test_blank_lines_before_the_header():
    (row,) = read_csv("\n , \n\ntitle,text\nA,Words.\n", name="x", limits=ReadLimits())
    assert (row.line, row.content.title, row.content.text) == (5, "A", "Words.")


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        ("\n" * 100_000, 1),
        (" , \n" * 100_000, 1),
        ("b\n" * 100_000, 101),
        ('"b"c\n' * 100_000, 101),
    ],
    ids=["empty", "blank", "filled", "faulty"],
)
def test_no_more_rows_are_held_than_are_read(lines, rows):
    text = f"text\na\n{lines}"
    tracemalloc.start()
    found = tables._cells(text, ",", name="x", limits=ReadLimits(table_rows=100))
    most_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) == 1 + rows
    assert most_bytes < 5 * len(text) + 100_000  # copies of the text


@pytest.mark.parametrize("read", [read_csv, read_jsonl])
def test_faulty_rows_count_too(read):
    text = "text\n" + '"a"b\n' * 3 if read is read_csv else "{\n" * 3
    assert len(list(read(text, name="x", limits=ReadLimits(table_rows=3)))) == 3
    with pytest.raises(SourceError, match="x has more than 2 articles"):
        list(read(text, name="x", limits=ReadLimits(table_rows=2)))


@pytest.mark.parametrize("read", [read_csv, read_jsonl])
def test_too_many_rows(read):
    text = "text\na\nb\nc\n" if read is read_csv else '{"text": "a"}\n' * 3
    assert len(list(read(text, name="x", limits=ReadLimits(table_rows=3)))) == 3
    with pytest.raises(SourceError, match="x has more than 2 articles"):
        list(read(text, name="x", limits=ReadLimits(table_rows=2)))


@few
@given(st.lists(any_text(min_size=1).filter(str.strip), min_size=1, max_size=4))
def test_texts_come_back_as_they_were(texts):
    stream = io.StringIO(newline="")
    rows = csv.writer(stream)
    rows.writerows([["text", "id"], *([text, "x"] for text in texts)])
    found = read_csv(stream.getvalue(), name="x", limits=ReadLimits())
    assert [row.content.text for row in found] == texts
    lines = "\n".join(json.dumps({"text": text}) for text in texts)
    assert [row.content.text for row in read_jsonl(lines, name="x", limits=ReadLimits())] == texts

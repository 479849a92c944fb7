"""Files of questions are read line by line or row by row, and what is wrong in them is named."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import SourceError
from qa.question_file import AskedQuestion, BadLine, read_piped_questions, read_questions
from qa.records import Turn


def read(tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_questions(file))


def lines(*rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


# Text files


def test_text_file(tmp_path):
    found = read(tmp_path, "q.txt", "who?\n\n  where?  \n   \nwhy?")
    assert found == [
        AskedQuestion(1, 1, "who?"),
        AskedQuestion(3, 3, "where?"),
        AskedQuestion(5, 5, "why?"),
    ]


def test_text_file_with_a_question_that_is_too_long(tmp_path):
    found = read(tmp_path, "q.txt", f"who?\n{'x' * 1001}\nwhy?\n")
    assert [row.line for row in found] == [1, 2, 3]
    assert isinstance(found[1], BadLine)
    assert "1,001 characters" in found[1].problem
    assert str(found[1]).startswith("line 2: ")
    assert (found[0].question, found[2].question) == ("who?", "why?")


def test_text_file_with_byte_order_mark_and_windows_line_ends(tmp_path):
    found = read(tmp_path, "q.txt", b"\xef\xbb\xbfwho?\r\n\r\nwo \xc3\xbcberall?\r\n")
    assert found == [AskedQuestion(1, 1, "who?"), AskedQuestion(3, 3, "wo überall?")]


def test_separators_that_only_unicode_knows_end_no_line(tmp_path):
    found = read(tmp_path, "q.txt", "who\u2028was\x0cit\x85then?\nwhy?")
    assert [row.question for row in found] == ["who\u2028was\x0cit\x85then?", "why?"]
    assert [row.line for row in found] == [1, 2]


def test_suffix_may_be_in_capitals(tmp_path):
    assert read(tmp_path, "Q.TXT", "who?") == [AskedQuestion(1, 1, "who?")]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_file_without_questions(tmp_path, content):
    assert read(tmp_path, "q.txt", content) == []
    assert read(tmp_path, "q.jsonl", content) == []


@settings(max_examples=80)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\ufeff"), max_size=9)
    )
)
def test_text_file_gives_each_line_that_is_not_blank(tmp_path_factory, rows):
    found = read(tmp_path_factory.mktemp("questions"), "q.txt", "\n".join(rows))
    expected = [(number, row.strip()) for number, row in enumerate(rows, 1) if row.strip()]
    assert [(row.line, row.question) for row in found] == expected


# JSON lines


def test_json_lines(tmp_path):
    found = read(
        tmp_path,
        "q.jsonl",
        lines(
            {"question": "who?"},
            {"question": " wer ist’s? ", "id": "q-7"},
            {"question": "why?", "id": 7, "other": True},
            {"question": "why?", "id": None},
            {"question": "and?", "history": [["who?", "Anna"], ["where?", None]]},
        )
        + "\n"
        + lines({"question": "last?", "history": None, "id": ""}),
    )
    assert found == [
        AskedQuestion(1, 1, "who?"),
        AskedQuestion("q-7", 2, "wer ist’s?"),
        AskedQuestion(7, 3, "why?"),
        AskedQuestion(4, 4, "why?"),
        AskedQuestion(5, 5, "and?", (Turn("who?", "Anna"), Turn("where?", None))),
        AskedQuestion("", 7, "last?"),
    ]
    assert [type(row.id) for row in found] == [int, str, int, int, int, str]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ('{"question": "who?"', "not JSON"),
        ("who?", "not JSON"),
        ('["who?"]', "not a JSON object"),
        ('"who?"', "not a JSON object"),
        ("5", "not a JSON object"),
        ("null", "not a JSON object"),
        ("{}", "no “question”"),
        ('{"text": "who?"}', "no “question”"),
        ('{"question": "  "}', "empty"),
        ('{"question": null}', "NoneType"),
        ('{"question": 5}', "int"),
        (json.dumps({"question": "x" * 1001}), "1,001 characters"),
        ('{"question": "who \\ud800?"}', "surrogate"),
        ('{"question": "who?", "id": 1.5}', "id"),
        ('{"question": "who?", "id": [1]}', "id"),
        ('{"question": "who?", "id": true}', "id"),
        ('{"question": "who?", "id": "\\ud800"}', "surrogate"),
        ('{"question": "who?", "history": "Anna"}', "history"),
        ('{"question": "who?", "history": {"a": 1}}', "history"),
        ('{"question": "who?", "history": [["a", 5]]}', "history"),
        ('{"question": "who?", "history": [["", "x"]]}', "empty"),
        ('{"question": "who?", "history": [["a?", "\\ud800"]]}', "surrogate"),
    ],
)
def test_bad_line_of_json(tmp_path, row, problem):
    good = '{"question": "why?"}'
    found = read(tmp_path, "q.jsonl", f"{good}\n\n{row}\n{good}\n")
    assert found[0] == AskedQuestion(1, 1, "why?")
    assert found[2] == AskedQuestion(4, 4, "why?"), "the lines after it are still read"
    assert isinstance(found[1], BadLine)
    assert found[1].line == 3
    assert problem in found[1].problem
    assert len(found) == 3


@pytest.mark.usefixtures("no_collection")
def test_line_nested_deeper_than_the_parser_goes(tmp_path):
    found = read(tmp_path, "q.jsonl", "[" * 100_000 + '\n{"question": "why?"}\n')
    assert isinstance(found[0], BadLine)
    assert "not JSON" in found[0].problem
    assert found[1:] == [AskedQuestion(2, 2, "why?")]


def test_json_lines_with_byte_order_mark_and_windows_line_ends(tmp_path):
    found = read(
        tmp_path, "q.jsonl", b'\xef\xbb\xbf{"question": "who?"}\r\n{"question": "why?"}\r\n'
    )
    assert found == [AskedQuestion(1, 1, "who?"), AskedQuestion(2, 2, "why?")]


# CSV


def test_csv(tmp_path):
    found = read(tmp_path, "q.csv", "id,question,note\nq1,who?,x\n,why?,y\n3,where?,\n")
    assert found == [
        AskedQuestion("q1", 2, "who?"),
        AskedQuestion(3, 3, "why?"),
        AskedQuestion("3", 4, "where?"),
    ]


def test_csv_of_questions_alone(tmp_path):
    assert read(tmp_path, "q.csv", "question\nwho?\n\nwhy?") == [
        AskedQuestion(2, 2, "who?"),
        AskedQuestion(4, 4, "why?"),
    ]


def test_csv_with_line_breaks_and_commas_in_quotation_marks(tmp_path):
    found = read(
        tmp_path,
        "q.csv",
        'question,id\n"Who, when\nand ""why""?",a\nwhere?,b\n',
    )
    assert [(row.id, row.question) for row in found] == [
        ("a", 'Who, when\nand "why"?'),
        ("b", "where?"),
    ]
    assert found[0].line in (2, 3)
    assert found[1].line == 4


def test_csv_with_byte_order_mark_and_windows_line_ends(tmp_path):
    found = read(tmp_path, "q.csv", b"\xef\xbb\xbfquestion,id\r\nwho?,a\r\n\r\nwhy?,b\r\n")
    assert found == [AskedQuestion("a", 2, "who?"), AskedQuestion("b", 4, "why?")]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_separators_that_only_unicode_knows_end_no_row(tmp_path, separator):
    found = read(tmp_path, "q.csv", f"question,id\nwho{separator}was it?,a\nwhy?,b\n")
    assert found == [
        AskedQuestion("a", 2, f"who{separator}was it?"),
        AskedQuestion("b", 3, "why?"),
    ]


@pytest.mark.parametrize("row", ["a,", "a", 'a,"  "'])
def test_csv_with_a_blank_question(tmp_path, row):
    found = read(tmp_path, "q.csv", f"id,question\n{row}\nb,why?\n")
    assert isinstance(found[0], BadLine)
    assert found[0].line == 2
    assert "empty" in found[0].problem
    assert found[1] == AskedQuestion("b", 3, "why?")


def test_csv_with_a_question_that_is_too_long(tmp_path):
    found = read(tmp_path, "q.csv", f"question\n{'x' * 1001}\n")
    assert isinstance(found[0], BadLine)
    assert "1,001 characters" in found[0].problem


def test_csv_whose_quotation_mark_swallows_the_file(tmp_path):
    found = read(tmp_path, "q.csv", 'question\nwho?\n"' + "never closed\n" * 20_000)
    assert found[0] == AskedQuestion(2, 2, "who?")
    assert isinstance(found[1], BadLine)
    assert "not CSV" in found[1].problem
    assert len(found) == 2


@pytest.mark.parametrize("content", ["", "who?\nwhy?\n", "Question\nwho?\n", "id;question\n"])
def test_csv_without_the_column(tmp_path, content):
    with pytest.raises(SourceError, match="no column “question”"):
        read(tmp_path, "q.csv", content)


# Files that are none


@pytest.mark.parametrize("name", ["q.txt", "q.jsonl", "q.csv"])
def test_file_that_is_not_utf_8(tmp_path, name):
    with pytest.raises(SourceError, match=r"not UTF-8 text \(byte 4\)"):
        read(tmp_path, name, b"who \xff?\n")


@pytest.mark.parametrize("name", ["q.txt", "q.jsonl", "q.csv"])
def test_file_that_is_missing(tmp_path, name):
    with pytest.raises(SourceError, match="cannot be read"):
        read_questions(tmp_path / name)


def test_folder_instead_of_a_file(tmp_path):
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(SourceError, match="cannot be read"):
        read_questions(tmp_path / "folder.txt")


@pytest.mark.parametrize("name", ["q.json", "q.md", "q", ".txt", "q.txt.gz"])
def test_kind_of_file_that_is_not_read(tmp_path, name):
    (tmp_path / name).write_text("who?")
    with pytest.raises(SourceError, match=r"must end in \.txt, \.jsonl, \.csv"):
        read_questions(tmp_path / name)


def test_an_array_that_is_piped_in_is_no_question():
    with pytest.raises(SourceError, match="JSON array"):
        list(read_piped_questions(b'[\n {"question": "who?"}]'))
    (asked,) = read_piped_questions(b"[sic] who?")
    assert asked.question == "[sic] who?"

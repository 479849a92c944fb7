"""``pullquote batch``, run as a process."""

import json
from pathlib import Path

import jsonschema
import pytest
from command_line import ANSWER, EASY, NEWS, close, run

from qa import answer_schema

# By which the fast forms of the models are made: whoever makes them is told so on stderr.
pytestmark = pytest.mark.usefixtures("shelf")


def test_batch_answers_in_order_and_names_bad_lines(tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    lines = [
        json.dumps({"id": "last", "question": EASY}),
        "not json",
        json.dumps({"id": 7, "question": "who is Trump's special envoy?"}),
        json.dumps({"question": "   "}),
        json.dumps({"question": "x" * 10_000}),
        json.dumps({"question": "who is he at it " * 62}),
        json.dumps(
            {
                "question": "how long was he jailed?",
                "history": [["who is Viktor Babariko?", "a veteran opposition figure"]],
            }
        ),
    ]
    questions.write_text("\n".join(lines), "utf-8")
    output = tmp_path / "answers.jsonl"
    code, out, err = run("batch", str(questions), NEWS, "--output", str(output))
    assert (code, out) == (1, "")
    assert [line.split(":")[1].split(",")[-1].strip() for line in err.splitlines()] == [
        "line 2",
        "line 4",
        "line 5",
        "line 6",
    ]
    answers = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == ["last", 7, 7]
    assert answers[0]["text"] == ANSWER
    article = Path(NEWS).read_bytes().decode()
    for answer in answers:
        jsonschema.validate(answer, answer_schema())
        if answer["text"] is not None:
            assert article[answer["start"] : answer["end"]] == answer["text"]


def test_a_batch_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    questions, output = tmp_path / "questions.txt", tmp_path / "answers.jsonl"
    questions.write_text(f"{EASY}\nwho is Trump's special envoy?\nwho is Aliaksandr?\n", "utf-8")
    batch = ("batch", str(questions), NEWS, "--output", str(output))
    assert run(*batch)[0] == 0
    whole = output.read_bytes()
    output.write_bytes(whole[: whole.index(b"\n") + 30])
    assert run(*batch, "--resume") == (0, "", "")
    resumed = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    expected = [json.loads(line) for line in whole.decode().splitlines()]
    for one, other in zip(resumed, expected, strict=True):
        assert close({**one, "timings": None}, {**other, "timings": None})
    code, _, err = run("batch", str(questions), NEWS, "--output", "-", "--resume")
    assert (code, "cannot be resumed" in err) == (1, True)


@pytest.mark.parametrize(
    ("source", "output", "resume"),
    [
        ("story.txt", "questions.jsonl", []),
        ("story.txt", "questions.jsonl", ["--resume"]),
        ("story.txt", "linked.txt", []),
        ("st*.txt", "story.txt", []),
        ("articles", "articles/story.txt", []),
        ("articles", "articles/of/answers.jsonl", []),
    ],
)
def test_a_batch_writes_over_nothing_that_it_reads(
    tmp_path: Path, source: str, output: str, resume: list[str]
) -> None:
    questions, story = tmp_path / "questions.jsonl", tmp_path / "story.txt"
    questions.write_text(json.dumps({"question": EASY, "text": None}) + "\n", "utf-8")
    story.write_text("Ada wrote it.", "utf-8")
    (tmp_path / "linked.txt").symlink_to(story)
    (tmp_path / "articles" / "of").mkdir(parents=True)
    held = tmp_path / "articles" / "story.txt"
    held.write_text("Ada wrote it.", "utf-8")
    before = {file: file.read_bytes() for file in (questions, story, held)}
    batch = ("batch", "questions.jsonl", source, "--output", output, *resume)
    code, out, err = run(*batch, cwd=tmp_path)
    assert (code, out) == (1, "")
    assert f"{output} is, or would become, an input. Name another file" in err
    assert {file: file.read_bytes() for file in before} == before
    assert not (tmp_path / "articles" / "of" / "answers.jsonl").exists()


def test_a_batch_without_a_file_that_cannot_be_read_ends_with_1(tmp_path: Path) -> None:
    questions, folder = tmp_path / "questions.txt", tmp_path / "articles"
    questions.write_text("Who wrote the song?\n", "utf-8")
    folder.mkdir()
    (folder / "story.txt").write_text("The song was written by Ada.", "utf-8")
    (folder / "story.pdf").write_bytes(b"no PDF")
    code, out, err = run("batch", str(questions), str(folder), "--output", "-")
    assert (code, json.loads(out)["text"]) == (1, "Ada")
    assert "story.pdf" in err


@pytest.mark.parametrize("piped", [EASY, json.dumps({"question": EASY})], ids=["text", "json"])
def test_the_questions_of_a_batch_may_be_piped_in(piped: str) -> None:
    batch = ("batch", "-", NEWS, "--output", "-")
    code, out, err = run(*batch, stdin=piped.encode())
    assert (code, err) == (0, "")
    assert json.loads(out)["text"] == ANSWER
    code, _, err = run("batch", "-", "-", "--output", "-", stdin=b"who?")
    assert (code, "one thing only" in err) == (1, True)


@pytest.mark.parametrize(
    ("output", "said"),
    [("", "is not a file"), (".", "is not a file"), ("none/answers.jsonl", "There is no folder")],
)
def test_a_batch_says_at_once_where_it_cannot_write(tmp_path: Path, output: str, said: str) -> None:
    (tmp_path / "questions.txt").write_text("Who wrote the song?\n", "utf-8")
    asked = ("batch", "questions.txt", "none.txt", "--output", output)
    code, _, err = run(*asked, cwd=tmp_path)
    assert (code, said in err, "none.txt" in err) == (1, True, False)


def test_a_batch_may_write_where_no_article_is_read(tmp_path: Path) -> None:
    questions, folder = tmp_path / "questions.txt", tmp_path / "articles"
    questions.write_text("Who wrote the song?\n", "utf-8")
    folder.mkdir()
    (folder / "story.txt").write_text("The song was written by Ada.", "utf-8")
    for output in ("answers.jsonl", "articles/.answers.jsonl", "articles/answers.log"):
        code, _, _ = run("batch", "questions.txt", "articles", "--output", output, cwd=tmp_path)
        assert code == 0
        assert json.loads((tmp_path / output).read_text("utf-8"))["text"] == "Ada"

"""``pullquote index``: what its actions do, print and end with."""

import json
import shutil
import sqlite3

import pytest
from conftest import SEEDS
from stub import StubEmbedder

import qa
from index.engine import PassageIndex
from index.reembed import reembed
from qa.cli import main
from qa.seeds import seed_articles

pytestmark = pytest.mark.usefixtures("embedder")  # made before anything is captured

NEWS = SEEDS / "belarus-pardons.txt"


@pytest.fixture
def pullquote(capsys):
    """Runs the command line: exit code, standard output and standard error."""

    def run(*arguments):
        capsys.readouterr()
        code = main(["index", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def articles(tmp_path):
    folder = tmp_path / "articles"
    folder.mkdir()
    shutil.copy(NEWS, folder)
    (folder / "song.txt").write_text("# A song\n\nIt was written by Ada Fenn.", "utf-8")
    return folder


@pytest.fixture
def shelf(tmp_path, articles, pullquote):
    code, out, err = pullquote("build", articles, "--output", tmp_path / "shelf")
    assert (code, err) == (0, "")
    assert "5 passages of 2 documents" in out
    return tmp_path / "shelf"


def ids(pullquote, shelf):
    code, out, err = pullquote("list", shelf, "--json")
    assert (code, err) == (0, "")
    return [row["id"] for row in json.loads(out)]


def test_build_brings_up_to_date(pullquote, shelf, articles, embedder):
    before = PassageIndex.open(shelf, embedder=embedder)
    assert pullquote("build", articles, "--output", shelf)[0] == 0
    assert not before.refresh()  # nothing was written
    (articles / "song.txt").unlink()
    (articles / "new.txt").write_text("The kettle holds 1.7 litres.", "utf-8")
    assert pullquote("build", articles, "--output", shelf)[0] == 0
    assert ids(pullquote, shelf) == ["belarus-pardons.txt", "new.txt"]
    assert pullquote("verify", shelf) == (0, f"{shelf}: sound\n", "")


def test_build_takes_the_place_of_what_cannot_be_continued(pullquote, shelf, articles):
    (shelf / "index.sqlite").write_bytes(b"no database")
    assert pullquote("build", articles, "--output", shelf)[0] == 0
    assert len(ids(pullquote, shelf)) == 2


def test_build_removes_nothing_while_some_file_cannot_be_read(pullquote, shelf, articles):
    song, bad = articles / "song.txt", articles / "bad.txt"
    bad.write_bytes(b"\xff\xfe\xfd")
    code, _, err = pullquote("build", articles, "--output", shelf)
    assert (code, err.count("\n"), "Skipped" in err) == (1, 1, True), "nothing was to be removed"
    whole = song.read_bytes()
    song.write_bytes(b"\xff\xfe\xfd")
    for embedder in (None, StubEmbedder()):
        if embedder is not None:  # it cannot be gone on from, and is made whole
            assert reembed(shelf, embedder=embedder) == 2
        code, out, err = pullquote("build", articles, "--output", shelf)
        assert (code, "of 2 documents" in out) == (1, True)
        assert "Nothing was removed" in err
        assert "may be theirs: song.txt. Fix the files" in err
        assert f"pullquote index remove {shelf} ID" in err
        assert sorted(ids(pullquote, shelf)) == ["belarus-pardons.txt", "song.txt"]
    song.write_bytes(whole)
    bad.unlink()
    (articles / NEWS.name).unlink()
    assert pullquote("build", articles, "--output", shelf)[::2] == (0, "")
    assert ids(pullquote, shelf) == ["song.txt"]


def test_what_can_be_read_is_put_in_and_the_exit_code_tells_of_the_rest(
    pullquote, tmp_path, articles
):
    (articles / "bad.txt").write_bytes(b"\xff\xfe\xfd")
    shelf, more = tmp_path / "shelf", tmp_path / "more"
    code, out, err = pullquote("build", articles, "--output", shelf)
    assert (code, "of 2 documents" in out, err.count("bad.txt")) == (1, True, 1)
    more.mkdir()
    shutil.copy(articles / "bad.txt", more)
    (more / "kettle.txt").write_text("The kettle holds 1.7 litres.", "utf-8")
    code, out, err = pullquote("add", shelf, more)
    assert (code, "1 added" in out, err.count("bad.txt")) == (1, True, 1)
    assert ids(pullquote, shelf) == ["belarus-pardons.txt", "song.txt", "kettle.txt"]


def test_with_another_embedder_articles_stay_in_their_collections(pullquote, shelf, articles):
    assert pullquote("add", shelf, NEWS, "--collection", "news")[0] == 0
    assert reembed(shelf, embedder=StubEmbedder()) == 2  # it cannot be gone on from
    assert pullquote("build", articles, "--output", shelf)[0] == 0
    assert pullquote("collections", shelf)[1] == "(none)  1 articles\nnews  1 articles\n"
    assert reembed(shelf, embedder=StubEmbedder()) == 2
    assert pullquote("build", articles, "--output", shelf, "--collection", "all")[0] == 0
    assert pullquote("collections", shelf)[1] == "all  2 articles\n"


def test_add_and_remove(pullquote, shelf, tmp_path):
    more = tmp_path / "kettle.txt"
    more.write_text("The kettle holds 1.7 litres.", "utf-8")
    assert pullquote("add", shelf, more, NEWS) == (
        0,
        f"{shelf}: 1 added, 1 replaced, 0 unchanged\n",  # it was read from elsewhere
        "",
    )
    assert pullquote("add", shelf, more)[1] == f"{shelf}: 0 added, 0 replaced, 1 unchanged\n"
    more.write_text("The kettle holds 2 litres.", "utf-8")
    assert pullquote("add", shelf, more)[1] == f"{shelf}: 0 added, 1 replaced, 0 unchanged\n"
    assert pullquote("remove", shelf, "song.txt")[:2] == (0, f"{shelf}: 1 removed\n")
    assert ids(pullquote, shelf) == ["belarus-pardons.txt", "kettle.txt"]
    code, out, err = pullquote("remove", shelf, "kettle.txt", "nonesuch.txt")
    assert (code, out) == (1, "")
    assert "There is no article nonesuch.txt" in err
    assert len(ids(pullquote, shelf)) == 2
    assert pullquote("verify", shelf)[0] == 0


def test_list(pullquote, shelf, articles):
    _, out, _ = pullquote("list", shelf, "--json")
    row = json.loads(out)[1]
    text = (articles / "song.txt").read_text("utf-8")
    assert row == {
        "id": "song.txt",
        "title": "A song",
        "characters": len(text),
        "passages": 1,
    } | {name: row[name] for name in row.keys() - {"id", "title", "characters", "passages"}}
    assert row["source"] == str(articles / "song.txt")
    assert "text" not in row
    code, out, _ = pullquote("list", shelf)
    assert code == 0
    assert out.splitlines()[1].startswith("song.txt  A song (")


def test_info(pullquote, shelf, embedder):
    code, out, _ = pullquote("info", shelf, "--json")
    told = json.loads(out)
    assert code == 0
    assert (told["documents"], told["passages"], told["kind"]) == (2, 5, "Flat")
    assert told["embedder"] == embedder.identity
    code, out, _ = pullquote("info", shelf)
    assert (code, f"embedder  {embedder.identity}" in out) == (0, True)


def test_damage_is_named_and_mended(pullquote, shelf):
    with sqlite3.connect(shelf / "index.sqlite") as database:
        database.execute("UPDATE vectors SET vector = zeroblob(1536) WHERE number = 1")
    database.close()
    code, out, err = pullquote("verify", shelf)
    assert (code, out) == (1, "")
    assert "pullquote: vectors: What belarus-pardons.txt has for vectors is not what" in err
    code, out, err = pullquote("verify", shelf, "--json")
    assert (code, err) == (1, "")
    assert [fault["part"] for fault in json.loads(out)] == ["vectors"]
    code, out, err = pullquote("repair", shelf)
    assert (code, out) == (0, f"{shelf}: 2 documents, 1 of them embedded anew\n")
    assert "vectors" in err
    assert pullquote("verify", shelf)[0] == 0
    assert pullquote("repair", shelf)[1] == f"{shelf}: nothing to repair\n"


def test_what_is_lost_is_named(pullquote, shelf):
    with sqlite3.connect(shelf / "index.sqlite") as database:
        database.execute(
            "UPDATE texts SET text = 'Other words.' WHERE number ="
            " (SELECT number FROM documents WHERE id = 'song.txt')"
        )
    database.close()
    code, out, _ = pullquote("repair", shelf)
    assert code == 1
    assert "1 lost: song.txt" in out
    assert ids(pullquote, shelf) == ["belarus-pardons.txt"]


@pytest.fixture
def spoilt(shelf):
    """Changes a table of the index behind its back."""

    def run(statement):
        with sqlite3.connect(shelf / "index.sqlite") as database:
            database.execute(statement)
        database.close()

    return run


@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["lines", "json"])
def test_a_damaged_article_is_not_listed(pullquote, shelf, spoilt, as_json):
    spoilt("UPDATE texts SET text = 'Other words.' WHERE text LIKE '%Ada Fenn%'")
    code, out, err = pullquote("list", shelf, *as_json)
    assert (code, "index.sqlite is damaged (the document song.txt)" in err) == (1, True)
    assert "Ada Fenn" not in out


@pytest.mark.parametrize(
    "statement", ["UPDATE words SET digest = x'00'", "UPDATE facts SET json = '{}'"]
)
def test_what_cannot_be_opened_is_built_anew(pullquote, shelf, spoilt, articles, statement):
    spoilt(statement)
    code, out, err = pullquote("build", articles, "--output", shelf)
    assert (code, "5 passages of 2 documents" in out, err) == (0, True, "")
    assert pullquote("verify", shelf)[0] == 0


def test_built_anew_it_keeps_what_can_be_read_of_files_that_cannot(
    pullquote, shelf, spoilt, articles
):
    (articles / "poem.txt").write_text("# A poem\n\nIt was written by Bea Roe.", "utf-8")
    assert pullquote("build", articles, "--output", shelf)[0] == 0
    spoilt("UPDATE texts SET text = 'Other words.' WHERE text LIKE '%Ada Fenn%'")
    spoilt("UPDATE words SET digest = x'00'")
    for name in ("poem.txt", "song.txt"):
        (articles / name).write_bytes(b"\x89PNG\r\n\x1a\n")
    code, out, err = pullquote("build", articles, "--output", shelf)
    assert (code, "2 documents" in out, "may be theirs: poem.txt." in err) == (1, True, True)
    assert ids(pullquote, shelf) == ["belarus-pardons.txt", "poem.txt"]


def test_compact(pullquote, shelf):
    longest = seed_articles()[-1]  # of more than a page of the file
    assert pullquote("add", shelf, longest)[0] == 0
    assert pullquote("remove", shelf, longest.name)[0] == 0
    size = (shelf / "index.sqlite").stat().st_size
    code, out, _ = pullquote("compact", shelf)
    given_back = size - (shelf / "index.sqlite").stat().st_size
    assert (code, out) == (0, f"{shelf}: {given_back:,} bytes given back\n")
    assert given_back > 0
    assert pullquote("verify", shelf)[0] == 0


@pytest.mark.parametrize("action", ["list", "info", "verify", "repair", "compact", "add", "remove"])
def test_where_there_is_no_index(pullquote, tmp_path, action):
    more = {"add": [NEWS], "remove": ["a"]}.get(action, [])
    code, out, err = pullquote(action, tmp_path, *more)
    assert (code, out) == (1, "")
    assert err.startswith(f"pullquote: There is no index in {tmp_path}.")
    assert list(tmp_path.iterdir()) == []


def test_collections(pullquote, shelf, articles, capsys):
    def counts():
        code, out, err = pullquote("collections", shelf, "--json")
        assert (code, err) == (0, "")
        return {row["collection"]: row["documents"] for row in json.loads(out)}

    assert counts() == {"": 2}
    assert pullquote("add", shelf, NEWS, "--collection", "news")[0] == 0
    assert counts() == {"": 1, "news": 1}
    # What was put into one stays there, whether it changed or not.
    (articles / "song.txt").write_text("# A song\n\nIt was written by Ben.", "utf-8")
    assert pullquote("build", articles, "--output", shelf)[0] == 0
    assert counts() == {"": 1, "news": 1}
    assert pullquote("rename", shelf, "news", "world") == (0, f"{shelf}: 1 articles in world\n", "")
    assert pullquote("collections", shelf)[1] == "(none)  1 articles\nworld  1 articles\n"
    assert " in world\n" in pullquote("list", shelf)[1]
    code, _, err = pullquote("rename", shelf, "news", "other")
    assert code == 1
    assert "There is no collection 'news'" in err
    # Asked for on the command line.
    for where, only in (
        (["--collection", "world"], "belarus-pardons.txt"),
        (["--document", "song.txt"], "song.txt"),
    ):
        assert main(["search", "prisoners", str(shelf), "--json", *where]) == 0
        hits = json.loads(capsys.readouterr().out)
        assert {hit["document_id"] for hit in hits} == {only}
    for where in (["--since", "2024"], ["--language", "fr"]):
        assert main(["search", "prisoners", str(shelf), "--json", *where]) == 0
        assert json.loads(capsys.readouterr().out) == []
        assert main(["ask", "who was released?", str(shelf), "--json", *where]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert "The filter leaves no article to ask: " in err
    assert main(["search", "prisoners", str(shelf), "--collection", "none"]) == 1
    assert "Choose one of the index: world." in capsys.readouterr().err
    assert pullquote("add", shelf, NEWS, "--collection", "")[0] == 0
    assert counts() == {"": 2}


def test_export_and_import(pullquote, shelf, tmp_path, embedder):
    assert pullquote("add", shelf, NEWS, "--collection", "news")[0] == 0
    file = tmp_path / "shelf.jsonl.gz"
    assert pullquote("export", shelf, file, "--vectors") == (0, f"{file}: 2 articles\n", "")
    copy = tmp_path / "copy"
    expected = f"{copy}: 2 added, 0 replaced, 0 unchanged\n"
    assert pullquote("import", copy, file) == (0, expected, "")
    assert "2 unchanged" in pullquote("import", shelf, file)[1]
    ours, theirs = (PassageIndex.open(one, embedder=embedder) for one in (shelf, copy))
    assert ours.documents == theirs.documents
    queries = ["who was released?", "the song"]
    where = qa.Filter(collections=["news"])
    assert ours.search(queries) == theirs.search(queries)
    assert ours.search(queries, where=where) == theirs.search(queries, where=where)
    file.write_bytes(file.read_bytes()[:-20])
    code, _, err = pullquote("import", copy, file)
    assert code == 1
    assert f"{file} is damaged" in err


def test_reembed(pullquote, shelf, embedder):
    before = PassageIndex.open(shelf, embedder=embedder)
    assert pullquote("reembed", shelf) == (0, f"{shelf}: 0 articles embedded anew\n", "")
    assert reembed(shelf, embedder=StubEmbedder()) == 2
    code, out, err = pullquote("reembed", shelf)
    assert (code, out, err) == (0, f"{shelf}: 2 articles embedded anew\n", "")
    after = PassageIndex.open(shelf, embedder=embedder)
    assert after.passages == before.passages
    (ours,), (theirs,) = before.search(["who was released?"]), after.search(["who was released?"])
    assert [hit.passage for hit in ours] == [hit.passage for hit in theirs]
    assert [hit.score for hit in ours] == pytest.approx([hit.score for hit in theirs], abs=1e-3)


def test_limits(pullquote, shelf, tmp_path):
    (tmp_path / "long.txt").write_text("It is long. " * 10, "utf-8")
    code, _, err = pullquote("add", shelf, tmp_path / "long.txt", "--limit", "text_chars=50")
    assert (code, "long.txt" in err, "may have 50" in err) == (1, True, True)
    code, _, err = pullquote("add", shelf, tmp_path / "long.txt", "--limit", "pages=50")
    assert (code, "There is no limit 'pages'" in err, "pdf_pages" in err) == (1, True, True)
    assert pullquote("add", shelf, tmp_path / "long.txt", "--limit", "text_chars=1_000")[0] == 0
    for wrong in ("text_chars", "text_chars=much", "text_chars=inf"):
        with pytest.raises(SystemExit, match="2"):
            main(["index", "add", str(shelf), "x.txt", "--limit", wrong])


def test_a_pattern_of_files(pullquote, shelf, articles):
    code, out, _ = pullquote("add", shelf, articles / "s*.txt")
    assert (code, "1 unchanged" in out) == (0, True)


def test_a_row_names_the_collection_of_its_article(pullquote, tmp_path):
    rows, shelf = tmp_path / "rows.jsonl", tmp_path / "shelf"

    def collections(action, *options, **named):
        lines = [
            {"id": name, "text": f"The {name} lamp shines.", "collection": collection}
            for name, collection in named.items()
        ]
        rows.write_text("\n".join(map(json.dumps, lines)), "utf-8")
        target = (rows, "--output", shelf) if action == "build" else (shelf, rows)
        assert pullquote(action, *target, *options)[0] == 0
        listed = json.loads(pullquote("list", shelf, "--json")[1])
        return {row["id"]: row["collection"] for row in listed}

    assert collections("build", red="news", blue="") == {"red": "news", "blue": ""}
    assert collections("add", red="", blue="old") == {"red": "news", "blue": "old"}
    assert collections("add", "--collection", "mine", red="news") == {"red": "mine", "blue": "old"}
    assert collections("add", "--collection", "", red="news") == {"red": "", "blue": "old"}
    (shelf / "index.sqlite").write_bytes(b"")  # so that it is built as a whole
    assert collections("build", red="news", blue="") == {"red": "news", "blue": ""}

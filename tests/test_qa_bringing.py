"""Files and texts that a visitor of the chat brings, whatever the browser let through."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from made_files import docx_of, pdf_of_lines, zip_of

from index.errors import InputError, PullquoteError, SourceError
from qa.bounds import MAX_ARTICLE_CHARS, MAX_TITLE_CHARS
from qa.bringing import pasted, told_without_path, uploaded

PAGES = [["The sea was rough."], ["The bridge was painted by Ada Fenn in 1911."]]


@pytest.fixture
def uploads(tmp_path):
    """Upload a file; give what is in it."""
    folder = tmp_path / "uploads"
    folder.mkdir()

    def bring(name, data):
        (folder / name).write_bytes(data)
        return uploaded(str(folder / name), within=str(folder))

    return bring


@pytest.fixture
def upload(uploads):
    """Upload a file that is read whole; give its documents."""

    def bring(name, data):
        found = uploads(name, data)
        assert found.told == ""
        return found.documents

    return bring


def test_a_pdf(upload):
    (document,) = upload("report.pdf", pdf_of_lines(PAGES))
    assert (document.title, document.source, document.page_starts) == ("Report", None, (0, 20))


def test_a_word_file(upload):
    (document,) = upload("report.docx", docx_of("It cost forty.", title="Costs"))
    assert document.title == "Costs"


@pytest.mark.parametrize(
    ("name", "head", "title", "cut"),
    [
        ("a.md", "# {}\n\n", "Lamps burn " * 60, "Lamps burn " * 26 + "Lamps burn…"),
        ("a.html", "<title>{}</title>", "Lamps burn " + "x" * 300, "Lamps burn…"),
        ("a.txt", "# {}\n\n", "x" * 400, "x" * 299 + "…"),
        ("a.md", "# {}\n\n", "x" * 300, "x" * 300),
    ],
)
def test_a_title_of_a_file_s_own_is_cut_at_a_word(upload, name, head, title, cut):
    (document,) = upload(name, f"{head.format(title)}They do.".encode())
    assert document.title == cut
    assert len(cut) <= MAX_TITLE_CHARS


def test_an_archive_without_a_text_twice(upload):
    documents = upload(
        "pack.zip",
        zip_of(
            {"a.txt": "Lamps burn.", "b.md": "# Boats\n\nBo Ek built it.", "c.txt": "Lamps burn."}
        ),
    )
    assert [document.title for document in documents] == ["A", "Boats"]
    assert len({document.id for document in documents}) == 2


def test_what_could_not_be_read_of_a_file_is_told(uploads, tmp_path):
    parts = {"a.txt": "Lamps burn.", "b.pdf": "Words.", "in/rows.csv": 'id,text\n1,"He ran."\n2,\n'}
    pack = uploads("pack.zip", zip_of(parts))
    assert [document.text for document in pack.documents] == ["Lamps burn.", "He ran."]
    assert pack.told.startswith("is read, but not all of it. pack.zip/b.pdf is not a PDF")
    assert "pack.zip/in/rows.csv" in pack.told
    assert str(tmp_path) not in pack.told
    rows = uploads("rows.jsonl", b'{"text": "He ran."}\n' + b"[]\n" * 2_000)
    assert len(rows.documents) == 1
    assert [f"Line {n} of rows.jsonl" in rows.told for n in range(2, 6)] == [True] * 3 + [False]
    assert rows.told.endswith(" And 1,997 more.")


def test_what_is_skipped_is_told_to_its_own_visitor_alone(tmp_path):
    """Warnings would be the whole process's."""
    names = [f"{n}.zip" for n in range(8)]
    for name in names:
        parts = {"a.txt": f"Words of {name}."} | {f"{n}.pdf": "Words." for n in range(20)}
        (tmp_path / name).write_bytes(zip_of(parts))
    with ThreadPoolExecutor(4) as threads:
        found = list(
            threads.map(lambda name: uploaded(str(tmp_path / name), within=str(tmp_path)), names)
        )
    for name, one in zip(names, found, strict=True):
        assert len(one.skipped) == 20
        assert all(told.startswith(f"{name}/") for told in one.skipped)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.exe", b"MZ", "a.exe is not a file type the chat reads"),
        ("a.pdf", b"Words.", "a.pdf is not a PDF"),
        ("a.docx", zip_of({"a.txt": "Words."}), "a.docx is not a Word file"),
        ("a.zip", zip_of({"../a.txt": "Words."}), "whose path leads outside"),
        ("a.txt", b"\xff\xfe\xfd", "a.txt is not UTF-8 text"),
        ("a.txt", b"x" * (MAX_ARTICLE_CHARS + 1), "the chat reads at most 1,000,000"),
        (
            "a.zip",
            zip_of({f"{n}.txt": f"{n} words. " * 40_000 for n in range(3)}, packed=False),
            "holds 3 articles with more than 1,000,000 characters together",
        ),
    ],
)
def test_what_is_refused(upload, tmp_path, name, data, said):
    with pytest.raises(PullquoteError) as refused:
        upload(name, data)
    told = told_without_path(refused.value, str(tmp_path / "uploads" / name))
    assert said in told
    assert str(tmp_path) not in told  # where the server put it is nobody's business


def test_only_what_was_uploaded_is_read(tmp_path):
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    secret = tmp_path / "secret.txt"
    secret.write_text("The password is potash.")
    (uploads / "link.txt").symlink_to(secret)
    beside = tmp_path / "uploads-of-others"
    beside.mkdir()
    (beside / "a.txt").write_text("Words.")
    for path in (
        str(secret),
        str(uploads / ".." / "secret.txt"),
        str(uploads / "link.txt"),
        str(beside / "a.txt"),
        str(uploads),
        *("", "secret.txt", "a\0.txt", "/etc/passwd", "~/secret.txt", "x" * 100_000),
    ):
        with pytest.raises(SourceError, match="was not uploaded"):
            uploaded(path, within=str(uploads))


def test_a_paste():
    (document,) = pasted("Lamps burn.", title=" Lamps ")
    assert (document.title, document.text) == ("Lamps", "Lamps burn.")
    assert pasted("Lamps burn.", title="")[0].title == "Lamps burn."
    with pytest.raises(InputError, match="no text to read"):
        pasted(" \n", title="Lamps")
    with pytest.raises(InputError, match="fetches no pages"):
        pasted(" https://example.org/story\n", title="")
    assert pasted("https://example.org/story burns.", title="")
    with pytest.raises(InputError, match=r"at most 300 fit\. Give a shorter one"):
        pasted("Lamps burn.", title="x" * 301)
    with pytest.raises(InputError, match="at most 1,000,000"):
        pasted("x" * (MAX_ARTICLE_CHARS + 1), title="")

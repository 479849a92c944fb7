"""Files that are broken, or made to do harm: each is refused by name, soon, by our own error."""

import io
import json
import random
import time
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_files import (
    docx_of,
    epub_of,
    pdf_of_content,
    pdf_of_lines,
    pdf_of_paragraphs,
    with_member,
    zip_of,
)
from strategies import few

from index.articles import SkippedFileWarning
from index.errors import PullquoteError
from index.limits import ReadLimits
from index.read import read_sources

MOST_SECONDS = 60.0  # far more than any of them takes alone
LIMITS = ReadLimits(seconds=3.0)
SEED = 20_240

WORDS = "The lamp of the lighthouse was lit in 1911 and burned for forty years. "
PDF = pdf_of_paragraphs([[WORDS * 5], [WORDS * 5]])
DOCX = docx_of("# The lamp", WORDS * 20)
EPUB = epub_of(f"<h1>The lamp</h1><p>{WORDS * 20}</p>")
ZIP = zip_of({"a.txt": WORDS * 20, "b.md": WORDS * 20})
WHOLE = {"pdf": PDF, "docx": DOCX, "epub": EPUB, "zip": ZIP}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
NOISE = random.Random(SEED).randbytes(5_000)

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">'
    + b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]><x>&l9;</x>"
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
DEEP = b"<a>" * 200_000
QUADRATIC = b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 50_000 + b'">]><x>' + b"&a;" * 50_000 + b"</x>"


def encrypted_zip() -> bytes:
    data = bytearray(zip_of({"a.txt": WORDS}))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    return bytes(data)


def nested_zip(depth: int) -> bytes:
    data = zip_of({"a.txt": WORDS})
    for _ in range(depth):
        data = zip_of({"in.zip": data})
    return data


def wide_zip() -> bytes:
    """Archives in an archive that all claim to be large."""
    bomb = zip_of({f"{number}.txt": b"\0" * 900_000 for number in range(30)})
    return zip_of({f"{number}.zip": bomb for number in range(30)})


def overlapping_zip() -> bytes:
    """A directory that names the same packed bytes many times over."""
    data = zip_of({"a.txt": b"0" * 900_000})
    start = data.index(b"PK\1\2")
    entry = data[start : data.index(b"PK\5\6")]
    count = 2_000
    end = b"PK\5\6" + b"\0" * 4 + count.to_bytes(2, "little") * 2
    end += (len(entry) * count).to_bytes(4, "little") + start.to_bytes(4, "little") + b"\0\0"
    return data[:start] + entry * count + end


def flipped(data: bytes) -> bytes:
    """The packed bytes of a ZIP file's first member damaged."""
    at = data.index(b"PK\1\2") // 2
    return data[:at] + bytes(byte ^ 0x55 for byte in data[at : at + 20]) + data[at + 20 :]


def odd_method() -> bytes:
    """A member packed in a way that nobody knows."""
    data = bytearray(zip_of({"a.txt": WORDS}))
    data[8] = 99
    data[data.index(b"PK\1\2") + 10] = 99
    return bytes(data)


def many_members() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"{number}.txt", b"")
    return stream.getvalue()


HOSTILE: dict[str, bytes] = {
    **{
        f"cut-{share}.{kind}": data[: len(data) * share // 100]
        for kind, data in WHOLE.items()
        for share in (1, 10, 30, 50, 70, 90, 97)
    },
    **{f"cut-at-{size}.{kind}": data[:size] for kind, data in WHOLE.items() for size in (4, 100)},
    **{f"empty.{kind}": b"" for kind in ("txt", "md", "html", "csv", "jsonl", *WHOLE)},
    **{f"white.{kind}": b" \r\n\t\n" for kind in ("txt", "md", "html", "csv", "jsonl", *WHOLE)},
    **{f"noise.{kind}": NOISE for kind in ("txt", "html", "csv", "jsonl", *WHOLE)},
    **{f"nul.{kind}": b"\0" * 2_000 for kind in ("txt", "html", "csv", "jsonl", *WHOLE)},
    **{f"text.{kind}": WORDS.encode() for kind in WHOLE},
    **{f"really-pdf.{kind}": PDF for kind in ("txt", "md", "html", "csv", "docx", "epub", "zip")},
    **{f"really-zip.{kind}": ZIP for kind in ("txt", "html", "jsonl", "pdf", "docx", "epub")},
    **{f"old-office.{kind}": OLE for kind in ("docx", "txt", "pdf")},
    "really-docx.epub": DOCX,
    "really-epub.docx": EPUB,
    "really-docx.pdf": DOCX,
    "really-png.html": b"\x89PNG\r\n\x1a\n" + NOISE,
    "really-gzip.csv": b"\x1f\x8b" + NOISE,
    "really-rtf.txt": b"{\\rtf1 Words.}",
    "password.docx": OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100,
    "password.zip": encrypted_zip(),
    "password.pdf": pdf_of_lines([[WORDS]], password="hush"),
    "scan.pdf": pdf_of_lines([[], []]),
    "junk.pdf": b"%PDF-1.7\n" + NOISE + b"\n%%EOF",
    "no-pages.pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
    "loop.pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]/Count 9>>endobj\n"
    b"trailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF",
    "show-bomb.pdf": pdf_of_content(b"BT /F1 9 Tf " + b"(bomb) Tj " * 2_000_000 + b"ET"),
    "blank-bomb.pdf": pdf_of_content(b" " * 50_000_000),
    "laughs.docx": with_member(DOCX, "word/document.xml", LAUGHS),
    "laughs-in-styles.docx": with_member(DOCX, "word/styles.xml", LAUGHS),
    "quadratic.docx": with_member(DOCX, "word/document.xml", QUADRATIC),
    "outside.docx": with_member(DOCX, "word/document.xml", OUTSIDE),
    "deep.docx": with_member(DOCX, "word/document.xml", DEEP),
    "deep-closed.docx": with_member(DOCX, "word/document.xml", DEEP + b"</a>" * 200_000),
    "no-xml.docx": with_member(DOCX, "word/document.xml", b"Words."),
    "no-types.docx": with_member(DOCX, "[Content_Types].xml", b"<a"),
    "no-content.docx": with_member(DOCX, "word/document.xml", None),
    "bomb.docx": with_member(DOCX, "word/media/picture.png", b"\0" * 30_000_000),
    "traversal.docx": with_member(DOCX, "../../a.xml", b"<a/>"),
    "laughs.epub": with_member(EPUB, "OEBPS/book.opf", LAUGHS),
    "laughs-in-a-chapter.epub": with_member(EPUB, "OEBPS/text/c 0.xhtml", LAUGHS),
    "outside.epub": with_member(EPUB, "META-INF/container.xml", OUTSIDE),
    "deep.epub": with_member(EPUB, "OEBPS/book.opf", DEEP),
    "deep-chapter.epub": with_member(EPUB, "OEBPS/text/c 0.xhtml", DEEP),
    "no-container.epub": with_member(EPUB, "META-INF/container.xml", None),
    "no-chapter.epub": with_member(EPUB, "OEBPS/text/c 0.xhtml", None),
    "bomb.epub": with_member(EPUB, "OEBPS/text/c 0.xhtml", b" " * 30_000_000),
    "traversal.zip": zip_of({"../../etc/a.txt": WORDS}),
    "absolute.zip": zip_of({"/etc/a.txt": WORDS}),
    "drive.zip": zip_of({"C:\\a.txt": WORDS}),
    "bomb.zip": zip_of({"a.txt": b"0" * 100_000_000}),
    "wide.zip": wide_zip(),
    "overlapping.zip": overlapping_zip(),
    "nested.zip": nested_zip(30),
    "damaged.zip": flipped(zip_of({"a.txt": NOISE})),
    "method.zip": odd_method(),
    "many.zip": many_members(),
    "nothing.zip": zip_of({}),
    "others.zip": zip_of({"a.png": NOISE, "b.exe": b"MZ"}),
    "latin-1.txt": "Le café est fermé.".encode("latin-1"),
    "cut-letter.txt": ("Größe " * 100).encode()[:-3],
    "surrogates.txt": b"Words and halves: \xed\xa0\x80\xed\xb0\x80.",
    "cut-utf-16.txt": "Words.".encode("utf-16")[:-1],
    "half-pair-utf-16.txt": b"\xff\xfea\0\x00\xd8b\0",
    "cut-utf-32.md": "Words.".encode("utf-32")[:-1],
    "deep.jsonl": b"[" * 500_000,
    "deep-object.jsonl": b'{"text":' * 100_000,
    "half-pair.jsonl": b'{"text": "a \\ud800"}',
    "nul-text.jsonl": b'{"text": "a \\u0000"}',
    "cut.jsonl": json.dumps({"text": WORDS * 9}).encode()[:-20],
    "number.jsonl": b"1" * 100_000,
    "list.jsonl": b'["text"]',
    "no-column.csv": b"title,body\nA,Words.\n",
    "open-quote.csv": b'text\n"' + b"Words,\n" * 1_000,
    "deep.html": b"<div>" * 300_000 + WORDS.encode() + b"</div>" * 300_000,
    "script-only.html": b"<script>" + b"x" * 100_000,
    "comment-only.html": b"<!--" + b"x" * 100_000,
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    for name, data in HOSTILE.items():
        (folder / name).write_bytes(data)
    return folder


def test_there_are_many():
    assert len(HOSTILE) > 120


@pytest.mark.parametrize("kind", [*WHOLE])
def test_the_whole_ones_are_read(tmp_path, kind):
    """Else what is made of them would prove nothing."""
    file = tmp_path / f"whole.{kind}"
    file.write_bytes(WHOLE[kind])
    documents = read_sources(file)
    assert all(WORDS.strip() in document.text for document in documents)


@pytest.mark.parametrize("name", HOSTILE)
def test_named_it_is_refused_by_name(corpus, name):
    began = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SkippedFileWarning)
        with pytest.raises(PullquoteError) as raised:
            read_sources(corpus / name, limits=LIMITS)
    assert time.monotonic() - began < MOST_SECONDS
    assert name in str(raised.value)
    assert raised.value.problem.endswith(".")
    assert raised.value.remedy.endswith(".")


def test_in_a_folder_each_is_named_and_the_rest_goes_on(corpus):
    (corpus / "zz-good.txt").write_text(WORDS, "utf-8")
    with pytest.warns(SkippedFileWarning) as caught:
        (document,) = read_sources(corpus, limits=LIMITS)
    assert document.id == "zz-good.txt"
    said = "\n".join(str(warning.message) for warning in caught)
    assert [name for name in HOSTILE if f"{corpus / name}" not in said] == []


def test_in_an_archive_too(tmp_path):
    members = {
        name: data
        for name, data in HOSTILE.items()
        if len(data) < 50_000 and not name.endswith(".pdf")  # each takes a process to refuse
    }
    file = tmp_path / "all.zip"
    file.write_bytes(zip_of(members | {"zz-good.txt": WORDS.encode()}, packed=False))
    with pytest.warns(SkippedFileWarning) as caught:  # the time is for all of them together
        (document,) = read_sources(file)
    assert document.id == "all.zip/zz-good.txt"
    said = "\n".join(str(warning.message) for warning in caught)
    assert [name for name in members if f"{file}/{name}" not in said] == []


@pytest.mark.parametrize("kind", ["docx", "epub", "zip"])
@few
@given(cut=st.floats(0, 1, exclude_max=True))
def test_cut_anywhere(tmp_path, kind, cut):
    data = WHOLE[kind]
    file = tmp_path / f"cut.{kind}"
    file.write_bytes(data[: int(cut * len(data))])
    with pytest.raises(PullquoteError, match=rf"cut\.{kind}"):
        read_sources(file)


@pytest.mark.parametrize("kind", ["docx", "epub", "zip", "html"])
@few
@given(noise=st.randoms(use_true_random=False))
def test_damaged_anywhere_it_is_read_or_refused(tmp_path, kind, noise):
    """Some damage does no harm; none may give another error than ours."""
    data = bytearray(WHOLE.get(kind) or f"<h1>The lamp</h1><p>{WORDS * 20}</p>".encode())
    for _ in range(noise.randint(1, 20)):
        data[noise.randrange(len(data))] = noise.randrange(256)
    file = tmp_path / f"damaged.{kind}"
    file.write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SkippedFileWarning)
        problem = ""
        documents = []
        try:
            documents = read_sources(file)
        except PullquoteError as error:
            problem = str(error)
    assert documents or f"damaged.{kind}" in problem

"""Archives are read in memory, in archives too, and refused when they are bombs."""

import io
import stat
import tracemalloc
import zipfile

import pytest
from made_files import docx_of, epub_of, packed_anew, pdf_of_content, pdf_of_lines, zip_of

from index.articles import SkippedFileWarning
from index.errors import SourceError
from index.limits import ReadLimits
from index.read import read_sources

INNER = {"deep.txt": "Deep words.", "more/report.pdf": pdf_of_lines([["One."], ["Two."]])}
MEMBERS = {
    "b.md": "# Beta\n\nWords.",
    "a.txt": "Alpha.",
    "sub/c.DOCX": docx_of("Gamma."),
    "inner.zip": zip_of(INNER),
    "picture.png": b"\x89PNG\r\n",
    ".hidden.txt": "Not to be read.",
    "__MACOSX/a.txt": "Not to be read.",
    "sub/": b"",
}


@pytest.fixture
def packed(tmp_path):
    """Write an archive and give its path."""

    def write(members, name="pack.zip"):
        file = tmp_path / name
        file.write_bytes(members if isinstance(members, bytes) else zip_of(members))
        return file

    return write


def test_an_archive(packed):
    file = packed(MEMBERS)
    documents = read_sources(file)
    assert [document.id for document in documents] == [
        "pack.zip/a.txt",
        "pack.zip/b.md",
        "pack.zip/inner.zip/deep.txt",
        "pack.zip/inner.zip/more/report.pdf",
        "pack.zip/sub/c.DOCX",
    ]
    assert [document.title for document in documents] == ["A", "Beta", "Deep", "Report", "C"]
    assert documents[3].page_starts == (0, 6)
    assert documents[0].source == f"{file}/a.txt"
    assert list(file.parent.iterdir()) == [file]  # nothing was unpacked to disk


def test_an_archive_in_a_folder(packed):
    file = packed({"a.txt": "Alpha."}, name="x.ZIP")
    (document,) = read_sources(file.parent)
    assert document.id == "x.ZIP/a.txt"


def test_a_bad_member_is_named_and_passed_over(packed):
    bomb = zip_of({"zeros.txt": b"0" * 12_000_000})
    file = packed(MEMBERS | {"bad.pdf": b"%PDF-1.4 junk", "bomb.zip": bomb, "torn.zip": b"PK\3\4"})
    with pytest.warns(SkippedFileWarning) as caught:
        documents = read_sources(file)
    assert len(documents) == 5
    problems = sorted(str(warning.message) for warning in caught)
    for problem, name in zip(problems, ("bad.pdf", "bomb.zip", "torn.zip"), strict=True):
        assert f"pack.zip/{name}" in problem


@pytest.mark.parametrize(
    "name",
    [
        "../a.txt",
        "a/../../b.txt",
        "/etc/a.txt",
        "C:\\a.txt",
        "..\\a.txt",
        "c:a.txt",
        "\\a.txt",
        "..",
    ],
)
def test_a_name_that_leads_out(packed, name):
    with pytest.raises(SourceError, match=r"pack\.zip has a file in it whose path leads out"):
        read_sources(packed({"a.txt": "Alpha.", name: "Words."}))


def test_names_that_only_look_odd(packed):
    names = ["..a.txt", "a..txt", "b.c../d.txt", "e: f.txt", "ü/漢.txt"]
    documents = read_sources(packed(dict.fromkeys([f"x/{name}" for name in names], "Words.")))
    assert len(documents) == len(names) - 1  # the first is hidden


def test_links_are_not_followed(packed):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "Alpha.")
        link = zipfile.ZipInfo("link.txt")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert [document.id for document in read_sources(packed(stream.getvalue()))] == [
        "pack.zip/a.txt"
    ]


def test_a_password(packed):
    data = bytearray(zip_of({"a.txt": "Alpha."}))
    data[6] |= 1  # the flag of the member itself, and that in the directory
    data[data.index(b"PK\1\2") + 8] |= 1
    with pytest.raises(SourceError, match=r"pack\.zip is protected by a password"):
        read_sources(packed(bytes(data)))


def test_bombs(packed):
    zeros = b"0" * 20_000_000
    with pytest.raises(SourceError, match="more than 200 times its size"):
        read_sources(packed({"zeros.txt": zeros}))
    stored = {f"{number}.txt": b"0" * 1_000_000 for number in range(3)}
    with pytest.raises(SourceError, match="unpack to 3 MB; at most 2 MB are read"):
        read_sources(
            packed(zip_of(stored, packed=False)), limits=ReadLimits(archive_bytes=2_000_000)
        )
    with pytest.raises(SourceError, match="has 3 files in it; at most 2"):
        read_sources(packed(zip_of(stored, packed=False)), limits=ReadLimits(archive_members=2))


@pytest.mark.parametrize(
    ("method", "called"), [(zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "LZMA")]
)
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("pack.zip", zip_of({"a.txt": "Alpha."})),
        ("pack.docx", docx_of("Alpha.")),
        ("pack.epub", epub_of("<p>Alpha.</p>")),
    ],
)
def test_what_could_unpack_to_any_amount_is_refused(packed, method, called, name, data):
    with pytest.raises(SourceError, match=rf"{name} has a .* packed with {called}") as raised:
        read_sources(packed(packed_anew(data, method), name=name))
    assert "Pack it anew" in raised.value.remedy


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_bomb_that_claims_to_be_small_is_not_unpacked(packed, method):
    bomb = packed_anew(zip_of({"a.txt": b"0" * 30_000_000}), method, claimed_bytes=100)
    assert len(bomb) < 10_000
    file = packed(zip_of({"b.txt": "Beta.", "bomb.zip": bomb}))
    tracemalloc.start()
    with pytest.warns(SkippedFileWarning, match=r"pack\.zip/bomb\.zip has a file in it that"):
        (document,) = read_sources(file, limits=ReadLimits(file_bytes=1_000_000))
    most_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert document.text == "Beta."
    assert most_bytes < 10_000_000


def test_what_is_in_archives_counts_together(packed):
    inner = zip_of({"a.txt": b"Words. " * 100_000}, packed=False)
    file = packed(zip_of({"one.zip": inner, "two.zip": inner}, packed=False))
    assert len(read_sources(file)) == 2
    with pytest.warns(SkippedFileWarning, match=r"two\.zip would unpack to 700,000 bytes"):
        documents = read_sources(file, limits=ReadLimits(archive_bytes=2_500_000))
    assert len(documents) == 1


def test_the_time_is_for_all_files_together(packed):
    bomb = pdf_of_content(b"BT /F1 9 Tf " + b"(bomb) Tj " * 2_000_000 + b"ET")  # no end to it
    limits = ReadLimits(seconds=1.0)
    with pytest.warns(SkippedFileWarning, match=r"a\.pdf takes longer than 1 s"):
        documents = read_sources(packed({"a.pdf": bomb, "b.txt": "Beta."}), limits=limits)
    assert [document.text for document in documents] == ["Beta."]
    file = packed({"a.pdf": bomb, "b.txt": "Beta.", "c.pdf": bomb, "d.pdf": bomb})
    with (
        pytest.warns(SkippedFileWarning) as caught,
        pytest.raises(SourceError, match=r"pack\.zip takes longer than 1 s .* before c\.pdf"),
    ):
        read_sources(file, limits=limits)
    assert ["a.pdf" in str(warning.message) for warning in caught] == [True]


def test_depth(packed):
    nested = zip_of({"a.txt": "Alpha."})
    for _ in range(2):
        nested = zip_of({"in.zip": nested})
    (document,) = read_sources(packed(nested))
    assert document.id == "pack.zip/in.zip/in.zip/a.txt"
    with (
        pytest.warns(
            SkippedFileWarning, match=r"in\.zip/in\.zip is 3 archives deep; only 2 are opened"
        ),
        pytest.raises(SourceError, match="holds no article"),
    ):
        read_sources(packed(nested), limits=ReadLimits(archive_depth=2))


def test_nothing_in_it(packed):
    for members in ({}, {"picture.png": b"\x89PNG"}):
        with pytest.raises(SourceError, match=r"pack\.zip holds no article that can be read"):
            read_sources(packed(members))

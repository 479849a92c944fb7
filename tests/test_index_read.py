import io
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path, PurePath

import pytest
from hypothesis import assume, given
from strategies import articles, few, many
from stub import StubEmbedder

from index.articles import SkippedFileWarning
from index.decoding import decode
from index.errors import InputError, SourceError
from index.limits import DEFAULT_LIMITS, FILE_BYTES, ReadLimits
from index.read import read_articles, read_sources
from index.records import Document
from qa.opening import open_sources

STORY = "One day it rained. Nobody came."


@pytest.fixture
def folder(tmp_path):
    """A folder of articles, and of files that are none."""
    files = {
        "b.txt": "Beta.",
        "a.md": "# Alpha\n\nText.",
        "sub/deeper/c.TXT": "Gamma.",
        ".hidden.txt": "Not to be read.",
        ".git/notes.txt": "Not to be read.",
        "sub/.cache/d.md": "Not to be read.",
        "data.json": "{}",
        "picture.svg": "<p>Not to be read.</p>",
        "no-suffix": "Not to be read.",
    }
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    (tmp_path / "folder.txt").mkdir()
    return tmp_path


def test_a_file(tmp_path):
    file = tmp_path / "my-first_story.txt"
    file.write_text(STORY, "utf-8")
    expected = Document("my-first_story.txt", "My first story", STORY, str(file))
    assert read_articles(file) == [expected]
    assert read_sources(file) == read_sources(str(file)) == read_sources([file]) == [expected]
    assert read_articles(file, id="mine") == [replace(expected, id="mine")]


def test_a_folder(folder):
    documents = read_sources(folder)
    assert [document.id for document in documents] == ["a.md", "b.txt", "sub/deeper/c.TXT"]
    assert [document.title for document in documents] == ["Alpha", "B", "C"]
    assert [document.text for document in documents] == ["# Alpha\n\nText.", "Beta.", "Gamma."]
    assert [document.source for document in documents] == [
        str(folder / document.id) for document in documents
    ]


def test_a_bar_shows_how_far_it_is(folder, monkeypatch, capsys):
    monkeypatch.setattr("index.articles.PROGRESS_DELAY_S", 0.0)
    with_bar = read_sources(folder, progress=True)
    assert "3/3" in capsys.readouterr().err
    assert read_sources(folder) == with_bar
    assert capsys.readouterr().err == ""


def test_a_hidden_folder_is_read_when_it_is_the_one_named(folder):
    assert [document.id for document in read_sources(folder / ".git")] == ["notes.txt"]


def test_a_bad_file_in_a_folder_is_skipped_and_said_so(folder):
    (folder / "bad.txt").write_bytes(b"caf\xe9")
    with pytest.warns(SkippedFileWarning) as caught:
        documents = read_sources(folder)
    assert [document.id for document in documents] == ["a.md", "b.txt", "sub/deeper/c.TXT"]
    (warning,) = caught
    assert str(folder / "bad.txt") in str(warning.message)
    assert "0xe9" in str(warning.message)


@pytest.mark.parametrize("files", [[], [".hidden.txt", "data.json"]], ids=["empty", "others"])
def test_a_folder_without_articles(tmp_path, files):
    for name in files:
        (tmp_path / name).write_text(STORY, "utf-8")
    with pytest.raises(SourceError, match="holds no article") as raised:
        read_sources(tmp_path)
    assert str(tmp_path) in str(raised.value)


def test_a_saved_index_is_no_folder_of_articles(folder, saved):
    for sources in (saved, [folder, saved], iter([str(saved), STORY])):
        with pytest.raises(
            SourceError, match="is a saved index, which must be the only source"
        ) as raised:
            read_sources(sources)
        assert str(saved) in raised.value.problem
        assert "pullquote index add" in raised.value.remedy


def test_a_saved_index_is_opened_however_it_is_named_alone(saved):
    for sources in (saved, [saved], {str(saved)}, (source for source in [str(saved)])):
        opened = open_sources(
            sources,
            embedder=StubEmbedder(),
            limits=DEFAULT_LIMITS,
            allow_private=False,
            progress=False,
        )
        assert len(opened.documents) == 2


def test_the_folder_of_a_web_site_is_no_saved_index(folder):
    expected = read_sources(folder)
    (folder / "manifest.json").write_text('{"name": "a web site"}', "utf-8")
    assert read_sources(folder) == expected


def test_a_pattern(folder):
    def named(pattern):
        return {one.id: one.source for one in read_sources(str(folder / pattern))}

    assert named("*.md") == {"a.md": str(folder / "a.md")}
    assert list(named("**/*.[tT]*")) == ["b.txt", "sub/deeper/c.TXT"]
    assert list(named("s?b/*/*")) == ["sub/deeper/c.TXT"]
    assert list(named(".hid*")) == [".hidden.txt"]
    assert [one.id for one in read_sources(folder / "*.md")] == ["a.md"]


def test_a_pattern_that_names_no_article(folder):
    with pytest.raises(SourceError, match="No file matches"):
        read_sources(str(folder / "*.pdf"))
    (folder / "bad.txt").touch()
    with (
        pytest.warns(SkippedFileWarning, match=r"bad\.txt is empty"),
        pytest.raises(SourceError, match="holds no article"),
    ):
        read_sources(str(folder / "bad.*"))


def test_a_file_with_the_signs_of_a_pattern_in_its_name(folder):
    (folder / "b[1].txt").write_text("Beta one.", "utf-8")
    (folder / "b1.txt").write_text("Not asked for.", "utf-8")
    (only,) = read_sources(str(folder / "b[1].txt"))
    assert only.text == "Beta one."


def test_a_folder_of_bad_files_alone(tmp_path):
    (tmp_path / "empty.txt").touch()
    with (
        pytest.warns(SkippedFileWarning, match=r"empty\.txt is empty"),
        pytest.raises(SourceError, match="holds no article"),
    ):
        read_sources(tmp_path)


def test_a_text_is_told_from_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("read me").write_text(STORY, "utf-8")  # exists, so a path, for all its space
    for text in (STORY, "two words", "A line.\nnotes.txt", "notes.txt\n" * 300, "a b\0c"):
        (document,) = read_sources(text)
        assert (document.text, document.source) == (text, None)
    assert read_sources("read me")[0].source == "read me"


@pytest.mark.parametrize(
    "source",
    ["notes", "no such file.txt", "no such file.MD ", "a/b", "a\0b", "漢" * 500, Path("a b")],
)
def test_what_looks_like_a_path_must_exist(tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match="There is no file or folder"):
        read_sources(source)


def test_a_path_too_long_for_the_system():
    with pytest.raises(SourceError, match="There is no file or folder"):
        read_sources(Path("a" * 5000))


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_an_empty_text_is_not_the_working_folder(folder, monkeypatch, text):
    monkeypatch.chdir(folder)
    with pytest.raises(InputError, match="is empty"):
        read_sources(text)


def test_nothing_given():
    with pytest.raises(SourceError, match="No article was given"):
        read_sources([])


@pytest.mark.parametrize("given", [b"A story.", bytearray(b"x"), {"text": STORY}, None, 5])
def test_what_names_no_article(given):
    for sources in (given, [STORY, given]):
        with pytest.raises(InputError, match=f"A source is a {type(given).__name__}, which names"):
            read_sources(sources)


def test_an_open_file_is_not_taken_line_by_line(folder):
    (folder / "lines.txt").write_text("One line.\nAnother line.\n", "utf-8")
    with (folder / "lines.txt").open(encoding="utf-8") as text, tempfile.TemporaryFile() as data:
        for stream in (text, data, io.StringIO(STORY)):
            with pytest.raises(InputError, match=f"A source is a {type(stream).__name__}"):
                read_sources(stream)


def test_paths_of_every_kind(tmp_path):
    named = tmp_path / "story.txt"
    named.write_text(STORY, "utf-8")
    expected = read_sources(named)
    for sources in (PurePath(named), {str(named)}, {named: STORY}.keys(), os.scandir(tmp_path)):
        assert read_sources(sources) == expected


def test_a_missing_file(tmp_path):
    with pytest.raises(SourceError, match=r"gone\.txt cannot be read \(No such file"):
        read_articles(tmp_path / "gone.txt")
    with pytest.raises(SourceError, match="cannot be read"):
        read_articles(tmp_path)


@pytest.mark.parametrize("data", [b"", b" \r\n\t", "\ufeff".encode(), " \n".encode("utf-16")])
def test_an_empty_file(tmp_path, data):
    file = tmp_path / "void.txt"
    file.write_bytes(data)
    with pytest.raises(SourceError, match=r"void\.txt is empty"):
        read_articles(file)


def test_a_binary_file(tmp_path):
    file = tmp_path / "picture.txt"
    file.write_bytes(b"words\0and more")
    with pytest.raises(SourceError, match=r"picture\.txt is a binary file"):
        read_articles(file)


@pytest.mark.parametrize(
    ("data", "at"),
    [
        ("Le café est fermé.".encode("latin-1"), "byte 6 is 0xe9"),
        (b"\xe9", "byte 0 is 0xe9"),
        (b"cut short \xe2\x82", "byte 10 is 0xe2"),
        (b"\xed\xa0\x80", "byte 0 is 0xed"),  # half a surrogate pair
        (b"\xef\xbb\xbfab\xff", "byte 5 is 0xff"),  # after a byte order mark
        (b"\xff\xfea\0\x00\xd8b\0", "byte 4 is 0x00"),  # UTF-16, half a surrogate pair
        (b"\xff\xfea\0b", "byte 4 is 0x62"),  # UTF-16, half a character
    ],
)
def test_bytes_that_are_no_text(data, at):
    with pytest.raises(SourceError, match=f"^story is not UTF-8 text \\({at}\\)"):
        decode(data, name="story")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@many
@given(articles())
def test_decoding_gives_the_text_back(encoding, text):
    text = text.lstrip("\ufeff")  # at the start it is a mark, not a character
    assume(text.strip())
    assert decode(text.encode(encoding), name="story") == text


WINDOWS_1251 = (
    "Гавань построил в 1843 году Карл Нюберг. Зимой никто не приезжал на остров, потому что море"
    " было слишком бурным для маленьких лодок. Смотритель маяка жил там с двумя дочерьми. "
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (WINDOWS_1251 * 4, "windows-1251"),
        (
            "Über die Größe des Hafens wird seit Jahren gestritten; die Müller möchten ihn"
            " schließen, die Bäcker für die Gäste öffnen. " * 6,
            "latin-1",
        ),
        ("港は1843年に作られました。冬には誰も島を訪れませんでした。" * 20, "shift_jis"),
        # Their first letters are bytes that are UTF-8 too.
        ("一八四三年港口建成。冬天没有人来到这个岛，因为海上的风浪太大了。" * 20, "gb18030"),
        ("長い港は1843年に作られました。冬には誰も島を訪れませんでした。" * 20, "euc_jp"),
        (
            "특히 항구는 1843년에 지어졌고 그 뒤로 가격은 오르지 않았습니다. 겨울에는 바다가"
            " 너무 거칠어서 작은 배를 타고 섬을 찾는 사람이 없었으며, 등대지기는 두 딸과 함께"
            " 그곳에서 살았습니다. " * 9,
            "cp949",
        ),
    ],
)
def test_an_older_encoding_of_a_long_text(text, encoding):
    assert decode(text.encode(encoding), name="story") == text


@pytest.mark.parametrize(
    "data",
    [
        (WINDOWS_1251 * 4).encode()[:-3],  # UTF-8 cut in the middle of a letter
        (WINDOWS_1251 * 4).encode().replace("м".encode(), b"\xff", 1),
        WINDOWS_1251.encode() + WINDOWS_1251.encode("cp1251"),
        b"Plain words. " * 60 + b"\xed\xa0\x80" * 10,  # halves of surrogate pairs
        bytes(range(1, 256)) * 8,
    ],
    ids=["cut", "damaged", "mixed", "surrogates", "bytes"],
)
def test_no_encoding_is_guessed_for_what_is_damaged(data):
    with pytest.raises(SourceError, match=r"^story is not UTF-8 text"):
        decode(data, name="story")


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("Größe".encode("latin-1"), "ISO-8859-1", "Größe"),
        (b"\x93yes\x94", "iso-8859-1", "“yes”"),  # as browsers do: of Windows, not controls
        (b"\x93yes\x94", "latin-1", "“yes”"),
        (b"\x93yes\x94", "us-ascii", "“yes”"),
        (b"\x93yes\x94", " Windows-1252 ", "“yes”"),
        (b"\x85 \xfe", "iso-8859-9", "… ş"),
        ("Привет".encode("koi8-r"), "KOI8-R", "Привет"),
        ("①港".encode("cp932"), "Shift_JIS", "①港"),
        ("①港".encode("cp932"), "x-sjis", "①港"),
        ("丂港".encode("gbk"), "gb2312", "丂港"),
        ("똠방".encode("cp949"), "euc-kr", "똠방"),
        ("ไทย".encode("cp874"), "windows-874", "ไทย"),
        ("שלום".encode("cp1255"), "iso-8859-8-i", "שלום"),
        ("Größe".encode("utf-16-le"), "utf-16", "Größe"),
        ("Größe".encode("utf-16-be"), "utf-16be", "Größe"),
        ("Größe".encode("utf-8-sig"), "iso-8859-1", "Größe"),  # its mark says more
        ("“yes”".encode(), "iso-8859-1", "“yes”"),  # which has no letter 9D
    ],
)
def test_an_encoding_that_a_server_names(data, charset, text):
    assert decode(data, name="x", charset=charset) == text


@pytest.mark.parametrize(
    "charset",
    ["no-such", "rot13", "hex", "", "a\0b", "é", "utf-8", "punycode", "idna", "undefined", "utf-7",
     "unicode_escape", "raw_unicode_escape", "utf-32", "cp037", "x-user-defined", "aliases"],
)  # fmt: skip
def test_what_a_server_names_and_is_no_encoding_of_the_web(charset):
    for text in ("Größe", "Plain words-1 +AGE- \\u0041."):
        assert decode(text.encode(), name="x", charset=charset) == text


def test_utf_16_of_both_byte_orders():
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert decode(mark + "Größe 😀".encode(encoding), name="story") == "Größe 😀"


def test_line_ends_count(tmp_path):
    file = tmp_path / "dos.txt"
    file.write_bytes(b"One.\r\nTwo.\rThree.\n")
    (document,) = read_articles(file)
    text = document.text
    assert text == "One.\r\nTwo.\rThree.\n"
    assert text.index("Two") == 6


@few
@given(articles())
def test_offsets_count_the_characters_of_the_file(tmp_path, text):
    file = tmp_path / "story.txt"
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    (document,) = read_articles(file)
    assert document.text == text


def test_a_file_too_large(tmp_path):
    file = tmp_path / "huge.txt"
    with file.open("wb") as stream:
        stream.truncate(FILE_BYTES + 1)
    with pytest.raises(SourceError, match=r"huge\.txt has more than 100 MB"):
        read_articles(file)


def test_a_file_just_small_enough(tmp_path):
    file = tmp_path / "large.txt"
    file.write_bytes(b"x" * 1000)
    limits = ReadLimits(file_bytes=1000, text_chars=1000)
    (document,) = read_articles(file, limits=limits)
    assert document.text == "x" * 1000
    with pytest.raises(SourceError, match="has more than 999 bytes"):
        read_articles(file, limits=ReadLimits(file_bytes=999))
    with pytest.raises(SourceError, match="1,000 characters of text; an article may have 999"):
        read_articles(file, limits=ReadLimits(text_chars=999))


def test_a_file_of_several_articles(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_text('{"text": "One."}\n{"text": "Two."}\n', "utf-8")
    assert [document.id for document in read_articles(file)] == ["rows.jsonl:1", "rows.jsonl:2"]


def test_ids_that_are_taken_get_a_number(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"Text {name}.", "utf-8")
    sources = [tmp_path / "one", tmp_path / "two", Document("a.txt (2)", "T", "Mine."), "Two words"]
    documents = read_sources([*sources, sources[0], "Two words"])
    ids = [document.id for document in documents]
    assert ids[:3] == ["a.txt", "a.txt (2)", "a.txt (2) (2)"]
    assert ids[4] == "a.txt (3)"
    assert ids[5] == f"{ids[3]} (2)"
    assert [document.text for document in documents[:3]] == ["Text one.", "Text two.", "Mine."]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a file's name is always Unicode")
def test_a_file_whose_name_is_no_unicode(tmp_path):
    file = tmp_path / os.fsdecode(b"caf\xe9.txt")
    file.write_text(STORY, "utf-8")
    for source in (tmp_path, file):
        (document,) = read_sources(source)
        assert (document.id, document.title, document.text) == ("caf?.txt", "Caf?", STORY)
        assert document.source == str(tmp_path / "caf?.txt")

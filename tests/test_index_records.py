from dataclasses import FrozenInstanceError, replace
from datetime import date
from pathlib import PurePosixPath

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import any_text, articles, documents, many, spans_in

from index.errors import InputError, PullquoteError
from index.records import Document, Hit, Passage

DOCUMENT = Document(id="a.txt", title="A story", text="One day. Then another.", source="/a.txt")


@pytest.mark.parametrize("text", ["", " ", "\r\n\t", "\u2028\u0085\u3000"])
def test_a_document_needs_text(text):
    with pytest.raises(InputError, match="“T” is empty"):
        Document(id="a", title="T", text=text)


def test_a_document_needs_an_id():
    with pytest.raises(InputError, match="empty id"):
        Document(id="", title="T", text="Words.")


@pytest.mark.parametrize("field", ["id", "title", "text", "source", "author", "date", "language"])
@pytest.mark.parametrize("code", [0xD800, 0xDCE9, 0xDFFF])
def test_half_a_surrogate_pair_is_refused_in_every_field(field, code):
    fields = {"id": "a", "title": "T", "text": "Words.", "source": "a.txt"}
    with pytest.raises(InputError) as raised:
        Document(**fields | {field: f"ab{chr(code)}"})
    message = str(raised.value)
    assert f"{field} has half a surrogate pair at character 2" in message
    assert message.isprintable()  # names the fault without repeating what cannot be written


@pytest.mark.parametrize(
    "starts", [(1,), (0, 5, 4), (0, 22), (0, 23), (-1, 3), (0, -1), (5, 0), (0, 3, 99)]
)
def test_pages_begin_one_after_the_other_within_the_text(starts):
    with pytest.raises(InputError, match="pages of “A story” do not begin within its text"):
        replace(DOCUMENT, page_starts=starts)


@pytest.mark.parametrize("starts", [[0, 4], np.array([0, 4])])
def test_pages_may_be_any_whole_numbers_in_order(starts):
    paged = replace(DOCUMENT, page_starts=starts)
    assert (paged.page_starts, paged.page_of(4)) == ((0, 4), 2)
    assert hash(paged) == hash(replace(DOCUMENT, page_starts=(0, 4)))


@pytest.mark.parametrize("starts", [None, 0, "0", ("0",), [0, 4.0]])
def test_pages_that_are_no_whole_numbers(starts):
    with pytest.raises(InputError, match="pages of “A story” do not begin at whole numbers"):
        replace(DOCUMENT, page_starts=starts)


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("id", 5, "int"),
        ("title", None, "NoneType"),
        ("text", None, "NoneType"),
        ("text", b"Words.", "bytes"),
        ("source", PurePosixPath("a.txt"), "PurePosixPath"),
        ("date", date(2024, 3, 5), "date"),
        ("collection", None, "NoneType"),
    ],
)
def test_a_field_that_is_no_text_is_named(field, value, kind):
    with pytest.raises(InputError, match=f"An article's {field} is a {kind}, not text"):
        replace(DOCUMENT, **{field: value})


def test_a_text_that_is_none():
    with pytest.raises(InputError, match="An article's text is a NoneType, not text"):
        Document.from_text(None)


def test_what_is_known_of_a_document_has_a_name():
    with pytest.raises(TypeError):
        Document("a", "T", "Words.", None, "Ada")
    bare = Document("a", "T", "Words.")
    assert (bare.author, bare.date, bare.language, bare.page_starts) == (None, None, None, ())


@many
@given(documents(), st.data())
def test_a_character_is_on_the_last_page_that_begins_at_it_or_before(document, data):
    offset = data.draw(st.integers(0, len(document.text)))
    # The oracle turns the pages one by one.
    page = None
    for number, start in enumerate(document.page_starts, start=1):
        if start <= offset:
            page = number
    assert document.page_of(offset) == page
    assert (page is None) == (document.page_starts == ())


@many
@given(documents())
def test_the_pages_are_the_text_cut_in_pieces(document):
    pieces: dict[int | None, str] = {}
    for offset, character in enumerate(document.text):
        page = document.page_of(offset)
        pieces[page] = pieces.get(page, "") + character
    assert "".join(pieces.values()) == document.text  # in order, and nothing twice
    ends = [*document.page_starts, len(document.text)][1:]
    for number, (start, end) in enumerate(zip(document.page_starts, ends, strict=True), start=1):
        assert pieces.get(number, "") == document.text[start:end]


@pytest.mark.parametrize("offset", [-1, 23, 1_000])
def test_there_is_no_page_outside_the_text(offset):
    with pytest.raises(InputError, match=f"The character {offset} is not within “A story”"):
        DOCUMENT.page_of(offset)


def test_an_input_error_is_a_value_error_with_a_remedy():
    with pytest.raises(ValueError, match=r"\S") as raised:
        Document(id="", title="T", text="Words.")
    assert isinstance(raised.value, PullquoteError)
    assert str(raised.value) == f"{raised.value.problem} {raised.value.remedy}"


@many
@given(st.data(), documents())
def test_a_passage_is_the_slice_of_its_document(data, document):
    start, end = data.draw(spans_in(document.text))
    passage = Passage(document, start, end)
    assert passage.text == document.text[start:end]
    assert len(passage.text) == end - start > 0


@pytest.mark.parametrize(
    ("start", "end"),
    [(-1, 3), (0, 0), (5, 5), (6, 5), (0, len(DOCUMENT.text) + 1), (22, 22), (22, 23), (-3, -1)],
)
def test_a_span_outside_its_document_is_refused(start, end):
    with pytest.raises(InputError, match="is not within “A story”, which has 22 characters"):
        Passage(DOCUMENT, start, end)


def test_a_passage_may_be_the_whole_document():
    assert Passage(DOCUMENT, 0, len(DOCUMENT.text)).text == DOCUMENT.text


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (DOCUMENT, "text"),
        (Passage(DOCUMENT, 0, 3), "start"),
        (Hit(Passage(DOCUMENT, 0, 3), 1, 1), "score"),
    ],
    ids=["document", "passage", "hit"],
)
def test_records_are_frozen_and_have_slots(record, field):
    with pytest.raises(FrozenInstanceError):
        setattr(record, field, getattr(record, field))
    assert not hasattr(record, "__dict__")
    assert record in {record}


def test_records_read_well():
    passage = Passage(DOCUMENT, 0, 8)
    long = Document(id="b", title="Long", text="x" * 12_345)
    assert str(DOCUMENT) == "A story (a.txt, 22 characters)"
    assert str(long) == "Long (b, 12,345 characters)"
    assert str(passage) == "A story 0–8: 'One day.'"
    assert str(Hit(passage, 0.51249, 0.4)) == "0.512 A story 0–8: 'One day.'"


def test_the_id_made_from_a_text_is_stable():
    # Saved indexes and clients hold such ids: this value must never change.
    assert Document.from_text("Hello, world.").id == "text-f8c3bf62a9aa"


@many
@given(articles(), any_text(min_size=1))
def test_the_id_made_from_a_text_depends_on_nothing_but_the_text(text, title):
    document = Document.from_text(text, title=title)
    assert document.text == text
    assert document.id == Document.from_text(text).id
    assert document.id != Document.from_text(text + "!").id
    assert document.title == title
    assert document.source is None


def test_an_id_and_a_title_can_be_given():
    document = Document.from_text("Words.", title="T", id="mine")
    assert (document.id, document.title) == ("mine", "T")


@pytest.mark.parametrize("text", ["", "  \n", "half \ud83d"])
def test_no_document_is_made_from_a_bad_text(text):
    with pytest.raises(InputError):
        Document.from_text(text)

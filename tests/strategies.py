"""Texts, documents and spans for Hypothesis: the kinds of writing that break offsets."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from index.records import Document
from index.sentences import Span
from qa.records import Answer, Excerpt, Timings

# A fixture made once for all examples is fine: no example depends on what another did to it.
# A busy machine is no fault of what is tested.
_shared = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
many = settings(_shared, max_examples=100)
few = settings(_shared, max_examples=25)  # where each example runs a model or writes files

SENTENCES = (
    "The council met on Tuesday.",
    "It rained; nobody came!",
    "Dr. Smith paid approx. $1,234.56 to Acme Inc. on Jan. 5, e.g. for repairs.",
    "“Is it over?” she asked. “Not yet,” he said…",
    "In the U.S. the fee rose by 3.5 p.c. (see Fig. 2).",
    "- a list item without a full stop",
    "# A heading",
    "北京是中国的首都。人口很多！你去过吗？",
    "東京タワーは高い。",
    "대한민국의 수도는 서울특별시이다.",
    "هذا نص بالعربية. هل هو واضح؟",
    "זה משפט בעברית.",
    "यह हिन्दी का वाक्य है। दूसरा वाक्य।",
    "👩‍👩‍👧‍👦 went home 🏳️‍🌈 with 🇧🇾 flags 👍🏽.",
    "Cafe\u0301 Zu\u0308rich a\u0301\u0323\u0300bc.",
    "İstanbul ﬁnally ẞ ½ №5.",
    "zero\u200bwidth soft\u00adhyphen \ufeffmark.",
)
BREAKS = (" ", " ", " ", "  ", "\n", "\r\n", "\n\n", "\r\n\r\n", "\r", "\t", "\u2028", "\u0085", "")


def long_words() -> st.SearchStrategy[str]:
    """Words of many tokens, without a white space to cut at."""
    return st.builds(
        lambda stem, times: stem * times,
        st.sampled_from(("unbelievable", "국수", "漢", "ab1-", "\u0bcb", "😀", "x")),
        st.integers(20, 120),
    )


def any_text(*, min_size: int = 0) -> st.SearchStrategy[str]:
    """Any characters but surrogates and NUL, other control characters included."""
    characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    return st.text(characters, min_size=min_size, max_size=20)


@st.composite
def articles(draw: st.DrawFn) -> str:
    """An article in every sort of writing, with something else than white space in it."""
    kind = st.one_of(
        st.sampled_from(SENTENCES), st.sampled_from(SENTENCES), long_words(), any_text()
    )
    parts = draw(st.lists(st.tuples(kind, st.sampled_from(BREAKS)), min_size=1, max_size=10))
    text = "".join(words + after for words, after in parts)
    return text if text.strip() else text + "Filled."


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document with any id and title; its text is one of ``articles``, with pages or without."""
    text = draw(articles())
    pages = draw(st.none() | st.lists(st.integers(0, len(text) - 1), max_size=4))
    return Document(
        id=draw(any_text(min_size=1)),
        title=draw(any_text()),
        text=text,
        source=draw(st.none() | any_text()),
        author=draw(st.none() | any_text()),
        date=draw(st.none() | any_text()),
        language=draw(st.none() | any_text()),
        collection=draw(st.just("") | any_text()),
        page_starts=() if pages is None else (0, *sorted(pages)),
    )


@st.composite
def spans_in(draw: st.DrawFn, text: str) -> Span:
    """A half-open span of at least one character of a text that is not empty."""
    start = draw(st.integers(0, len(text) - 1))
    return start, draw(st.integers(start + 1, len(text)))


@st.composite
def excerpts(draw: st.DrawFn, document: Document) -> Excerpt:
    """Some stretch of a document."""
    return Excerpt.from_span(document, *draw(spans_in(document.text)))


@st.composite
def answers(draw: st.DrawFn, document: Document, *, depth: int = 1) -> Answer:
    """An answer about a document, with a quote or without one, as a reader may give it."""
    chances = st.floats(0, 1)
    question = draw(any_text(min_size=1))
    if depth and draw(st.booleans()):
        nearest = draw(st.lists(excerpts(document), max_size=2))
        score = draw(chances)
        return Answer(question, None, score, score, nearest=tuple(nearest), timings=_TIMINGS)
    quote = draw(excerpts(document))
    inner = answers(document, depth=0)
    return Answer(
        question,
        quote.text,
        draw(chances),
        draw(chances),
        quote.start,
        quote.end,
        document.id,
        document.title,
        passage=Excerpt.from_span(document, 0, len(document.text)),
        sentence=quote,
        alternatives=tuple(draw(st.lists(inner, max_size=2 * depth))),
        items=tuple(draw(st.lists(inner, max_size=2 * depth))),
        resolved=draw(st.none() | any_text()),
        timings=_TIMINGS if depth else None,
        page=quote.page,
    )


_TIMINGS = Timings(retrieve_ms=1.25, read_ms=20.125, total_ms=22.5)

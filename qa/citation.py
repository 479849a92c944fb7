"""A quote with its citation, to be pasted elsewhere: as plain text, Markdown or BibTeX."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal, Self, get_args

import regex

from index.errors import InputError
from index.records import Document
from qa.markdown import escaped, is_web, linked, quoted
from qa.records import Excerpt

Style = Literal["text", "markdown", "bibtex"]
STYLES: tuple[Style, ...] = get_args(Style)
KEY_WORDS = 3  # of a title, in the key of a BibTeX entry: enough to be told apart by people
# Signs that turn the direction of what follows, so that a title could dress up as another.
TURNING = regex.compile(r"[\u202a-\u202e\u2066-\u2069]|\p{Cc}")
# BibTeX counts braces even behind a backslash, so a brace has to be named.
BIBTEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{sign: f"\\{sign}" for sign in "$&%#_"},
}
BIBTEX_SPECIAL = regex.compile(r"[\\{}~^<>|$&%#_]")
# An address is taken as it stands by \url; what could end it there becomes %xx.
ADDRESS_UNSAFE = regex.compile(r"[^\x21-\x7e]|[\\{}<>^`\"|]")


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote, and all that is known of where it stands.

    Args:
        quote: the quote, in the document's coordinates.
        document: what it is quoted from.

    Raises:
        InputError: the quote does not stand there in that document.
    """

    quote: Excerpt
    document: Document

    def __post_init__(self) -> None:
        if not stands(self.quote, self.document):
            raise InputError(
                f"The quote does not stand in “{self.document.title}”"
                f" at {self.quote.start}–{self.quote.end}.",
                "Cite it with the document that it is from.",
            )

    @classmethod
    def find(cls, quote: Excerpt, document_of: Callable[[str], Document | None]) -> Self | None:
        """Cite a quote of one of several documents, or None if it stands in none (any more).

        Args:
            quote: the quote.
            document_of: gives a document by its id.
        """
        document = document_of(quote.document_id)
        return cls(quote, document) if document and stands(quote, document) else None

    @property
    def place(self) -> str:
        """Where in the document the quote stands: page and characters."""
        return ", ".join(self._place("–"))

    def to_style(self, style: Style) -> str:
        """The citation in one of ``STYLES``.

        Raises:
            InputError: there is no such style.
        """
        ways = {"text": self.to_text, "markdown": self.to_markdown, "bibtex": self.to_bibtex}
        if style not in ways:
            raise InputError(f"There is no style “{style}”.", f"Take {', '.join(STYLES)}.")
        return ways[style]()

    def to_text(self) -> str:
        """Quote and citation as plain text: the quote, and one line of where it is from."""
        by = f" ({', '.join(self._origin)})" if self._origin else ""
        source = f". {self._source}" if self._source else ""
        return f"“{self.quote.text.strip()}”\n— {self._title}{by}, {self.place}{source}"

    def to_markdown(self) -> str:
        """Quote and citation as a block quotation, the title a link if it is from the web."""
        title = linked(self._title, self.document.source)
        facts = [*self._origin, *self._place("–")]
        if self._source and not is_web(self.document.source):
            facts.append(self._source)
        cited = ", ".join([title, *map(escaped, facts)])
        return f"{quoted(self.quote.text)}\n>\n> — {cited}"

    def to_bibtex(self) -> str:
        """Quote and citation as an entry of BibTeX."""
        document = self.document
        quote = f"“{_bibtex(self.quote.text)}”"
        rows = {"title": f"{{{_bibtex(self._title)}}}"}
        if author := one_line(document.author or ""):
            # In braces of its own: taken as it stands, whether a person, several or a firm.
            rows["author"] = f"{{{_bibtex(author)}}}"
        if date := one_line(document.date or ""):
            rows["date"] = _bibtex(date)
        if self.quote.page is not None:
            rows["pages"] = str(self.quote.page)
        if is_web(document.source):
            rows["url"] = ADDRESS_UNSAFE.sub(_percent, document.source or "")
        elif self._source:
            rows["howpublished"] = _bibtex(self._source)
        rows["note"] = f"{quote}, {self._place('--')[-1]}"
        fields = "".join(f"  {name} = {{{value}}},\n" for name, value in rows.items())
        return f"@misc{{{self._key},\n{fields}}}"

    @property
    def _title(self) -> str:
        return one_line(self.document.title) or "Untitled"

    @property
    def _origin(self) -> list[str]:
        """Author and date, as far as they are known."""
        given = (self.document.author, self.document.date)
        return [said for said in map(one_line, filter(None, given)) if said]

    @property
    def _source(self) -> str | None:
        return source_shown(self.document)

    def _place(self, dash: str) -> list[str]:
        page = [f"page {self.quote.page}"] if self.quote.page is not None else []
        return [*page, f"characters {self.quote.start}{dash}{self.quote.end}"]

    @property
    def _key(self) -> str:
        words = regex.findall(r"[a-z0-9]+", self.document.title.lower())[:KEY_WORDS]
        return "-".join([*(words or ["quote"]), str(self.quote.start)])

    def __str__(self) -> str:
        return self.to_text()


def stands(quote: Excerpt, document: Document | None) -> bool:
    """Whether a document has a quote's words where the quote says; none has not."""
    if document is None:
        return False
    there = document.text[quote.start : quote.end] if quote.start >= 0 else ""
    return quote.document_id == document.id and bool(there.strip()) and there == quote.text


def source_shown(document: Document) -> str | None:
    """Where a document is from, as others may see it: its address, or its file's name.

    Where the file lies on this machine is nobody else's business.
    """
    source = document.source
    if source and not is_web(source):
        source = PurePath(source.replace("\\", "/")).name
    return one_line(source or "") or None


def one_line(text: str) -> str:
    """A title or a name on one line, without signs that would turn or hide what follows."""
    return " ".join(TURNING.sub(" ", text).split())


def _bibtex(text: str) -> str:
    return BIBTEX_SPECIAL.sub(lambda sign: BIBTEX[sign[0]], one_line(text))


def _percent(sign: "regex.Match[str]") -> str:
    return "".join(f"%{byte:02X}" for byte in sign[0].encode())

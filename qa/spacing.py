"""A text as it is read: without the spaces that a tokeniser set about its punctuation.

Texts of corpora and of question sets are often kept as tokens: "Trump 's envoy ( John Cole ) left
, `` he said '' ." A reader that knows newspapers makes less of them. What it reads has fewer
characters than the text; every place in it is told in the text's own.
"""

from dataclasses import dataclass

import regex

OPENING = r"[(\[]|``|\$(?= \d)"
CLOSING = r"[,.;:?!%)\]]|\.{2,3}|''|['’](?:s|re|ve|ll|d|m)|n['’]t"
# Such quotation marks stand by themselves, other than those of code and of wikis.
SET_APART = regex.compile(
    rf"(?<=\S) (?=(?:{CLOSING})(?!\S))|(?<=(?<!\S)(?:{OPENING})) (?=\S)"
    r"|(?<!\S)(?:``|'')(?!\S)"
)
QUOTATION_MARK = '"'


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text as it is read.

    Args:
        text: what is read.
        starts: for each of its characters, where what it stands for begins in the text it was
            made of; None where that is the same text.
        ends: where that ends, exclusive; None likewise.
    """

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def __str__(self) -> str:
        return self.text

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of what is read stands in the text it was made of.

        Args:
            start: first character.
            end: one past the last.
        """
        if self.starts is None or self.ends is None:
            return start, end
        if start == end:
            place = self.starts[start] if start < len(self.starts) else self.ends[-1]
            return place, place
        return self.starts[start], self.ends[end - 1]


def closed_up(text: str) -> ReadText:
    """A text without the spaces that set its punctuation apart, and with usual quotation marks.

    Args:
        text: any text; one without such spaces and marks is read as it is.
    """
    if SET_APART.search(text) is None:
        return ReadText(text)
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    place = 0
    for found in [*SET_APART.finditer(text), None]:
        stop = found.start() if found else len(text)
        parts.append(text[place:stop])
        starts += range(place, stop)
        ends += range(place + 1, stop + 1)
        if found and not found[0].isspace():
            parts.append(QUOTATION_MARK)
            starts.append(found.start())
            ends.append(found.end())
        place = found.end() if found else stop
    return ReadText("".join(parts), tuple(starts), tuple(ends))

"""Text of any kind as Markdown that shows it, letter by letter, and does nothing else."""

from urllib.parse import quote

import regex

# What begins emphasis, code, links, HTML, entities, tables, strikes, formulas or addresses
# anywhere in a line, or begins, ends or underlines a heading.
SPECIAL = regex.compile(r"[\\`*_{}\[\]<>&|~$^=@#]")
# What begins a list or a rule at the start of a line.
LEADING = regex.compile(r"^(?:[+\-]|\d{1,9}(?=[.)]))")
# What GitHub's Markdown makes a link of by itself.
ADDRESS = regex.compile(r"\b(https?|ftp|mailto|xmpp):|\b(www)\.", regex.IGNORECASE)
LINE_BREAK = regex.compile(r"\r\n|\r|\n")
# Of a web address: what stands for itself. The others, which could end it, become %xx.
ADDRESS_SAFE = ":/?#[]@!$&'*+,;=%~-._"
WEB = ("http://", "https://")


def escaped(text: str) -> str:
    """A text as one line of Markdown.

    Args:
        text: whatever it says, it is shown and not obeyed; its white space becomes single
            spaces.
    """
    return _line(" ".join(text.split()))


def quoted(text: str) -> str:
    """A text as a block quotation, with its line breaks.

    Args:
        text: what to quote; without the white space around it.
    """
    lines = [_line(line) for line in LINE_BREAK.split(text.strip())]
    return "\\\n".join(f"> {line}" for line in lines)


def linked(text: str, address: str | None) -> str:
    """A text as a link to a page of the web, or the text alone where the address is none."""
    if not is_web(address):
        return escaped(text)
    # An & would begin an entity even in an address.
    return f"[{escaped(text)}](<{quote(address or '', safe=ADDRESS_SAFE).replace('&', '&amp;')}>)"


def is_web(address: str | None) -> bool:
    """Whether this is the address of a page of the web, and no script or file."""
    return address is not None and address.lower().startswith(WEB)


def _line(text: str) -> str:
    inner = text.strip(" \t")
    before = text[: len(text) - len(text.lstrip(" \t"))] if inner else ""
    after = text[len(before) + len(inner) :]
    shown = SPECIAL.sub(r"\\\g<0>", inner.replace("\0", "\ufffd"))
    shown = ADDRESS.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", shown)
    if leading := LEADING.match(shown):
        end = leading.end()
        # A number may not be escaped, but the sign behind it.
        at = end if leading[0][0].isdigit() else end - 1
        shown = f"{shown[:at]}\\{shown[at:]}"
    return _spaces(before) + shown + _spaces(after)


def _spaces(text: str) -> str:
    """White space at an edge of a line, which would indent code or be dropped."""
    return text.replace(" ", "&#32;").replace("\t", "&#9;")

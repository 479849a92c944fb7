"""How a web page is encoded, told as browsers tell it."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from index.decoding import encoding_of

# Where a page says it itself, and within how many bytes browsers look for that.
STATED = re.compile(
    rb"""<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)
STATED_WITHIN_BYTES = 1024
UNSTATED = "cp1252"  # what browsers take where nobody says


def as_utf_8(data: bytes, charset: str | None) -> bytes:
    """A page in UTF-8, whatever it came in.

    A mark at its beginning says how it is encoded, or else somebody outside, or bytes that are
    UTF-8, or the page itself. A parser's own table would not do: where ISO-8859-1 is said
    browsers take Windows-1252, which has quotation marks where the other has controls.

    Args:
        data: the page.
        charset: its encoding where something outside says it, such as a server; one that is none
            of the web's counts as not said.
    """
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return data.decode("utf-16", "replace").encode()
    if data.startswith(BOM_UTF8):
        return data
    told = encoding_of(charset)
    if told is None:
        if _is_utf_8(data):
            return data
        stated = STATED.search(data[:STATED_WITHIN_BYTES])
        told = encoding_of(stated[1].decode("ascii", "replace")) if stated else None
    return data.decode(told or UNSTATED, "replace").encode()


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

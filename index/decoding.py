"""Bytes of a text file to text, refusing what is no text rather than guessing at random."""

import codecs
import re

from index.errors import SourceError

# Byte order marks, which say more than a server does.
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# The encodings of the web, by Python's names: what the WHATWG Encoding Standard has, each decoded
# as browsers do, which take the wider one of Windows for several. No other is believed: some that
# Python has are no encodings of text, and take time without bounds or raise what nobody expects.
ENCODINGS = {
    name: name
    for name in (
        "utf-8 utf-16-le utf-16-be cp866 koi8-r koi8-u mac-roman mac-cyrillic cp874 cp1250 cp1251"
        " cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 iso8859-2 iso8859-3 iso8859-4 iso8859-5"
        " iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16"
        " gb18030 big5hkscs euc_jp iso2022_jp cp932 cp949"
    ).split()
} | {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "tis-620": "cp874", "utf-16": "utf-16-le", "gb2312": "gb18030", "gbk": "gb18030",
    "big5": "big5hkscs", "shift_jis": "cp932", "euc_kr": "cp949",
}  # fmt: skip
# Names of the standard that Python does not know.
LABELS = {
    "iso-8859-8-i": "iso8859-8", "windows-874": "cp874", "x-mac-cyrillic": "mac-cyrillic",
    "x-sjis": "cp932", "windows-31j": "cp932", "x-gbk": "gb18030", "windows-949": "cp949",
}  # fmt: skip
# An encoding is told by how often its letters come; of fewer than these, any could be meant.
GUESS_FROM_BYTES = 400
GUESS_FROM_LETTERS = 10  # bytes beyond ASCII
GUESS_OF_BYTES = 200_000  # what the guess is made from
# The older encodings that texts are found in, of several as likely the first; among all there
# are, some rare one always fits.
OLDER = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "iso8859_2",
    "koi8_r", "cp932", "euc_jp", "gb18030", "big5", "cp949",
)  # fmt: skip
KANA = re.compile("[\u3040-\u30ff]")  # tell Japanese apart
KANA_SHARE = 5  # of so many characters one is
CONTROLS = re.compile("[\x80-\x9f]")  # in no text: another encoding has letters there
# Half of a surrogate pair in what means to be UTF-8.
HALF_PAIR = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
# A letter of UTF-8. By chance those of other encodings are such: of GB 18030 a letter for every
# three bytes that are none, of UTF-8 that was damaged far more.
UTF_8_LETTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
CHANCE_SHARE = 0.5


def decode(data: bytes, *, name: str, charset: str | None = None) -> str:
    """Decode an article's bytes.

    They are UTF-8, or UTF-16 or UTF-32 with a byte order mark, or of an older encoding where a
    long text leaves no doubt which.

    Line ends stay as they are: offsets count the characters of the file.

    Args:
        data: the bytes of a text file.
        name: what to call it in an error.
        charset: its encoding where something outside says it, such as a server; where the bytes
            are not of it, or it is none of the web's, it counts as not said.

    Raises:
        SourceError: the bytes are no such text, or hold nothing but white space.
    """
    marked = next((name for mark, name in MARKS if data.startswith(mark)), None)
    text = None if marked else _told(data, charset)
    if text is None:
        text = _found(data, marked or "utf-8-sig", name=name)
    if "\0" in text:
        raise SourceError(f"{name} is a binary file.", "Give a file of a kind that is read.")
    if not text.strip():
        raise SourceError(f"{name} is empty.", "Give a file with an article in it.")
    return text


def encoding_of(charset: str | None) -> str | None:
    """What Python calls the encoding that browsers take for a name; None if they know none."""
    label = (charset or "").strip().lower()
    try:
        return ENCODINGS.get(codecs.lookup(LABELS.get(label, label)).name)
    except (LookupError, ValueError):  # a name that has a NUL in it, or letters beyond ASCII
        return None


def _told(data: bytes, charset: str | None) -> str | None:
    """The text in an encoding that was told, or None if it is not of that."""
    encoding = encoding_of(charset)
    if encoding is None:
        return None
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _found(data: bytes, encoding: str, *, name: str) -> str:
    """The text in an encoding that its mark says, or UTF-8, or an older one."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        at = error.start + len(data) - len(error.object)  # utf-8-sig does not count its mark
        guessed = _guess(data) if encoding == "utf-8-sig" and _no_utf_8(data) else None
        if guessed is None:
            raise SourceError(
                f"{name} is not UTF-8 text (byte {at} is 0x{data[at]:02x}).",
                "Save it as UTF-8 text.",
            ) from None
        return guessed


def _no_utf_8(data: bytes) -> bool:
    """Whether bytes are of another encoding, not UTF-8 that was damaged or cut short."""
    start = data[:GUESS_OF_BYTES]
    letters = UTF_8_LETTER.findall(start)
    beyond = len(BEYOND_ASCII.findall(start))
    return (
        len(letters) < CHANCE_SHARE * (beyond - sum(map(len, letters)))
        and not HALF_PAIR.search(data)
        and len(data) >= GUESS_FROM_BYTES
        and beyond >= GUESS_FROM_LETTERS
        and b"\0" not in data
    )


def _guess(data: bytes) -> str | None:
    """The text in the encoding that its letters speak for; None if none is convincing."""
    from charset_normalizer import from_bytes

    best: tuple[float, str] | None = None
    likely = {
        same.encoding: match.coherence
        for match in from_bytes(data[:GUESS_OF_BYTES], cp_isolation=list(OLDER))
        for same in (match, *match.submatch)
    }
    for encoding in filter(likely.__contains__, OLDER):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:  # what comes later in it is no such text
            continue
        japanese = KANA_SHARE * len(KANA.findall(text)) > len(text)
        coherence = max(likely[encoding], float(japanese))
        if coherence > (best[0] if best else 0) and not CONTROLS.search(text):
            best = coherence, text
    return best[1] if best else None

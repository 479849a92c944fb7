"""Read an e-book (.epub): its chapters in the order they are read."""

import posixpath
import re
from collections.abc import Iterator
from html.entities import html5
from typing import Any
from urllib.parse import unquote

from index.errors import SourceError
from index.extract import Extract, checked, cleaned, one_line
from index.limits import ReadLimits
from index.markup import parse_html, text_of
from index.note_marks import leave_out_marks
from index.xml import parse
from index.zipped import Expansion, ZippedFiles

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
CHAPTERS = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]*;)")
OF_XML = {b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"}
DECLARED = re.compile(rb"<!ENTITY", re.IGNORECASE)
NAVIGATION = frozenset({"nav"})  # a list of the chapters that follow


def read_epub(data: bytes, *, name: str, limits: ReadLimits) -> Extract:
    """Read an e-book without copy protection.

    Args:
        data: the file.
        name: what to call it in an error.
        limits: how much is read.

    Raises:
        SourceError: it is damaged, no e-book, copy-protected, too large, nested too deep, or has
            no text.
    """
    zipped = ZippedFiles.from_bytes(data, name=name, expansion=Expansion(limits))
    if CONTAINER not in zipped:
        raise SourceError(f"{name} is not an e-book.", "Give an EPUB file.")
    package_path = _package_path(parse(zipped.read(CONTAINER), name=f"{CONTAINER} in {name}"))
    if package_path is None:
        raise SourceError(f"{name} names no contents.", "It is damaged; get it again.")
    package = parse(zipped.read(package_path), name=f"{package_path} in {name}")
    chapters = list(_spine(package, posixpath.dirname(package_path)))
    locked = _encrypted(zipped, name=name)
    if locked.intersection(chapters):
        raise SourceError(f"{name} is copy-protected.", "Give a copy without protection.")
    parts: list[str] = []
    left_bytes = limits.markup_bytes
    for chapter in chapters:
        content = zipped.read(chapter, most_bytes=left_bytes)
        left_bytes -= len(content)
        page = _parsed(content, name=f"{chapter} in {name}")
        leave_out_marks(page)
        text = cleaned(text_of(page, without=NAVIGATION))
        if text.strip():
            parts.append(text)
    metadata = _metadata(package)
    return checked(
        Extract(
            text="\n\n".join(parts),
            title=metadata.get("title"),
            author=metadata.get("creator"),
            date=metadata.get("date"),
            language=metadata.get("language"),
        ),
        name=name,
        limits=limits,
    )


def _package_path(container: Any) -> str | None:
    for element in container.iter():
        if _local(element) == "rootfile" and element.get("full-path"):
            return posixpath.normpath(unquote(element.get("full-path")))
    return None


def _spine(package: Any, folder: str) -> Iterator[str]:
    """The paths of the chapters in the order they are read, each once."""
    manifest = {}
    order = []
    for element in package.iter():
        if _local(element) == "item" and element.get("media-type") in CHAPTERS:
            path = unquote((element.get("href") or "").partition("#")[0])
            manifest[element.get("id")] = posixpath.normpath(posixpath.join(folder, path))
        elif _local(element) == "itemref":
            order.append(element.get("idref"))
    yield from dict.fromkeys(manifest[name] for name in order if name in manifest)


def _metadata(package: Any) -> dict[str, str | None]:
    """What the book says of itself; of several authors all, of the rest the first."""
    found: dict[str, str | None] = {}
    for element in package.iter():
        key, value = _local(element), one_line(element.text)
        if key not in ("title", "creator", "date", "language") or not value:
            continue
        if key == "creator" and found.get(key):
            found[key] = f"{found[key]}, {value}"
        else:
            found.setdefault(key, value)
    return found


def _encrypted(zipped: ZippedFiles, *, name: str) -> set[str]:
    """The files that need a key; fonts are often among them, and do not matter."""
    if ENCRYPTION not in zipped:
        return set()
    root = parse(zipped.read(ENCRYPTION), name=f"{ENCRYPTION} in {name}")
    return {
        posixpath.normpath(unquote(element.get("URI", "")))
        for element in root.iter()
        if _local(element) == "CipherReference"
    }


def _parsed(content: bytes, *, name: str) -> Any:
    """A chapter as XHTML, or where it is not well-formed, as HTML."""
    from lxml import etree

    if DECLARED.search(content):
        raise SourceError(
            f"{name} declares XML entities, as no chapter needs to.", "Do not trust it."
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(ENTITY.sub(_entity, content), parser)
    except (etree.XMLSyntaxError, ValueError):
        pass
    page = parse_html(content, name=name)
    if page is None:
        raise SourceError(f"{name} is damaged.", "Get a complete copy.")
    return page


def _entity(found: re.Match[bytes]) -> bytes:
    """An entity of HTML, which XML does not know, as a number, which it does."""
    name = found[1]
    if name in OF_XML or name.decode() not in html5:
        return found[0]
    return "".join(f"&#{ord(character)};" for character in html5[name.decode()]).encode()


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]

"""Fetch a page that the user named, and nothing that only a machine on our network could see."""

import ipaddress
import re
import socket
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from index.errors import SourceError
from index.limits import ReadLimits, size

SCHEMES = ("http", "https")
PORTS = {"http": 80, "https": 443}
REDIRECTS = (
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.SEE_OTHER,
    HTTPStatus.TEMPORARY_REDIRECT,
    HTTPStatus.PERMANENT_REDIRECT,
)
SAFE_IN_PATHS = "/%:@!$&'()*+,;=~-._"
# From a page's media type to the ending of a file of its kind.
SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/pdf": ".pdf",
}
HEADERS: dict[bytes | str, bytes | str] = {
    "User-Agent": "pullquote",
    "Accept": ", ".join(SUFFIXES),
    "Accept-Encoding": "identity",
}
CODINGS = {"": False, "identity": False, "gzip": True, "x-gzip": True, "deflate": True}
ANY_ZLIB = 47  # zlib's way of saying: with the head of zlib or of gzip
NO_HEAD = -15  # and: with neither
# How a head of zlib begins, and one of gzip; deflated data by themselves begin with neither.
ZLIB_METHOD, GZIP_BEGINS = 8, 0x1F
BLANK = re.compile(r"[\s\x00-\x1f\x7f]")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
WITHIN_IPV6 = 0xFFFFFFFF

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class WebPage:
    """What a server gave.

    Args:
        url: where it was found in the end.
        data: its bytes.
        suffix: the ending that a file of its kind has.
        charset: its encoding, if the server says.
    """

    url: str
    data: bytes
    suffix: str
    charset: str | None = None

    @property
    def name(self) -> str:
        """The last part of its path, or its host."""
        parts = urlsplit(self.url)
        return unquote(parts.path.rstrip("/").rpartition("/")[2]) or str(parts.hostname)

    def __str__(self) -> str:
        return f"{self.url} ({len(self.data):,} bytes)"


def is_url(source: str) -> bool:
    """Whether a source is the address of a page of the web, not a path or a text."""
    return source.lower().startswith(("http://", "https://")) and not BLANK.search(source)


def fetch(url: str, *, limits: ReadLimits, allow_private: bool = False) -> WebPage:
    """Fetch a page over HTTP.

    Args:
        url: its address.
        limits: how large it may be, how long it may take, how often it may send us on.
        allow_private: fetch from this machine and its own network too.

    Raises:
        SourceError: the address is not a public one of the web, or the page is missing, too
            large, too slow, or of a kind that is not read.
    """
    until_s = time.monotonic() + limits.seconds
    here = url
    for _ in range(limits.redirects + 1):
        found = _fetch_one(here, until_s=until_s, limits=limits, allow_private=allow_private)
        if isinstance(found, WebPage):
            return found
        here = urljoin(here, found).replace(" ", "%20")  # as browsers do
    raise SourceError(
        f"{url} redirects more than {limits.redirects} times.", "Name the page it leads to."
    )


def is_public(address: Address) -> bool:
    """Whether an address is one of the internet's, for itself and for what is wrapped in it."""
    wrapped: list[Address] = []
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & WITHIN_IPV6))
        wrapped += filter(None, (address.sixtofour, *(address.teredo or ())))
        if address.is_site_local:
            return False
    # Those that are private, link-local, unspecified or this machine's own are none of them global.
    closed = not address.is_global or address.is_multicast or address.is_reserved
    return not closed and all(map(is_public, wrapped))


def _fetch_one(
    url: str, *, until_s: float, limits: ReadLimits, allow_private: bool
) -> WebPage | str:
    """A page, or the address it sends on to."""
    import ssl

    import certifi
    import httpcore

    from index.pinned import PinnedBackend

    parts = _checked_parts(url)
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    addresses = _addresses(host, port, url=url, allow_private=allow_private)
    target = quote(parts.path or "/", safe=SAFE_IN_PATHS)
    if parts.query:
        target += "?" + quote(parts.query, safe=SAFE_IN_PATHS + "?")
    try:
        name = host if ":" in host else host.encode("idna").decode()
        address = httpcore.URL(
            scheme=parts.scheme.encode(),
            host=name.encode(),
            port=parts.port,
            target=target.encode(),
        )
        with (
            httpcore.ConnectionPool(
                ssl_context=ssl.create_default_context(cafile=certifi.where()),
                network_backend=PinnedBackend(addresses, until_s=until_s),
            ) as pool,
            pool.stream("GET", address, headers=HEADERS) as response,
        ):
            headers = {key.decode("latin-1").lower(): value.decode("latin-1")
                       for key, value in response.headers}  # fmt: skip
            if response.status in REDIRECTS and headers.get("location"):
                return headers["location"]
            if response.status != HTTPStatus.OK:
                raise SourceError(
                    f"{url} cannot be read: the server answered {response.status}.",
                    "Check the address.",
                )
            suffix, charset = _kind(headers, url=url)
            data = _body(response, headers, url=url, limits=limits)
    except httpcore.TimeoutException:
        raise SourceError(
            f"{url} takes longer than {limits.seconds:g} s to fetch.",
            "Try again later, or allow more seconds.",
        ) from None
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, UnicodeError) as error:
        raise SourceError(f"{url} cannot be fetched ({error}).", "Check the address.") from error
    return WebPage(url, data, suffix, charset)


def _checked_parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an address in brackets that is none
        sound = False
    if not sound or BLANK.search(url):
        raise SourceError(
            f"{url[:200]!r} is not an address of a page.", "Give one that begins with https://"
        )
    if "@" in parts.netloc:
        raise SourceError(
            f"The address of a page at {parts.hostname} has a name or a password in it.",
            "Give it without, or save the page and read the file.",
        )
    return parts


def _addresses(host: str, port: int, *, url: str, allow_private: bool) -> list[str]:
    """The addresses of a host, if it is one that may be asked."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        public = all(is_public(ipaddress.ip_address(address)) for address in addresses)
    except (OSError, ValueError) as error:  # a name that is too long or empty is a ValueError
        raise SourceError(f"{url} cannot be fetched: there is no host {host}.",
                          "Check the address.") from error  # fmt: skip
    if not public and not allow_private:
        raise SourceError(
            f"{url} is on this machine or its own network.",
            "Save the page and read the file, or allow it with --allow-private (in Python"
            " allow_private=True).",
        )
    return addresses


def _kind(headers: Mapping[str, str], *, url: str) -> tuple[str, str | None]:
    """The ending of a file of the page's kind, and its encoding if the server says."""
    written, *parameters = headers.get("content-type", "").split(";")
    kind = written.strip().lower()
    if kind not in SUFFIXES:
        raise SourceError(
            f"{url} is {kind or 'of a type the server does not state'}.",
            "HTML, text and PDF are read from the web; save anything else, and read the file.",
        )
    pairs = (parameter.partition("=") for parameter in parameters)
    charsets = (value.strip(" \"'") for key, _, value in pairs if key.strip().lower() == "charset")
    return SUFFIXES[kind], next(charsets, None) or None


def _body(response: Any, headers: Mapping[str, str], *, url: str, limits: ReadLimits) -> bytes:
    """The page, unpacked as it comes, and refused as soon as it is too large."""
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in CODINGS:
        raise SourceError(f"{url} is compressed as {coding}.", "Save the page, and read the file.")
    unpacker: Any = None
    data = bytearray()
    try:
        for block in filter(None, response.iter_stream()):
            if CODINGS[coding] and unpacker is None:
                unpacker = zlib.decompressobj(ANY_ZLIB if _has_head(block[0]) else NO_HEAD)
            left = limits.file_bytes + 1 - len(data)
            data += unpacker.decompress(block, left) if unpacker else block
            if len(data) > limits.file_bytes:
                raise SourceError(
                    f"{url} has more than {size(limits.file_bytes)}.",
                    "Save it in several files.",
                )
    except zlib.error as error:
        raise SourceError(f"{url} came damaged.", "Try again.") from error
    if unpacker is not None and not unpacker.eof:
        raise SourceError(f"{url} came cut short.", "Try again.")
    return bytes(data)


def _has_head(first: int) -> bool:
    """Whether packed data begin with a head; what is called deflate may come without, too."""
    return first % 16 == ZLIB_METHOD or first == GZIP_BEGINS

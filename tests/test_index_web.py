"""Pages are fetched from a server of our own; what only our network could see is refused."""

import gzip
import ipaddress
import random
import socket
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpcore
import pytest
from made_files import pdf_of_lines

from index.errors import SourceError
from index.limits import ReadLimits
from index.pinned import PinnedBackend
from index.read import read_sources
from index.web import fetch, is_public, is_url

SLOW_S = 60  # that what is too slow goes on for
PAGE = b"<html lang=en><body><nav>Menu</nav><h1>The harbour</h1><p>It was built in 1843.</p>"
# Hardly to be packed, so that what is cut off is missed.
WORDS = random.Random(0).randbytes(20_000).hex().encode()


def packed(coding, body):
    return 200, {"Content-Type": "text/plain", "Content-Encoding": coding}, body


def deflated(data, window):
    packer = zlib.compressobj(wbits=window)
    return packer.compress(data) + packer.flush()


# Path of a page: status, headers, body.
PAGES: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/page": (200, {"Content-Type": "text/html; charset=utf-8"}, PAGE),
    "/latin": (200, {"Content-Type": 'text/html; charset="ISO-8859-1"'}, b"<p>Gr\xf6\xdfe</p>"),
    "/text": (200, {"Content-Type": "text/plain; charset=latin-1"}, b"Gr\xf6\xdfe"),
    "/notes%20of%20mine.md": (200, {"Content-Type": "TEXT/MARKDOWN"}, b"# Notes\n\nWords."),
    "/report": (
        200,
        {"Content-Type": "application/pdf"},
        pdf_of_lines([["One."], ["Two."]]),
    ),
    "/fake.pdf": (200, {"Content-Type": "application/pdf"}, PAGE),
    "/zipped": (
        200,
        {"Content-Type": "text/plain", "Content-Encoding": "gzip"},
        gzip.compress(b"Packed words."),
    ),
    "/bomb": (
        200,
        {"Content-Type": "text/plain", "Content-Encoding": "gzip"},
        gzip.compress(b"0" * 5_000_000),
    ),
    "/torn": (200, {"Content-Type": "text/plain", "Content-Encoding": "gzip"}, b"no gzip"),
    "/half": packed("gzip", gzip.compress(WORDS)[:10_000]),
    "/no-end": packed("gzip", gzip.compress(WORDS)[:-1]),
    "/half-deflated": packed("deflate", deflated(WORDS, 15)[:10_000]),
    "/half-raw": packed("deflate", deflated(WORDS, -15)[:10_000]),
    "/deflated": packed("deflate", deflated(WORDS, 15)),
    "/raw": packed("deflate", deflated(WORDS, -15)),
    "/stored": packed("deflate", zlib.compressobj(0, wbits=-15).flush()),
    "/brotli": (200, {"Content-Type": "text/plain", "Content-Encoding": "br"}, b"x"),
    "/large": (200, {"Content-Type": "text/plain"}, b"x" * 200_000),
    "/picture": (200, {"Content-Type": "image/png"}, b"\x89PNG"),
    "/nothing": (200, {}, b"Words."),
    "/empty": (200, {"Content-Type": "text/html"}, b""),
    "/gone": (404, {"Content-Type": "text/html"}, PAGE),
    "/broken": (500, {"Content-Type": "text/html"}, PAGE),
    "/to-page": (302, {"Location": "/page?a=b c#top"}, b""),
    "/to-host": (301, {"Location": "http://localhost:{port}/page"}, b""),
    "/to-file": (302, {"Location": "file:///etc/passwd"}, b""),
    "/to-ftp": (307, {"Location": "ftp://127.0.0.1/x"}, b""),
    "/to-login": (302, {"Location": "http://ada:hush@127.0.0.1:{port}/page"}, b""),
    "/to-nowhere": (302, {}, b""),
    "/round": (302, {"Location": "/round"}, b""),
}


ASKED: list[tuple[str, str]] = []  # host and path of every request


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        ASKED.append((self.headers["Host"], self.path))
        path = self.path.partition("?")[0]
        with suppress(OSError):  # the client has gone: that is what some tests are about
            if path == "/drip-body":
                self.reply(200, {"Content-Type": "text/plain", "Content-Length": "1000000"})
                self.drip()
            elif path == "/drip-head":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                self.drip()
            elif path == "/silent":
                time.sleep(SLOW_S)
            elif path == "/endless":
                self.reply(200, {"Content-Type": "text/plain"})
                while True:
                    self.wfile.write(b"x" * 100_000)
            else:
                status, headers, body = PAGES[path]
                self.reply(status, headers | {"Content-Length": str(len(body))})
                self.wfile.write(body)

    def reply(self, status, headers):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value.replace("{port}", str(self.server.server_port)))
        self.end_headers()

    def drip(self):
        for _ in range(20 * SLOW_S):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Where the pages are."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def get(url, **limits):
    return fetch(url, limits=ReadLimits(**{"seconds": 10, **limits}), allow_private=True)


def test_a_page(server):
    (document,) = read_sources(f"{server}/page", allow_private=True)
    assert document.text == "# The harbour\n\nIt was built in 1843."
    assert (document.title, document.language) == ("The harbour", "en")
    assert document.id == document.source == f"{server}/page"


def test_the_servers_word_decides_who_reads_it(server):
    def one(path):
        (document,) = read_sources([f"{server}{path}"], allow_private=True)
        return document

    assert one("/latin").text == one("/text").text == "Größe"
    assert one("/notes%20of%20mine.md").title == "Notes"
    assert one("/report").page_starts == (0, 6)
    assert one("/report").title == "Report"
    assert one("/zipped").text == "Packed words."
    with pytest.raises(SourceError, match=r"fake\.pdf is not a PDF"):
        one("/fake.pdf")
    with pytest.raises(SourceError, match="/empty is empty"):
        one("/empty")


def test_it_is_loaded_and_asked(server, embedder, reader):
    from qa.assistant import Assistant

    url = f"{server}/page"
    assistant = Assistant.from_sources(url, embedder=embedder, reader=reader, allow_private=True)
    answer = assistant.ask("When was it built?")
    assert answer.text is not None
    assert "1843" in answer.text
    assert answer.document_id == url


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/gone", "the server answered 404"),
        ("/broken", "the server answered 500"),
        ("/to-nowhere", "the server answered 302"),
        ("/picture", "is image/png"),
        ("/nothing", "of a type the server does not state"),
        ("/round", "redirects more than 5 times"),
        ("/to-file", "'file:///etc/passwd' is not an address"),
        ("/to-ftp", "'ftp://127.0.0.1/x' is not an address"),
        ("/to-login", "has a name or a password in it"),
        ("/torn", "came damaged"),
        ("/half", "came cut short"),
        ("/no-end", "came cut short"),
        ("/half-deflated", "came cut short"),
        ("/half-raw", "came cut short"),
        ("/brotli", "is compressed as br"),
    ],
)
def test_what_is_not_read(server, path, problem):
    with pytest.raises(SourceError, match=problem) as raised:
        get(f"{server}{path}")
    assert "hush" not in str(raised.value)


def test_deflated_pages_come_with_a_head_or_without(server):
    assert get(f"{server}/deflated").data == get(f"{server}/raw").data == WORDS
    assert get(f"{server}/stored").data == b""


def test_redirects(server):
    assert get(f"{server}/to-page").url == f"{server}/page?a=b%20c#top"
    assert ASKED[-1][1] == "/page?a=b%20c"
    assert get(f"{server}/to-host").data == PAGE
    assert ASKED[-1][0] == f"localhost:{server.rpartition(':')[2]}"
    with pytest.raises(SourceError, match="more than 0 times"):
        get(f"{server}/to-page", redirects=0)


def test_too_large(server):
    assert len(get(f"{server}/large", file_bytes=200_000).data) == 200_000
    for path in ("/large", "/bomb", "/endless"):
        with pytest.raises(SourceError, match="has more than 199,999 bytes"):
            get(f"{server}{path}", file_bytes=199_999)


@pytest.mark.parametrize("path", ["/drip-body", "/drip-head", "/silent"])
def test_too_slow(server, path):
    began = time.monotonic()
    with pytest.raises(SourceError, match=r"takes longer than 0\.4 s to fetch"):
        get(f"{server}{path}", seconds=0.4)
    assert time.monotonic() - began < SLOW_S / 2


@pytest.mark.skipif(sys.platform != "linux", reason="others answer when nobody takes calls")
def test_an_address_that_does_not_answer_leaves_time_for_the_next():
    with ExitStack() as stack:
        there = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = there.getsockname()[1]
        silent = stack.enter_context(socket.create_server(("127.0.0.2", port), backlog=0))
        for _ in range(8):  # no more are taken in, and nobody is told so
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(silent.getsockname())
        until_s = time.monotonic() + 2
        backend = PinnedBackend(["127.0.0.2", "127.0.0.1"], until_s=until_s)
        stream = backend.connect_tcp("harbour.example", port)
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", port)
        stream.close()
        backend = PinnedBackend(["127.0.0.2"] * 2, until_s=time.monotonic() + 0.2)
        with pytest.raises(httpcore.TimeoutException):
            backend.connect_tcp("harbour.example", port)


PRIVATE = [
    "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
    "http://0.0.0.0/", "http://10.0.0.1/", "http://192.168.1.1/", "http://172.16.0.1/",
    "http://169.254.169.254/latest/meta-data", "http://[fe80::1]/", "http://[fd00::1]/",
    "http://224.0.0.1/", "http://240.0.0.1/", "http://255.255.255.255/", "http://[::]/",
    "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://100.64.0.1/",
    "http://2130706433/", "http://127.1/", "http://0x7f000001/",
]  # fmt: skip


@pytest.mark.parametrize("url", PRIVATE)
def test_private_addresses_are_refused(url):
    with pytest.raises(SourceError, match="is on this machine or its own network"):
        read_sources(url)


def test_a_redirect_to_a_private_address_is_refused(server, monkeypatch):
    """The server stands at a public address, as far as the first look-up can tell."""
    port = int(server.rpartition(":")[2])
    looked_up = []

    def look_up(host, *args, **options):
        looked_up.append(host)
        address = "93.184.216.34" if host == "harbour.example" else host
        return real(address, *args, **options)

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    connected = []

    def connect(address, *args, **options):
        connected.append(address)
        return connect_really(("127.0.0.1", port), *args, **options)

    connect_really = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", connect)
    url = f"http://harbour.example:{port}/to-host"
    with pytest.raises(SourceError, match=r"localhost:\d+/page is on this machine"):
        fetch(url, limits=ReadLimits(seconds=5))
    assert [looked_up.count(name) for name in ("harbour.example", "localhost")] == [1, 1]
    # Connected once, to the address that was checked.
    assert connected == [("93.184.216.34", port)]
    assert ASKED[-1] == (f"harbour.example:{port}", "/to-host")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/x", "file:///etc/passwd", "http://", "http:///x", "https://:80/",
        "http://example.org:99999/", "http://example.org:0/", "http://[::1/", "gopher://x",
        "http://exa mple.org/", "http://example.org/\r\nX: y", "javascript:alert(1)", "",
    ],
)  # fmt: skip
def test_no_address_of_a_page(url):
    with pytest.raises(SourceError, match="is not an address of a page"):
        get(url)


@pytest.mark.parametrize("url", ["http://ada:hush@example.org/", "https://ada@example.org/"])
def test_credentials_are_refused(url):
    with pytest.raises(SourceError, match="a name or a password") as raised:
        read_sources(url)
    assert "ada" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["http://no-such-host.invalid/", f"http://{'a' * 300}.example/", "http://.../"]
)
def test_no_such_host(url):
    with pytest.raises(SourceError, match="there is no host"):
        get(url)


def test_nobody_listens():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(SourceError, match="cannot be fetched"):
            get(f"http://127.0.0.1:{taken.getsockname()[1]}/")


def test_no_certificate(server):
    with pytest.raises(SourceError, match="cannot be fetched"):
        get(server.replace("http://", "https://") + "/page")


def test_urls_are_told_from_texts_and_paths():
    for url in ("http://a", "https://a.b/c?d#e", "HTTPS://A.B"):
        assert is_url(url)
    for other in ("http://a b", "see http://a", "http:/a", "ftp://a", "http://a\nWords.", ""):
        assert not is_url(other)
    (document,) = read_sources("http://a.b/c is where it was published.")
    assert document.source is None


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("8.8.8.8", True), ("2606:2800:220:1::1", True),
        ("::ffff:8.8.8.8", True), ("64:ff9b::808:808", True), ("2002:808:808::", True),
        ("::ffff:10.0.0.1", False), ("64:ff9b::a00:1", False), ("2002:a00:1::", False),
        ("2001:0:a00:1::", False), ("198.18.0.1", False), ("192.0.2.1", False),
        ("127.0.0.1", False), ("::1", False), ("169.254.169.254", False), ("fe80::1%1", False),
        ("0.0.0.0", False), ("100.64.0.1", False), ("fd00::1", False), ("224.0.0.1", False),
        ("255.255.255.255", False), ("::ffff:127.0.0.1", False),
        ("2001:0:808:808::f5ff:fffe", False),
        ("ff02::1", False), ("::", False), ("fec0::1", False), ("2001:db8::1", False),
    ],
)  # fmt: skip
def test_public_addresses(address, public):
    assert is_public(ipaddress.ip_address(address)) is public

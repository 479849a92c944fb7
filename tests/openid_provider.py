"""An OpenID provider on a socket of its own, which checks what it is given, or lies if told to."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

CLIENT_ID, CLIENT_SECRET = "client one", "its secret: %/ü"
KEY, ANOTHER_KEY = (rsa.generate_private_key(65537, 2048) for _ in range(2))


def coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def as_number(value: int) -> str:
    return coded(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def signed(claims: Mapping[str, Any], key: rsa.RSAPrivateKey, algorithm: str = "RS256") -> str:
    """A token, made by hand so that what reads it is not what wrote it."""
    head = {"alg": algorithm, "kid": "one", "typ": "JWT"}
    text = ".".join(coded(json.dumps(part).encode()) for part in (head, dict(claims)))
    if algorithm == "none":
        return f"{text}."
    return f"{text}.{coded(key.sign(text.encode(), padding.PKCS1v15(), SHA256()))}"


@dataclass
class Provider:
    """What the provider knows, and what it says that is not so."""

    url: str
    subject: str = "61a0"
    name: str = "ada"
    redirect_uri: str = ""
    claims: dict[str, Any] = field(default_factory=dict)  # instead of the true ones; None: left out
    described: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = KEY
    algorithm: str = "RS256"
    broken: dict[str, tuple[int, str]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    given: list[str] = field(default_factory=list)  # tokens, which nobody else may keep
    asked: list[str] = field(default_factory=list)  # paths
    refused: list[str] = field(default_factory=list)  # what was wrong with calls

    def honest(self) -> None:
        self.subject, self.name, self.key, self.algorithm = "61a0", "ada", KEY, "RS256"
        for lies in (self.claims, self.described, self.told, self.broken):
            lies.clear()
        self.asked.clear()
        self.refused.clear()

    def answer(
        self, method: str, path: str, values: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[int, str, str]:
        self.asked.append(path)
        if path in self.broken:
            return (*self.broken[path], "text/html")
        match method, path:
            case "GET", "/.well-known/openid-configuration":
                return self._json(200, self._description() | self.described)
            case "GET", "/jwks":
                numbers = KEY.public_key().public_numbers()
                key = {"kty": "RSA", "kid": "one", "use": "sig"}
                key |= {"n": as_number(numbers.n), "e": as_number(numbers.e)}
                return self._json(200, {"keys": [key]})
            case "GET", "/oauth/authorize":
                return self._authorize(values)
            case "POST", "/oauth/token":
                return self._exchange(values, headers)
            case "GET", "/oauth/userinfo":
                subject = self.tokens.get(headers.get("Authorization", "").removeprefix("Bearer "))
                if subject is None:
                    return self._json(401, {"error": "invalid_token"})
                return self._json(
                    200, {"sub": subject, "preferred_username": self.name} | self.told
                )
            case "GET", "/favicon.ico":
                return 200, "", "image/png"
            case "GET", "/frame":
                shown = escape(values["of"])
                return 200, f'<iframe src="{shown}" width="900" height="700"></iframe>', "text/html"
        return 404, "nothing", "text/plain"

    def _description(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/oauth/authorize",
            "token_endpoint": f"{self.url}/oauth/token",
            "userinfo_endpoint": f"{self.url}/oauth/userinfo",
            "jwks_uri": f"{self.url}/jwks",
        }

    def _authorize(self, values: Mapping[str, str]) -> tuple[int, str, str]:
        right = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": self.redirect_uri,
            "scope": "openid profile",
            "code_challenge_method": "S256",
        }
        wrong = [name for name in right if values.get(name) != right[name]]
        wrong += [n for n in ("state", "nonce", "code_challenge") if len(values.get(n, "")) < 20]
        if wrong:
            self.refused.append(f"authorize: {wrong}")
            return 400, f"wrong: {wrong}", "text/plain"
        code = secrets.token_urlsafe()
        self.codes[code] = {**values, "subject": self.subject}
        links = ""
        for told, back in (("Allow", {"code": code}), ("Deny", {"error": "access_denied"})):
            query = urlencode({**back, "state": values["state"]})
            links += f'<a href="{escape(f"{self.redirect_uri}?{query}")}">{told}</a> '
        return 200, f"<title>Provider</title>{links}", "text/html"

    def _exchange(
        self, values: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[int, str, str]:
        # RFC 6749, 2.3.1: both are form-encoded before they are put together.
        wanted = "client%20one:its%20secret%3A%20%25%2F%C3%BC"
        asked = self.codes.pop(values.get("code", ""), None)
        verifier = values.get("code_verifier", "")
        challenge = coded(hashlib.sha256(verifier.encode()).digest())
        wrong = [
            name
            for name, right in {
                "client": headers.get("Authorization")
                == f"Basic {base64.b64encode(wanted.encode()).decode()}",
                "grant_type": values.get("grant_type") == "authorization_code",
                "code": asked is not None,
                "redirect_uri": values.get("redirect_uri") == self.redirect_uri,
                "verifier": asked is not None
                and 43 <= len(verifier) <= 128
                and challenge == asked["code_challenge"],
            }.items()
            if not right
        ]
        if wrong or asked is None:
            self.refused.append(f"token: {wrong}")
            return self._json(400, {"error": "invalid_grant"})
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": asked["subject"],
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 600,
            "nonce": asked["nonce"],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        access, identity = secrets.token_urlsafe(), signed(claims, self.key, self.algorithm)
        self.tokens[access] = asked["subject"]
        self.given += [access, identity]
        return self._json(
            200, {"access_token": access, "token_type": "bearer", "id_token": identity}
        )

    @staticmethod
    def _json(status: int, values: Mapping[str, Any]) -> tuple[int, str, str]:
        return status, json.dumps(values), "application/json"


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider that answers until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._do("GET", urlsplit(self.path).query)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            self._do("POST", self.rfile.read(length).decode())

        def _do(self, method: str, sent: str) -> None:
            values = {name: found[-1] for name, found in parse_qs(sent).items()}
            path = urlsplit(self.path).path
            status, body, kind = provider.answer(method, path, values, self.headers)
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            if path != "/frame":
                self.send_header("X-Frame-Options", "DENY")  # as Hugging Face does
            data = body.encode()
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Nothing: what is asked is in ``asked``."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

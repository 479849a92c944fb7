"""Visitors who log in with a provider, and the login that a server has of it."""

import re
from dataclasses import dataclass, field
from html import unescape
from itertools import count

import httpx
from openid_provider import CLIENT_ID, CLIENT_SECRET, Provider

from qa.hub_login import HubLogin

addresses = count(1)


def login_at(provider: Provider, port: int, *allowed: str) -> HubLogin:
    home = f"http://127.0.0.1:{port}"
    return HubLogin(CLIENT_ID, CLIENT_SECRET, provider.url, home, frozenset(allowed) or None)


@dataclass
class Visitor:
    """A browser without pages; httpx would not send cookies for TLS over plain HTTP."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    set_cookies: list[str] = field(default_factory=list)
    address: str = field(default_factory=lambda: f"198.51.100.{next(addresses)}")

    def get(self, address: str) -> httpx.Response:
        headers = {"X-Forwarded-For": self.address}
        if address.startswith(self.url):
            headers["Cookie"] = "; ".join(f"{n}={v}" for n, v in self.cookies.items())
        response = httpx.get(address, headers=headers, timeout=60)
        for one in response.headers.get_list("set-cookie"):
            self.set_cookies.append(one)
            name, value = one.split(";")[0].split("=", 1)
            self.cookies[name] = value.strip('"')
            if "max-age=0" in one.lower():
                del self.cookies[name]
        return response

    def page(self, path: str) -> httpx.Response:
        return self.get(self.url + path)

    def way_back(self, link: str = "Allow", query: str = "") -> str:
        """Where the provider sends the visitor after a click on what the door offers."""
        door = self.page(f"/{query}")
        assert door.status_code == 200
        (offer,) = re.findall(r'class="offer" href="([^"]+)"', door.text)
        sent = self.get(unescape(offer))
        assert sent.status_code == 303, sent.text
        asking = self.get(sent.headers["location"])
        assert asking.status_code == 200, asking.text
        (back,) = re.findall(rf'href="([^"]+)">{link}<', asking.text)
        return unescape(back)

    def log_in(self, query: str = "") -> httpx.Response:
        return self.get(self.way_back(query=query))

"""Logging in with Hugging Face, against a provider that checks what it is given, or lies."""

import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from browsing import WAIT_MS, Visit
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from openid_provider import ANOTHER_KEY, CLIENT_ID, CLIENT_SECRET, Provider, providing
from playwright.sync_api import Browser, Page, expect
from serving import LIMITLESS, free_port, served

from index.errors import InputError, SourceError
from qa.accounts import AUTH_FILE, Accounts, account_line
from qa.assistant import Assistant
from qa.begun_logins import BEGUN_S, BegunLogins
from qa.faults import HubLoginError
from qa.hub_entry import BEGUN_COOKIE
from qa.hub_login import ALLOWED, NEEDED, HubLogin, Members, Person
from qa.kept import Kept
from qa.kept_folder import account_secret, account_visitor, check_visitor
from qa.login import BURST_ATTEMPTS
from qa.login_choice import AUTH, HUB, chosen_login

EASY = "how many prisoners were pardoned?"
SPACE = {
    "OAUTH_CLIENT_ID": "an id",
    "OAUTH_CLIENT_SECRET": "a secret",
    "OAUTH_SCOPES": "openid profile email",
    "OPENID_PROVIDER_URL": "https://huggingface.co",
    "SPACE_HOST": "ada-pullquote.hf.space,quotes.example",
}
addresses = count(1)
RECALL = "button[data-act=recall]"


# What the environment says


def test_a_space_says_how_to_log_in() -> None:
    login = HubLogin.from_environment(SPACE | {ALLOWED: "ada, ben,,c-d"})
    assert login.provider == "https://huggingface.co"
    assert login.home == "https://ada-pullquote.hf.space"
    assert login.allowed == {"ada", "ben", "c-d"}
    assert "a secret" not in repr(login)
    assert HubLogin.from_environment(SPACE).allowed is None


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_missing_is_named_with_what_to_do(name: str) -> None:
    for environment in (SPACE | {name: " "}, {key: SPACE[key] for key in SPACE if key != name}):
        with pytest.raises(InputError, match=f"{name} is not set") as raised:
            HubLogin.from_environment(environment)
        assert "hf_oauth: true" in raised.value.remedy


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OAUTH_SCOPES", "openid", "no profile"),
        ("SPACE_HOST", "evil.example/path", "no host"),
        ("OPENID_PROVIDER_URL", "http://huggingface.co", "https"),
        ("OPENID_PROVIDER_URL", "huggingface.co", "https"),
        (ALLOWED, "", "names nobody"),
        (ALLOWED, " , ", "names nobody"),
        (ALLOWED, "ada,b/c", "'b/c'"),
    ],
)
def test_what_cannot_be_used_is_refused(name: str, value: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        HubLogin.from_environment(SPACE | {name: value})


def test_a_login_is_only_what_was_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "accounts"
    file.write_text(account_line("ada", "x" * 8), "utf-8")
    assert chosen_login(None, SPACE) is None  # there, but nobody asked for it
    assert isinstance(chosen_login(None, SPACE | {AUTH: HUB}), HubLogin)
    assert isinstance(chosen_login(HUB, SPACE), HubLogin)
    assert isinstance(chosen_login(HUB, SPACE | {AUTH_FILE: str(file)}), HubLogin)
    assert isinstance(chosen_login(str(file), SPACE), Accounts)
    assert isinstance(chosen_login(None, SPACE | {AUTH_FILE: str(file)}), Accounts)


@pytest.mark.parametrize(
    ("chosen", "environment", "said"),
    [
        (None, SPACE | {AUTH: "password"}, "'password'"),
        (None, SPACE | {AUTH: HUB, AUTH_FILE: "accounts"}, "Keep one"),
        (None, {AUTH: HUB}, "hf_oauth"),
        (HUB, {}, "hf_oauth"),
        (None, SPACE | {ALLOWED: "ada"}, "nobody logs in"),  # no open door by a forgotten variable
    ],
)
def test_half_a_choice_is_refused(
    chosen: str | None, environment: dict[str, str], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        chosen_login(chosen, environment)


def test_a_file_of_that_name_is_a_file() -> None:
    with pytest.raises(SourceError):
        chosen_login(None, {AUTH_FILE: HUB})
    with pytest.raises(SourceError):
        chosen_login(f"./{HUB}", SPACE)


def test_chat_does_not_start_open_where_spaces_says_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qa.cli", "chat", "--no-browser", "--auth", HUB],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=60,
        env={name: value for name, value in os.environ.items() if name not in NEEDED},
    )
    assert done.returncode == 1
    assert "hf_oauth: true" in done.stderr


# Who is in


def test_members_are_those_who_may() -> None:
    members = Members(frozenset({"Ada"}))
    members.welcome(Person("1", "ada"))
    assert members.mark_of("ada") == "1"
    with pytest.raises(HubLoginError, match="“eve”"):
        members.welcome(Person("2", "eve"))
    assert members.mark_of("eve") is None
    assert not members.admit("ada", "")
    for name in ("", "(the server)", "a b", "x" * 97, "<b>"):
        with pytest.raises(HubLoginError, match="name"):
            Members(None).welcome(Person("3", name))


def test_of_too_many_the_first_log_in_again() -> None:
    members = Members(None, held=2)
    for number, name in enumerate(["a", "b", "a", "c"]):
        members.welcome(Person(str(number), name))
    assert [members.mark_of(name) for name in "abc"] == ["2", None, "3"]


def test_an_account_is_one_visitor_that_nobody_works_out(tmp_path: Path) -> None:
    secret = account_secret(tmp_path)
    assert account_secret(tmp_path) == secret
    visitor = account_visitor(secret, "hub 1")
    assert check_visitor(visitor) == visitor == account_visitor(secret, "hub 1")
    assert visitor != account_visitor(secret, "hub 2")
    assert visitor != account_visitor(account_secret(tmp_path / "other"), "hub 1")


# Logins that are begun


@settings(max_examples=200)
@given(st.text(), st.integers(0, BEGUN_S), st.text(), st.integers(0, 200))
def test_a_login_ends_where_it_was_begun(query: str, passed: int, other: str, at: int) -> None:
    now = [1_000]
    begun = BegunLogins(clock=lambda: now[0])
    cookie = begun.begin(query)
    attempt = begun.attempt(cookie)
    assert len({attempt.state, attempt.nonce, attempt.verifier}) == 3
    now[0] += passed
    kept = query if len(query) <= 1_000 and all("!" <= one <= "~" for one in query) else ""
    assert begun.end(cookie, attempt.state) == (attempt, kept)
    changed = cookie[: at % len(cookie)] + other + cookie[at % len(cookie) + 1 :]
    for wrong, state in (
        (changed, attempt.state),
        (cookie, other),
        (None, attempt.state),
        (None, begun.attempt("").state),
        ("", begun.attempt("").state),
        (begun.begin(query), attempt.state),
    ):
        if (wrong, state) != (cookie, attempt.state):
            with pytest.raises(HubLoginError, match="not begun in this browser"):
                begun.end(wrong, state)
    with pytest.raises(HubLoginError, match="not begun"):
        BegunLogins(clock=lambda: now[0]).end(cookie, attempt.state)  # after a restart
    now[0] += BEGUN_S + 1
    with pytest.raises(HubLoginError, match="too long ago"):
        begun.end(cookie, attempt.state)


# A server behind it


@pytest.fixture(scope="module")
def providers() -> Iterator[Provider]:
    with providing() as provider:
        yield provider


@pytest.fixture
def provider(providers: Provider) -> Iterator[Provider]:
    providers.honest()
    yield providers
    providers.honest()


def login_at(provider: Provider, port: int, *allowed: str) -> HubLogin:
    home = f"http://127.0.0.1:{port}"
    return HubLogin(CLIENT_ID, CLIENT_SECRET, provider.url, home, frozenset(allowed) or None)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("kept"))


@pytest.fixture(scope="module")
def behind(news: Assistant, providers: Provider, kept: Kept) -> Iterator[str]:
    """A server for ada and ben, who log in with the provider."""
    port = free_port()
    login = login_at(providers, port, "ada", "ben")
    options = {"accounts": login, "kept": kept, "embedding": [providers.url], **LIMITLESS}
    with served(news, port=port, **options) as address:
        assert providers.asked == []  # nothing is asked of it until somebody logs in
        yield address


@pytest.fixture
def space(behind: str, provider: Provider) -> str:
    provider.redirect_uri = f"{behind}/login/callback"
    return behind


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


def test_a_visitor_logs_in_asks_and_logs_out(space: str, provider: Provider) -> None:
    visitor = Visitor(space)
    door = visitor.page("/")
    assert "auth_required" not in door.text  # nor what Gradio says of the endpoints
    assert visitor.page("/config").status_code == 401
    assert "password" not in visitor.page("/config").text
    came = visitor.log_in()
    assert (came.status_code, came.headers["location"]) == (303, f"{space}/")
    assert provider.refused == []
    config = visitor.page("/config")
    assert config.json()["username"] == "ada"
    assert "Log out" in config.text
    called = httpx.post(
        f"{space}/gradio_api/call/v2/documents",
        json={},
        cookies=visitor.cookies,
        headers={"Cookie": "; ".join(f"{n}={v}" for n, v in visitor.cookies.items())},
    )
    assert called.status_code == 200
    token = dict(visitor.cookies)
    visitor.page("/logout")
    assert Visitor(space, token).page("/config").status_code == 401
    assert "Log in with Hugging Face" in Visitor(space, token).page("/").text


def test_cookies_are_for_tls_and_for_no_script(space: str) -> None:
    visitor = Visitor(space)
    visitor.log_in()
    begun, *_, token = visitor.set_cookies
    assert begun.startswith(f"{BEGUN_COOKIE}=")
    assert token.startswith("access-token-")
    for cookie, site in ((begun, "lax"), (token, "none")):  # a Space is shown in a frame
        said = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "path=/", f"samesite={site}"} <= said
    assert BEGUN_COOKIE not in visitor.cookies  # once it is over


def test_no_token_and_no_secret_is_kept_or_logged(
    space: str, provider: Provider, caplog: pytest.LogCaptureFixture, kept: Kept
) -> None:
    provider.given.clear()
    visitor = Visitor(space)
    with caplog.at_level(logging.DEBUG):
        back = visitor.way_back()
        visitor.get(back)
        provider.told["sub"] = "another"  # what goes wrong after the exchange is logged
        Visitor(space).log_in()
    assert "another account" in caplog.text
    (code,) = parse_qs(urlsplit(back).query)["code"]
    server = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("qa")
    )
    assert len(provider.given) == 4
    assert code not in server
    for secret in (*provider.given, CLIENT_SECRET, "its%20secret"):
        assert secret not in caplog.text
        assert secret not in str(visitor.set_cookies)
        for file in kept.folder.iterdir():
            assert secret.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("?article=belarus-pardons.txt&at=3", "/?article=belarus-pardons.txt&at=3"),
        ("?//evil.example", "/?//evil.example"),
        ("?next=//evil.example", "/?next=//evil.example"),
        ("?" + "x" * 1_001, "/"),
    ],
)
def test_the_way_back_leads_to_the_page_alone(space: str, query: str, place: str) -> None:
    assert Visitor(space).log_in(query).headers["location"] == space + place


@pytest.mark.parametrize(
    "place",
    ["//evil.example", "https://evil.example", "/\\evil.example", "@evil.example", "\r\nA: b", "ä"],
)
def test_nowhere_else(space: str, place: str) -> None:
    visitor = Visitor(space)
    sent = visitor.page(f"/login/huggingface?{urlencode({'next': place})}")
    asking = visitor.get(sent.headers["location"])
    (back,) = re.findall(r'href="([^"]+)">Allow<', asking.text)
    target = urlsplit(visitor.get(unescape(back)).headers["location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == f"{space}/"


# What goes wrong


def said_on(response: httpx.Response, status: int, *words: str) -> None:
    """That a page in our look says something, and how to begin anew."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("text/html")
    assert response.headers["cache-control"] == "no-store"
    assert "frame-ancestors" in response.headers["content-security-policy"]
    text = response.text
    assert "<h1>Pullquote</h1>" in text
    assert 'class="offer" href="http://127.0.0.1:' in text
    for word in words:
        assert word in text
    assert not any(
        one.startswith("access-token") for one in response.headers.get_list("set-cookie")
    )


def test_another_browser_cannot_come_back(space: str, provider: Provider) -> None:
    back = Visitor(space).way_back()
    asked = len(provider.asked)
    said_on(Visitor(space).get(back), 400, "not begun in this browser")
    other = Visitor(space)
    other.way_back()
    said_on(other.get(back), 400, "not begun in this browser")
    assert "/oauth/token" not in provider.asked[asked:]  # no code is spent on it


@pytest.mark.parametrize("query", ["", "?code=x", "?state=ä&code=x", "?error=access_denied"])
def test_a_way_back_that_nobody_went(space: str, query: str) -> None:
    said_on(Visitor(space).page(f"/login/callback{query}"), 400, "not begun", "Log in again")


def test_whoever_does_not_allow_it_is_not_let_in(space: str) -> None:
    visitor = Visitor(space)
    said_on(visitor.get(visitor.way_back("Deny")), 403, "not allowed to say who you are")
    assert visitor.page("/config").status_code == 401


def test_whoever_is_not_on_the_list_is_not_let_in(space: str, provider: Provider) -> None:
    provider.name, provider.subject = "eve", "666"
    visitor = Visitor(space)
    said_on(visitor.log_in(), 403, "“eve” is not among those who may use this")
    assert visitor.page("/config").status_code == 401


def test_a_code_is_good_once(space: str) -> None:
    visitor = Visitor(space)
    back = visitor.way_back()
    begun = dict(visitor.cookies)
    assert visitor.get(back).status_code == 303
    said_on(Visitor(space, begun).get(back), 400, "does not know this login any more")


def test_no_verifier_of_another_login_will_do(space: str, provider: Provider) -> None:
    first, second = Visitor(space), Visitor(space)
    (stolen,) = parse_qs(urlsplit(first.way_back()).query)["code"]
    (state,) = parse_qs(urlsplit(second.way_back()).query)["state"]
    query = urlencode({"code": stolen, "state": state})
    said_on(second.page(f"/login/callback?{query}"), 400, "does not know this login")
    assert provider.refused == ["token: ['verifier']"]


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": [CLIENT_ID, "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"exp": int(time.time()) - 3_600},
        {"exp": None},
        {"sub": "another"},
        {"sub": None},
    ],
)
def test_an_id_token_that_is_not_for_this_login(
    space: str, provider: Provider, lie: dict[str, object]
) -> None:
    provider.claims.update(lie)
    visitor = Visitor(space)
    said_on(visitor.log_in(), 502, "did not answer as it should")
    assert visitor.page("/config").status_code == 401


def test_an_id_token_that_the_provider_did_not_sign(space: str, provider: Provider) -> None:
    provider.key = ANOTHER_KEY
    said_on(Visitor(space).log_in(), 502, "did not answer as it should")
    provider.honest()
    provider.algorithm = "none"
    said_on(Visitor(space).log_in(), 502, "did not answer as it should")


@pytest.mark.parametrize(
    "lie",
    [{"sub": "another"}, {"sub": None}, {"preferred_username": None}, {"preferred_username": 1}],
)
def test_user_information_that_is_none(
    space: str, provider: Provider, lie: dict[str, object]
) -> None:
    provider.told.update(lie)
    said_on(Visitor(space).log_in(), 502, "did not answer as it should")


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/userinfo", "/jwks"])
@pytest.mark.parametrize(
    "answer", [(500, "oops"), (200, "<html>"), (200, "[]"), (302, "{}"), (401, "{}")]
)
def test_a_provider_that_is_broken(
    space: str, provider: Provider, path: str, answer: tuple[int, str]
) -> None:
    provider.broken[path] = answer
    said_on(Visitor(space).log_in(), 502, "did not answer as it should", "Try again")


@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
    ],
)
def test_a_provider_that_is_another(space: str, provider: Provider, lie: dict[str, object]) -> None:
    provider.described.update(lie)
    said_on(Visitor(space).page("/login/huggingface"), 502, "did not answer as it should")


def test_a_provider_that_is_away(news: Assistant) -> None:
    port = free_port()
    away = Provider(f"http://127.0.0.1:{free_port()}")
    with served(news, port=port, accounts=login_at(away, port)) as url:
        visitor = Visitor(url)
        assert "Log in with Hugging Face" in visitor.page("/").text
        said_on(visitor.page("/login/huggingface"), 502, "cannot be reached", "in a minute")


def test_no_address_asks_the_provider_without_end(space: str, provider: Provider) -> None:
    visitor = Visitor(space)
    answers = []
    for _ in range(3 * BURST_ATTEMPTS):
        answers.append(visitor.page("/login/huggingface"))
        if answers[-1].status_code == 429:
            break
    said_on(answers[-1], 429, "a lot in a short time")
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert {one.status_code for one in answers[:-1]} == {303}
    assert len(provider.asked) == len(answers) - 1


def test_no_password_opens_it(space: str) -> None:
    given = {"username": "ada", "password": ""}
    assert httpx.post(f"{space}/login", data=given).status_code in {400, 422}
    assert httpx.get(f"{space}/config", auth=("ada", "")).status_code == 401
    for method, path in (("POST", "/login/callback"), ("POST", "/gradio_api/mcp/")):
        assert httpx.request(method, space + path).status_code in {401, 404, 405}


def test_a_name_that_somebody_else_has_now_is_somebody_else(space: str, provider: Provider) -> None:
    before = Visitor(space)
    before.log_in()
    assert before.page("/config").status_code == 200
    provider.subject = "77b1"
    after = Visitor(space)
    after.log_in()
    assert after.page("/config").status_code == 200
    assert before.page("/config").status_code == 401


# In a browser


def arrived(page: Page) -> None:
    page.wait_for_selector(".pq-library[data-arrived]", state="attached", timeout=WAIT_MS)


@pytest.mark.browser
def test_in_a_browser_what_was_asked_is_the_accounts(
    browser: Browser, space: str, provider: Provider
) -> None:
    def enter(visit: Visit) -> None:
        assert visit.violations() == []
        visit.picture(f"door-{provider.name}")
        visit.page.get_by_role("link", name="Log in with Hugging Face").click()
        expect(visit.page).to_have_title("Provider")
        visit.page.get_by_role("link", name="Allow").click()

    first = Visit(browser, space, enter=enter)
    first.ask(EASY)
    expect(first.page.locator(RECALL)).to_contain_text([EASY])
    first.leave(provider.url)

    again = Visit(browser, space, enter=enter)  # on another machine
    expect(again.page.locator(RECALL)).to_contain_text([EASY])
    again.page.get_by_role("link", name="Log out").click()
    expect(again.page).to_have_url(f"{space}/")
    # Somebody else, in the same browser.
    provider.name, provider.subject = "ben", "62b0"
    enter(again)
    arrived(again.page)
    expect(again.page.locator(RECALL)).to_have_count(0)
    again.leave(provider.url)


@pytest.mark.browser
def test_in_a_frame_the_login_has_a_tab_of_its_own(
    browser: Browser, space: str, provider: Provider
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{provider.url}/frame?{urlencode({'of': space})}")
    frame = page.frame_locator("iframe")
    with context.expect_page() as opened:
        frame.get_by_role("link", name="Log in with Hugging Face").click()
    tab = opened.value
    expect(tab).to_have_title("Provider")
    tab.get_by_role("link", name="Deny").click()
    expect(tab.get_by_role("heading", name="not allowed to say who you are")).to_be_visible()
    tab.get_by_role("link", name="Log in again").click()
    tab.get_by_role("link", name="Allow").click()
    arrived(tab)
    page.reload()
    expect(frame.get_by_placeholder("Ask a question")).to_be_visible(timeout=WAIT_MS)
    context.close()

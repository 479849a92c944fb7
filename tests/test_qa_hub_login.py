"""Logging in with Hugging Face: who may, where a begun login ends, and what is kept of it."""

import logging
import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from browsing import WAIT_MS, Visit
from hub_visitors import Visitor
from hypothesis import given, settings
from hypothesis import strategies as st
from openid_provider import CLIENT_SECRET, Provider
from playwright.sync_api import Browser, Page, expect

from qa.begun_logins import BEGUN_S, BegunLogins
from qa.faults import HubLoginError
from qa.hub_entry import BEGUN_COOKIE
from qa.hub_login import Members, Person
from qa.kept import Kept
from qa.kept_folder import account_secret, account_visitor, check_visitor

EASY = "how many prisoners were pardoned?"
RECALL = "button[data-act=recall]"


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


@pytest.fixture
def kept(kept_behind: Kept) -> Kept:
    """What the server keeps, in place of a folder of the test's own."""
    return kept_behind


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
        timeout=60,
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
    expect(again.page.get_by_text("for your account, in every browser")).to_be_visible()
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
    expect(frame.get_by_placeholder("Ask a question")).to_be_visible()
    context.close()

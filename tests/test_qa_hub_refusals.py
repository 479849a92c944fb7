"""What goes wrong with a login at Hugging Face, or is a lie: told in words, and nobody let in."""

import time
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from hub_visitors import Visitor, login_at
from openid_provider import ANOTHER_KEY, CLIENT_ID, Provider
from serving import free_port, served

from qa.assistant import Assistant
from qa.login import BURST_ATTEMPTS


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
    for password, status in (("", 422), ("x" * 8, 400)):
        given = {"username": "ada", "password": password}
        assert httpx.post(f"{space}/login", data=given, timeout=60).status_code == status
    assert httpx.get(f"{space}/config", auth=("ada", ""), timeout=60).status_code == 401
    for path, status in (("/login/callback", 404), ("/gradio_api/mcp/", 401)):
        assert httpx.post(space + path, timeout=60).status_code == status


def test_a_name_that_somebody_else_has_now_is_somebody_else(space: str, provider: Provider) -> None:
    before = Visitor(space)
    before.log_in()
    assert before.page("/config").status_code == 200
    provider.subject = "77b1"
    after = Visitor(space)
    after.log_in()
    assert after.page("/config").status_code == 200
    assert before.page("/config").status_code == 401

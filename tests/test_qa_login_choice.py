"""Which login a chat has: what the environment says of it, and what is refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from index.errors import InputError, SourceError
from qa.accounts import AUTH_FILE, Accounts, account_line
from qa.hub_login import ALLOWED, NEEDED, HubLogin
from qa.login_choice import AUTH, HUB, chosen_login

SPACE = {
    "OAUTH_CLIENT_ID": "an id",
    "OAUTH_CLIENT_SECRET": "a secret",
    "OAUTH_SCOPES": "openid profile email",
    "OPENID_PROVIDER_URL": "https://huggingface.co",
    "SPACE_HOST": "ada-pullquote.hf.space,quotes.example",
}
BLANK = ("", " \t")  # as where a script's own variable is not set


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
        ("SPACE_HOST", "evil.example/path", "not a host"),
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
        *((blank, {}, "--auth is empty") for blank in BLANK),
        *((None, {AUTH_FILE: blank}, f"{AUTH_FILE} is empty") for blank in BLANK),
        *((None, {AUTH: blank}, f"{AUTH} is empty") for blank in BLANK),
        ("", SPACE | {AUTH: HUB}, "--auth is empty"),
        (None, SPACE | {AUTH: HUB, AUTH_FILE: ""}, f"{AUTH_FILE} is empty"),
        (None, {AUTH: "", AUTH_FILE: "accounts"}, f"{AUTH} is empty"),
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


@pytest.mark.parametrize(
    ("asked", "environment", "said"),
    [
        (["--auth", HUB], {}, "hf_oauth: true"),
        (["--auth", ""], {}, "--auth is empty. Name a file of accounts, or leave it out"),
        ([], {AUTH_FILE: ""}, f"{AUTH_FILE} is empty. Name a file of accounts, or leave it out"),
    ],
)
def test_chat_does_not_start_open_where_the_login_is_half_asked_for(
    asked: list[str], environment: dict[str, str], said: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qa.cli", "chat", "--no-browser", *asked],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=60,
        env={name: value for name, value in os.environ.items() if name not in NEEDED} | environment,
    )
    assert done.returncode == 1
    assert said in done.stderr

"""A login ends: unused, logged out of, or with another password."""

import os
from contextlib import closing

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serving import served

from index.errors import InputError
from qa import accounts as accounts_module
from qa.accounts import Accounts, account_line
from qa.logins import DAY_S, SERVER, Logins

NAME, OLD, NEW = "ada", "grüne Brücke 1911", "rote Brücke 1912"


class Time:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


def logins_of(marks, days=30):
    time = Time()
    return Logins(marks.get, days=days, clock=time), time


def test_a_login_lasts_as_long_as_it_is_used():
    logins, time = logins_of({NAME: 1})
    logins["t"] = NAME
    for _ in range(10):
        time.seconds += 29 * DAY_S
        assert logins.use("t")
    time.seconds += 30 * DAY_S + 1
    assert not logins.use("t")
    assert "t" not in logins
    assert logins.get("t") is None
    assert [*logins] == []


def test_looking_at_it_is_no_use():
    logins, time = logins_of({NAME: 1}, days=1)
    logins["t"] = NAME
    time.seconds += DAY_S - 1
    assert logins["t"] == NAME
    time.seconds += 2
    assert "t" not in logins


def test_it_ends_with_the_password_and_with_the_name():
    marks = {NAME: 1, "ben": 1}
    logins, _ = logins_of(marks)
    logins["a"], logins["b"] = NAME, "ben"
    marks[NAME] = 2
    assert not logins.use("a")
    assert logins.use("b")
    del marks["ben"]
    assert not logins.use("b")
    marks[NAME] = 1  # what has ended does not begin again
    assert not logins.use("a")


def test_the_server_itself_is_never_logged_out():
    logins, time = logins_of({})
    logins["s"] = SERVER
    time.seconds += 1000 * DAY_S
    assert logins.use("s")


@pytest.mark.parametrize("days", [0, -1, float("nan")])
def test_a_login_must_last(days):
    with pytest.raises(InputError, match="days"):
        Logins({}.get, days=days)


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["in", "use", "out"]), st.floats(0, 20))
    )
)
def test_it_is_as_a_list_of_times_says(acts):
    logins, time = logins_of(dict.fromkeys("abc", 1), days=10)
    used: dict[str, float] = {}
    for token, act, days in acts:
        time.seconds += days * DAY_S
        there = token in used and time.seconds - used[token] <= 10 * DAY_S
        if act == "in":
            logins[token] = token
            used[token] = time.seconds
        elif act == "use":
            assert logins.use(token) is there
            if there:
                used[token] = time.seconds
        elif there:
            del logins[token]
            del used[token]
        alive = {one for one, at in used.items() if time.seconds - at <= 10 * DAY_S}
        assert set(logins) == alive
        assert len(logins) == len(alive)
        used = {one: at for one, at in used.items() if one in alive}


# The file


def written(file, *lines):
    file.write_text("\n".join(lines), "utf-8")
    found = file.stat()
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns + 1))  # clocks may be coarse


@pytest.fixture
def file(tmp_path):
    written(tmp_path / "accounts", account_line(NAME, OLD))
    return tmp_path / "accounts"


def test_the_file_is_read_again_when_it_changes(file, monkeypatch, caplog):
    monkeypatch.setattr(accounts_module, "LOOK_S", 0)
    accounts = Accounts.from_file(file)
    before = accounts.mark_of(NAME)
    assert accounts.mark_of(NAME) == before
    written(file, account_line(NAME, NEW), account_line("ben", OLD))
    assert accounts.mark_of(NAME) != before
    assert accounts.admit(NAME, NEW)
    assert not accounts.admit(NAME, OLD)
    assert accounts.admit("ben", OLD)
    now = accounts.mark_of(NAME)
    for wrong in ("ada:letmein", "", "# nobody"):
        written(file, wrong)  # half a file lets nobody in, and nobody is thrown out by it
        assert accounts.mark_of(NAME) == now
        assert accounts.mark_of("ben") is not None
    assert "stays as it was" in caplog.text
    assert "scrypt$" not in caplog.text
    file.unlink()
    assert accounts.mark_of(NAME) == now
    written(file, account_line("ben", OLD))
    assert accounts.mark_of(NAME) is None


def test_on_a_server(news, file, monkeypatch):
    monkeypatch.setattr(accounts_module, "LOOK_S", 0)
    with served(news, accounts=Accounts.from_file(file)) as url:

        def logged_in(password):
            visitor = httpx.Client(base_url=url, timeout=60)
            visitor.post("/login", data={"username": NAME, "password": password})
            return visitor

        with closing(logged_in(OLD)) as first, closing(logged_in(OLD)) as second:
            assert first.get("/config").status_code == 200
            first.get("/logout")  # of all the name's logins
            assert first.get("/config").status_code == 401
            assert second.get("/config").status_code == 401
        with closing(logged_in(OLD)) as visitor:
            assert visitor.get("/config").status_code == 200
            basic = httpx.BasicAuth(NAME, OLD)
            assert httpx.get(f"{url}/config", auth=basic, timeout=60).status_code == 200
            written(file, account_line(NAME, NEW))
            assert visitor.get("/config").status_code == 401
            assert httpx.get(f"{url}/config", auth=basic, timeout=60).status_code == 401
        with closing(logged_in(NEW)) as visitor:
            assert visitor.get("/config").status_code == 200

"""Whom an OpenID provider says that a visitor is: the authorization code flow with PKCE."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
import jwt

from qa.faults import HubLoginError
from qa.hub_login import ASKED_FOR, HubLogin, Person

CALLBACK = "/login/callback"  # among the addresses that Spaces allows a provider to send back to
TIMEOUT_S = 10.0
LEEWAY_S = 60  # between the provider's clock and ours
# A token's own word is not taken for which of them it has: "none" and shared secrets are no proof.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
CLAIMS = ("iss", "sub", "aud", "exp", "iat")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What ties a visitor's way to the provider and back together.

    Args:
        state: comes back in the address.
        nonce: comes back in the ID token.
        verifier: what only who began can show when the code is exchanged.
    """

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    @property
    def challenge(self) -> str:
        """What the provider is told of the verifier."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


async def provider_address(login: HubLogin, attempt: Attempt) -> str:
    """Where a visitor goes to log in.

    Raises:
        HubLoginError: the provider cannot be reached, or is not as it should be.
    """
    async with httpx.AsyncClient(timeout=TIMEOUT_S) as http:
        described = await _described(http, login)
    asked = {
        "response_type": "code",
        "client_id": login.client_id,
        "redirect_uri": login.home + CALLBACK,
        "scope": " ".join(ASKED_FOR),
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": attempt.challenge,
        "code_challenge_method": "S256",
    }
    address = _endpoint(described, "authorization_endpoint", login)
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"


async def person_of(login: HubLogin, attempt: Attempt, code: str) -> Person:
    """Who came back with a code. The tokens it is exchanged for are dropped.

    Raises:
        HubLoginError: the provider cannot be reached, does not accept the code, or is not as
            it should be.
    """
    async with httpx.AsyncClient(timeout=TIMEOUT_S) as http:
        described = await _described(http, login)
        tokens = await _answered(
            http.build_request(
                "POST",
                _endpoint(described, "token_endpoint", login),
                data={
                    "grant_type": "authorization_code",
                    "code": code,
                    "redirect_uri": login.home + CALLBACK,
                    "code_verifier": attempt.verifier,
                },
                headers={"Authorization": _basic(login)},
            ),
            http,
        )
        keys = await _answered(
            http.build_request("GET", _endpoint(described, "jwks_uri", login)), http
        )
        subject = _subject(tokens.get("id_token"), keys, login, attempt)
        told = await _answered(
            http.build_request(
                "GET",
                _endpoint(described, "userinfo_endpoint", login),
                headers={"Authorization": f"Bearer {_text(tokens, 'access_token')}"},
            ),
            http,
        )
    if _text(told, "sub") != subject:
        raise _unexpected("its user information is of another account")
    return Person(subject, _text(told, "preferred_username"))


async def _described(http: httpx.AsyncClient, login: HubLogin) -> dict[str, Any]:
    """What the provider says of itself."""
    address = f"{login.provider}/.well-known/openid-configuration"
    described = await _answered(http.build_request("GET", address), http)
    if _text(described, "issuer").rstrip("/") != login.provider:
        raise _unexpected("it names another issuer")
    return described


async def _answered(request: httpx.Request, http: httpx.AsyncClient) -> dict[str, Any]:
    """The JSON object that a request is answered with."""
    request.headers["Accept"] = "application/json"
    try:
        response = await http.send(request)
        answer = response.json()
    except httpx.HTTPError as error:
        raise HubLoginError(
            "Hugging Face cannot be reached.",
            "Try again in a minute.",
            reason=type(error).__name__,
            status=HTTPStatus.BAD_GATEWAY,
        ) from error
    except ValueError:
        raise _unexpected("it did not answer with JSON") from None
    if request.method == "POST" and response.status_code == HTTPStatus.BAD_REQUEST:
        raise HubLoginError(
            "Hugging Face does not know this login any more.",
            "Log in again.",
            reason="the code was refused",
        )
    if response.status_code != HTTPStatus.OK or not isinstance(answer, dict):
        raise _unexpected(f"status {response.status_code} of {request.url.path}")
    return answer


def _endpoint(described: dict[str, Any], name: str, login: HubLogin) -> str:
    """An address that the provider names, as safe as its own."""
    address = _text(described, name)
    if urlsplit(address).scheme != urlsplit(login.provider).scheme:
        raise _unexpected(f"its {name} is not as safe as itself")
    return address


def _subject(token: object, keys: dict[str, Any], login: HubLogin, attempt: Attempt) -> str:
    """Whom an ID token is about, once it is the provider's, for us, and for this attempt."""
    if not isinstance(token, str):
        raise _unexpected("it gave no ID token")
    try:
        named = jwt.get_unverified_header(token).get("kid")
        known = jwt.PyJWKSet.from_dict(keys).keys
        (key,) = [one for one in known if named is None or one.key_id == named]
        claims = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=login.client_id,
            issuer=_issuers(login),
            leeway=LEEWAY_S,
            options={"require": [*CLAIMS]},
        )
    except (jwt.PyJWTError, ValueError) as error:
        raise _unexpected(f"its ID token is not valid ({type(error).__name__})") from None
    if claims.get("azp", login.client_id) != login.client_id:
        raise _unexpected("its ID token is for another client")
    if not secrets.compare_digest(_text(claims, "nonce").encode(), attempt.nonce.encode()):
        raise _unexpected("its ID token is of another login")
    return _text(claims, "sub")


def _issuers(login: HubLogin) -> list[str]:
    return [login.provider, f"{login.provider}/"]  # providers differ in the last stroke


def _text(values: dict[str, Any], name: str) -> str:
    found = values.get(name)
    if not isinstance(found, str) or not found:
        raise _unexpected(f"it gave no {name}")
    return found


def _basic(login: HubLogin) -> str:
    pair = f"{quote(login.client_id, safe='')}:{quote(login.client_secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _unexpected(reason: str) -> HubLoginError:
    return HubLoginError(
        "Hugging Face did not answer as it should.",
        "Try again; if that does not help, tell whoever runs the Space.",
        reason=reason,
        status=HTTPStatus.BAD_GATEWAY,
    )

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import RSAAlgorithm

from authorize_caller.handler import handler
from authorize_caller.tokens import IdentityProviderError, InvalidTokenError, customer_of
from mangaassist.settings import settings

AUDIENCE = "mangaassist"
METHOD = "arn:aws:execute-api:us-east-1:123456789012:api/prod/POST/chat"


class Issuer:
    """An identity provider on loopback: signs tokens and publishes its key, or `document` in its place."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.document = self._published()
        self.server = HTTPServer(("127.0.0.1", 0), self._requests())
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, key: Any = None, algorithm: str = "RS256", **claims: Any) -> str:
        defaults = {"sub": "cust-ben", "iss": self.url, "aud": AUDIENCE, "exp": int(time.time()) + 60}
        return jwt.encode({**defaults, **claims}, key or self.key, algorithm=algorithm, headers={"kid": "k1"})

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _published(self) -> bytes:
        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return json.dumps({"keys": [{**public, "kid": "k1", "use": "sig", "alg": "RS256"}]}).encode()

    def _requests(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Requests(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                document = issuer.document
                issuer.asked.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", str(len(document)))
                self.end_headers()
                self.wfile.write(document)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        return Requests


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    yield issuer
    issuer.close()


def event(**headers: str) -> dict[str, Any]:
    return {"methodArn": METHOD, "headers": headers, "requestContext": {"requestId": "t-1"}}


@pytest.fixture
def deployed(aws: Any, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_ISSUER", issuer.url)
    monkeypatch.setenv("TOKEN_AUDIENCE", AUDIENCE)
    settings.cache_clear()


def test_a_caller_without_a_token_is_a_guest(deployed: None) -> None:
    answer = handler(event(), None)

    assert answer["context"] == {"kind": "guest", "customer_id": ""}
    assert answer["policyDocument"]["Statement"][0]["Resource"] == METHOD


@pytest.mark.parametrize("header", ["Authorization", "authorization"])
def test_a_signed_in_customer_is_who_the_token_says(deployed: None, issuer: Issuer, header: str) -> None:
    answer = handler(event(**{header: f"Bearer {issuer.token()}"}), None)

    assert answer["context"] == {"kind": "customer", "customer_id": "cust-ben"}


def test_a_token_that_proves_nothing_is_answered_401_and_never_makes_a_guest(deployed: None) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        handler(event(Authorization="Bearer nonsense"), None)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": 1}, "ExpiredSignatureError"),
        ({"aud": "another-app"}, "InvalidAudienceError"),
        ({"iss": "https://evil.example"}, "InvalidIssuerError"),
        ({"sub": None}, "MissingRequiredClaimError"),
    ],
)
def test_every_claim_is_checked(issuer: Issuer, claims: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidTokenError, match=reason):
        customer_of(issuer.token(**claims), issuer.url, AUDIENCE)


def test_a_token_signed_by_somebody_else_is_refused(issuer: Issuer) -> None:
    forger = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    with pytest.raises(InvalidTokenError, match="InvalidSignatureError"):
        customer_of(issuer.token(key=forger), issuer.url, AUDIENCE)


def test_a_key_of_another_type_than_the_token_claims_proves_nothing(issuer: Issuer) -> None:
    forged = issuer.token(key=ec.generate_private_key(ec.SECP256R1()), algorithm="ES256")

    with pytest.raises(InvalidTokenError, match="InvalidAlgorithmError"):
        customer_of(forged, issuer.url, AUDIENCE)


def test_an_identity_provider_that_is_down_signs_nobody_out(
    deployed: None, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = Issuer()
    closed.close()
    monkeypatch.setenv("TOKEN_ISSUER", closed.url)
    settings.cache_clear()

    with pytest.raises(IdentityProviderError, match="ConnectionError"):
        handler(event(Authorization=f"Bearer {issuer.token()}"), None)


@pytest.mark.parametrize("document", [b"<html>Down for maintenance</html>", b"[]", b'{"keys": []}'])
def test_an_identity_provider_that_answers_no_keys_signs_nobody_out(document: bytes) -> None:
    broken = Issuer()
    broken.document = document

    with pytest.raises(IdentityProviderError):
        customer_of(broken.token(), broken.url, AUDIENCE)
    broken.close()


def test_an_issuer_whose_name_ends_in_a_slash_is_asked_for_its_keys_by_a_clean_path() -> None:
    slashed = Issuer()
    slashed.url += "/"

    assert customer_of(slashed.token(), slashed.url, AUDIENCE) == "cust-ben"
    assert slashed.asked == ["/.well-known/jwks.json"]
    slashed.close()


def test_without_an_issuer_nobody_is_a_customer(issuer: Issuer) -> None:
    with pytest.raises(InvalidTokenError, match="no TokenIssuer"):
        customer_of(issuer.token(), "", AUDIENCE)

"""JSON Web Tokens of the store's identity provider."""

from functools import cache
from typing import TYPE_CHECKING

from mangaassist.errors import MangaAssistError

if TYPE_CHECKING:
    from jwt import PyJWK, PyJWKClient

ALGORITHMS = ["RS256", "ES256"]
JWKS_TIMEOUT_S = 2.0
JWKS_KEPT_S = 300
CLOCK_SKEW_S = 10


class InvalidTokenError(MangaAssistError):
    """A token that proves nothing."""


class IdentityProviderError(MangaAssistError):
    """The identity provider gives no keys, so that no token can be judged."""


def customer_of(token: str, issuer: str, audience: str) -> str:
    """The subject of a token that the issuer signed for this audience and that has not expired.

    Raises InvalidTokenError with the reason, IdentityProviderError.
    """
    import jwt

    if not issuer:
        raise InvalidTokenError("no TokenIssuer is set: every caller is a guest")
    try:
        claims = jwt.decode(
            token,
            _signing_key(token, issuer),
            algorithms=ALGORITHMS,
            issuer=issuer,
            audience=audience,
            leeway=CLOCK_SKEW_S,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise InvalidTokenError(type(error).__name__) from error
    return str(claims["sub"])


def _signing_key(token: str, issuer: str) -> "PyJWK":
    """The issuer's key that the token names; it carries its algorithm, whatever the token says of it."""
    import jwt

    try:
        keys = _keys(issuer)
        keys.get_jwk_set()
    except (jwt.PyJWTError, ValueError) as error:
        raise IdentityProviderError(type(error).__name__) from error
    try:
        return keys.get_signing_key_from_jwt(token)
    except (jwt.PyJWKClientConnectionError, jwt.PyJWKSetError) as error:
        raise IdentityProviderError(type(error).__name__) from error


@cache
def _keys(issuer: str) -> "PyJWKClient":
    from jwt import PyJWKClient

    return PyJWKClient(f"{issuer.rstrip('/')}/.well-known/jwks.json", lifespan=JWKS_KEPT_S, timeout=JWKS_TIMEOUT_S)

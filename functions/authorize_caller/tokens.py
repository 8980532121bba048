"""JSON Web Tokens of the store's identity provider."""

from functools import cache
from typing import TYPE_CHECKING

from mangaassist.errors import MangaAssistError

if TYPE_CHECKING:
    from jwt import PyJWKClient

ALGORITHMS = ["RS256", "ES256"]
JWKS_TIMEOUT_S = 2.0
JWKS_KEPT_S = 300
CLOCK_SKEW_S = 10


class InvalidTokenError(MangaAssistError):
    """A token that proves nothing."""


def customer_of(token: str, issuer: str, audience: str) -> str:
    """The subject of a token that the issuer signed for this audience and that has not expired.

    Raises InvalidTokenError with the reason.
    """
    import jwt

    if not issuer:
        raise InvalidTokenError("no TokenIssuer is set: every caller is a guest")
    try:
        key = _keys(issuer).get_signing_key_from_jwt(token)
        claims = jwt.decode(
            token,
            key.key,
            algorithms=ALGORITHMS,
            issuer=issuer,
            audience=audience,
            leeway=CLOCK_SKEW_S,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise InvalidTokenError(type(error).__name__) from error
    return str(claims["sub"])


@cache
def _keys(issuer: str) -> "PyJWKClient":
    from jwt import PyJWKClient

    return PyJWKClient(f"{issuer}/.well-known/jwks.json", lifespan=JWKS_KEPT_S, timeout=JWKS_TIMEOUT_S)

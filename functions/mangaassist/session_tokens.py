"""The signed token that continues a guest's session, and nothing else does."""

from itsdangerous import BadSignature, URLSafeTimedSerializer

from mangaassist.errors import SessionForbidden

SALT = "mangaassist.session"
TOKEN_LIFE_S = 24 * 3600
NO_PROOF = "the session token is not valid or has expired: leave it out to open a new session"


def sign(session_id: str, secret: str) -> str:
    """The token of a guest's session."""
    token = _serializer(secret).dumps(session_id)
    return token.decode() if isinstance(token, bytes) else token


def session_of(token: str, secret: str) -> str:
    """The session that a token proves.

    Raises SessionForbidden for one that was not signed here, was changed, or is over 24 hours old.
    """
    try:
        return str(_serializer(secret).loads(token, max_age=TOKEN_LIFE_S))
    except BadSignature:
        raise SessionForbidden(NO_PROOF, field="X-Session-Token") from None


def _serializer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt=SALT)

"""Whose session a turn continues. Identity comes from the authorizer and from signed tokens, never from the body."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import NAMESPACE_OID, uuid4, uuid5

from mangaassist.contracts import Caller, ChatRequest
from mangaassist.errors import SessionForbidden
from mangaassist.session_tokens import session_of, sign

GUEST = "guest"
NO_TOKEN = "a guest continues a session with the header X-Session-Token: leave out session_id to open a new one"  # noqa: S105 - a message
OTHER_SESSION = "the session token belongs to another session"


@dataclass(frozen=True)
class Identity:
    """A caller in a session. `session_token` is set for guests: it proves the session without a look-up."""

    owner: str
    session_id: str
    customer_id: str | None = None
    session_token: str | None = None


def identify(caller: Caller, request: ChatRequest, session_token: str, secret: Callable[[], str]) -> Identity:
    """The caller and the session to continue or open.

    Raises SessionForbidden when a guest cannot prove the session, StoreError when the secret cannot be had.
    """
    if caller.kind == "customer":
        return _customer(caller.customer_id, request)
    if session_token:
        return _returning_guest(request, session_token, secret())
    if request.session_id:
        raise SessionForbidden(NO_TOKEN, field="session_id")
    session_id = _new_session()
    return Identity(owner=GUEST, session_id=session_id, session_token=sign(session_id, secret()))


def stranger() -> Identity:
    """A guest in a session that ends with this turn: nothing can be proved while there is no secret."""
    return Identity(owner=GUEST, session_id=_new_session())


def _customer(customer_id: str, request: ChatRequest) -> Identity:
    """A turn_id sent without a session opens the same session each time, so that repeating it finds its answer."""
    opened = f"s-{uuid5(NAMESPACE_OID, f'{customer_id}/{request.turn_id}')}" if request.turn_id else _new_session()
    return Identity(owner=f"customer:{customer_id}", session_id=request.session_id or opened, customer_id=customer_id)


def _returning_guest(request: ChatRequest, session_token: str, secret: str) -> Identity:
    session_id = session_of(session_token, secret)
    if request.session_id not in (None, session_id):
        raise SessionForbidden(OTHER_SESSION, field="session_id")
    return Identity(owner=GUEST, session_id=session_id, session_token=session_token)


def _new_session() -> str:
    return f"s-{uuid4()}"

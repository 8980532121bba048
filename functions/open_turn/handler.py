"""Open turn: who asks what, in whose session, until when; or the answer that this turn got before.

Nothing runs past this step for a request that is refused. A store that is down neither refuses a turn nor opens
somebody else's session: a customer's turn is then answered in a new session, a guest's without its history.
"""

from functools import cache

from mangaassist.aws.catalogue import Catalogue
from mangaassist.aws.parameters import Kept, parameter, secret
from mangaassist.aws.sessions import Session, Sessions
from mangaassist.clock import TimeBudget, now_ms
from mangaassist.contracts import ChatReply, ChatRequest, Mode, OpenedTurn, OpenTurnInput, StandbyTexts, Turn
from mangaassist.errors import InvalidRequest, StoreError, TableError
from mangaassist.policy.budget import highest_tier
from mangaassist.policy.language import locale_of
from mangaassist.policy.requests import parse
from mangaassist.settings import settings
from mangaassist.step import step
from mangaassist.tables import messages
from open_turn.identity import Identity, identify, stranger

# An execution that has not answered a turn by this long after its deadline is not going to.
CLAIM_SLACK_MS = 2_000


@step("open_turn", accepts=OpenTurnInput, services=["dynamodb", "secretsmanager", "ssm"])
def handler(opening: OpenTurnInput, budget: TimeBudget) -> OpenedTurn:
    request = parse(opening.body)
    degraded: list[str] = []
    viewing = _viewed_product(request, budget, degraded)
    identity = _identity(opening, request, budget, degraded)
    try:
        session, answered = _enter(identity, request, budget)
    except TableError:
        identity, session, answered = identity.without_proof(), Session(), None
        degraded.append("session")
    turn = Turn(
        trace_id=opening.trace_id,
        session_id=identity.session_id,
        session_token=identity.session_token,
        turn_id=request.turn_id or opening.trace_id,
        message=request.message,
        locale=request.locale or locale_of(request.message),
        viewing=viewing,
        customer_id=identity.customer_id,
        history=session.history,
        arrived_at_ms=opening.arrived_at_ms,
        deadline_ms=opening.arrived_at_ms + settings().turn_deadline_ms,
        highest_tier=highest_tier(session.spent_usd),
        mode=_mode(budget),
        debug=settings().debug_replies,
        standby=_standby(request),
        degraded=degraded,
    )
    return OpenedTurn(turn=turn, answered=answered)


def _identity(opening: OpenTurnInput, request: ChatRequest, budget: TimeBudget, degraded: list[str]) -> Identity:
    try:
        return identify(opening.caller, request, opening.session_token, lambda: _session_secret().get(budget.ms))
    except StoreError:
        degraded.append("session_token")
        return stranger()


def _enter(identity: Identity, request: ChatRequest, budget: TimeBudget) -> tuple[Session, ChatReply | None]:
    """The session, and the answer when this turn has one."""
    sessions = Sessions(settings().sessions_table)
    now = now_ms()
    session = sessions.open(identity.session_id, identity.owner, now_s=now // 1000, budget_ms=budget.ms)
    if request.turn_id is None:
        return session, None
    stale_after_ms = settings().turn_deadline_ms + CLAIM_SLACK_MS
    answered = sessions.claim(
        identity.session_id, request.turn_id, now_ms=now, stale_after_ms=stale_after_ms, budget_ms=budget.ms
    )
    return session, answered


def _viewed_product(request: ChatRequest, budget: TimeBudget, degraded: list[str]) -> str | None:
    """The product that the customer looks at; not known to exist while the catalogue is down.

    Raises InvalidRequest for a product that the catalogue does not have.
    """
    if request.viewing is None:
        return None
    try:
        found = Catalogue(settings().catalogue_table).products([request.viewing], budget_ms=budget.ms)
    except TableError:
        degraded.append("viewing")
        return None
    if not found:
        raise InvalidRequest("viewing is not a product of the catalogue", field="viewing")
    return request.viewing


def _standby(request: ChatRequest) -> StandbyTexts:
    locale = request.locale or locale_of(request.message)
    texts = messages().standby
    return StandbyTexts(unanswered=texts["unanswered"].of(locale), withheld=texts["withheld"].of(locale))


def _mode(budget: TimeBudget) -> Mode:
    """The kill switch; off when it cannot be read."""
    try:
        return "templates_only" if _mode_parameter().get(budget.ms) == "templates_only" else "normal"
    except StoreError:
        return "normal"


@cache
def _session_secret() -> Kept[str]:
    return secret(settings().session_secret_id)


@cache
def _mode_parameter() -> Kept[str]:
    return parameter(settings().mode_parameter)

"""Open turn: who asks what, in whose session, until when; or the answer that this turn got before.

Nothing runs past this step for a request that is refused. A store that is down neither refuses a turn nor opens
somebody else's session: the turn is answered without history, and kept only if the session proves to be the caller's.
"""

from functools import cache

from mangaassist.aws.catalogue import Catalogue
from mangaassist.aws.parameters import Kept, parameter, secret
from mangaassist.aws.sessions import SESSION_LIFE_S, Claim, Session, Sessions
from mangaassist.clock import TimeBudget, now_ms
from mangaassist.contracts import ChatReply, ChatRequest, OpenedTurn, OpenTurnInput, StandbyTexts, Tier, Turn
from mangaassist.errors import BudgetExhausted, InvalidRequest, StoreError, TableError
from mangaassist.policy.budget import highest_tier, is_exhausted
from mangaassist.policy.language import locale_of
from mangaassist.policy.requests import parse
from mangaassist.settings import settings
from mangaassist.step import step
from mangaassist.tables import messages
from open_turn.identity import Identity, identify, stranger

# An execution that has not answered a turn by this long after its deadline is not going to.
CLAIM_SLACK_MS = 2_000
EXHAUSTED = "this session has used up its budget: open a new one, or go on when this one has ended"


@step("open_turn", accepts=OpenTurnInput, services=["dynamodb", "secretsmanager", "ssm"])
def handler(opening: OpenTurnInput, budget: TimeBudget) -> OpenedTurn:
    request = parse(opening.body)
    degraded: list[str] = []
    viewing = _viewed_product(request, budget, degraded)
    identity = _identity(opening, request, budget, degraded)
    try:
        session, answered = _enter(identity, request, opening, budget)
    except TableError:
        session, answered = Session(now_ms() // 1000 + SESSION_LIFE_S), None
        degraded.append("session")
    tier: Tier = "haiku" if answered else _highest_tier(session)
    if tier == "haiku":
        degraded.append("session_budget")
    turn = Turn(
        trace_id=opening.trace_id,
        session_id=identity.session_id,
        session_token=identity.session_token,
        owner=identity.owner,
        turn_id=request.turn_id or opening.trace_id,
        message=request.message,
        locale=request.locale or locale_of(request.message),
        viewing=viewing,
        customer_id=identity.customer_id,
        history=session.history,
        arrived_at_ms=opening.arrived_at_ms,
        deadline_ms=opening.arrived_at_ms + settings().turn_deadline_ms,
        highest_tier=tier,
        mode="templates_only" if _mode_parameter().get(budget.ms) == "templates_only" else "normal",
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


def _enter(
    identity: Identity, request: ChatRequest, opening: OpenTurnInput, budget: TimeBudget
) -> tuple[Session, ChatReply | None]:
    """The session, and the answer when this turn has one. A session without budget claims no turn."""
    sessions, now = Sessions(settings().sessions_table), now_ms()
    session = sessions.open(identity.session_id, identity.owner, now_s=now // 1000, budget_ms=budget.ms)
    if request.turn_id is None:
        return session, None
    if is_exhausted(session.spent_usd):
        return session, sessions.answer(identity.session_id, request.turn_id, budget_ms=budget.ms)
    claim = Claim(
        session_id=identity.session_id,
        turn_id=request.turn_id,
        execution=opening.trace_id,
        stale_after_ms=settings().turn_deadline_ms + CLAIM_SLACK_MS,
    )
    return session, sessions.claim(claim, now_ms=now, budget_ms=budget.ms)


def _highest_tier(session: Session) -> Tier:
    """Raises BudgetExhausted until the session ends."""
    if is_exhausted(session.spent_usd):
        raise BudgetExhausted(EXHAUSTED, retry_after_s=max(1, session.ends_at_s - now_ms() // 1000))
    return highest_tier(session.spent_usd)


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


@cache
def _session_secret() -> Kept[str]:
    return secret(settings().session_secret_id)


@cache
def _mode_parameter() -> Kept[str]:
    return parameter(settings().mode_parameter, default="normal")

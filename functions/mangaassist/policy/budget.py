"""What one session may cost."""

from mangaassist.contracts import Tier
from mangaassist.errors import BudgetExhausted

# The target is $0.025 a session; one at twice that is answered by the cheaper model, one at ten times not at all.
HAIKU_ONLY_USD = 0.05
REFUSED_USD = 0.25
RETRY_AFTER_S = 3_600


def highest_tier(spent_usd: float) -> Tier:
    """The best model a session that has spent this much may use.

    Raises BudgetExhausted once the session has spent all that it may.
    """
    if spent_usd >= REFUSED_USD:
        raise BudgetExhausted(
            "this session has used up its budget: try again later or ask for an agent", retry_after_s=RETRY_AFTER_S
        )
    return "haiku" if spent_usd >= HAIKU_ONLY_USD else "sonnet"

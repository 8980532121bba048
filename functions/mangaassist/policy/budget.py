"""What one session may cost."""

from mangaassist.contracts import Tier

# The target is $0.025 a session; one at twice that is answered by the cheaper model, one at ten times not at all.
HAIKU_ONLY_USD = 0.05
EXHAUSTED_USD = 0.25


def is_exhausted(spent_usd: float) -> bool:
    """Whether a session has spent all that it may."""
    return spent_usd >= EXHAUSTED_USD


def highest_tier(spent_usd: float) -> Tier:
    """The best model that a session which has spent this much may use."""
    return "haiku" if spent_usd >= HAIKU_ONLY_USD else "sonnet"

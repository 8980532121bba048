"""How a turn's one deadline is shared out among its steps."""

from dataclasses import dataclass

# The deadline that the budgets below are written for; with another one they shrink or grow in proportion.
REFERENCE_MS = 2_800


@dataclass(frozen=True)
class StepBudget:
    """`cap_ms`: the most a step may take. `reserve_ms`: what it leaves to the steps after it."""

    cap_ms: int
    reserve_ms: int


CHECKING_AND_SAVING_MS = 450

STEP_BUDGETS = {
    "open_turn": StepBudget(500, 0),
    "classify_intent": StepBudget(400, 1_500),
    "retrieve_passages": StepBudget(450, 1_400),
    "rerank_passages": StepBudget(350, 1_300),
    "load_customer": StepBudget(150, 1_500),
    "find_products": StepBudget(150, 1_500),
    "recommend_products": StepBudget(150, 1_500),
    "fill_template": StepBudget(100, CHECKING_AND_SAVING_MS),
    "generate_reply": StepBudget(2_500, CHECKING_AND_SAVING_MS),
    "check_reply": StepBudget(300, 150),
    "hand_over": StepBudget(200, 100),
    "save_turn": StepBudget(400, 0),
}


def budget_ms(step: str, *, arrived_ms: int, deadline_ms: int, now_ms: int) -> int:
    """min(cap, deadline - now - reserve), never negative; cap and reserve scaled by the turn's whole time.

    Instants are epoch milliseconds.
    """
    budget, scale = STEP_BUDGETS[step], (deadline_ms - arrived_ms) / REFERENCE_MS
    left = deadline_ms - now_ms - budget.reserve_ms * scale
    return max(0, round(min(budget.cap_ms * scale, left)))

"""How long everything that is not this project takes, in every part with fixed latencies. Milliseconds."""

from collections.abc import Mapping

MS: Mapping[str, int] = {
    "classifier": 25,
    "embedding": 30,
    "search": 20,
    "reranker": 60,
    "first_token": 200,
    "rest_of_reply": 200,
    "guardrail": 40,
    "dynamodb": 5,
    "events": 10,
    "parameters": 10,
}

# What each function waits for, one after another. Parameters are kept, and read by the first turn only.
CALLS: Mapping[str, tuple[str, ...]] = {
    "authorize_caller": (),
    "open_turn": ("dynamodb",),
    "classify_intent": ("classifier",),
    "retrieve_passages": ("embedding", "search"),
    "rerank_passages": ("reranker",),
    "load_customer": ("dynamodb",),
    "find_products": ("search", "dynamodb"),
    "recommend_products": ("dynamodb", "dynamodb"),
    "fill_template": (),
    "generate_reply": ("first_token", "rest_of_reply"),
    "check_reply": ("guardrail",),
    "hand_over": ("events",),
    "save_turn": ("dynamodb", "events"),
}


def seconds(dependency: str) -> float:
    return MS[dependency] / 1000


def function_seconds(function: str) -> float:
    """How long a function takes that does nothing but wait for what it calls."""
    return sum(map(seconds, CALLS[function]))

"""What the functions of the workflow answer where they do nothing but take their time."""

from collections.abc import Mapping
from typing import Any

ROUTES = ("template", "cached", "llm", "handover")

_TURN = {
    "trace_id": "trace-1",
    "session_id": "session-1",
    "owner": "customer:cust-aiko",
    "turn_id": "turn-1",
    "message": "Do you ship to Alaska and how long does it take?",
    "locale": "en",
    "customer_id": "cust-aiko",
    "history": [{"message": "Hi there!", "reply": "Hello! How can I help you today?"}],
    "arrived_at_ms": 0,
    "deadline_ms": 2_800,
    "highest_tier": "sonnet",
    "mode": "normal",
    "debug": True,
    "standby": {"unanswered": "A person will answer you.", "withheld": "I cannot share that."},
    "degraded": [],
}
_PRODUCT = {
    "id": "one-piece-110-en",
    "series_id": "one-piece",
    "title": {"en": "One Piece, Vol. 110", "ja": "ONE PIECE 110巻（英語版）"},
    "volume": 110,
    "kind": "volume",
    "language": "en",
    "price": {"usd": "11.99", "jpy": 1760},
    "stock": 12,
    "release_date": "2025-08-05",
}
_PASSAGES = [
    {"id": f"shipping-{number}", "kind": "faq", "title": "Do you ship there?", "text": "Yes. " * 40, "score": 0.8}
    for number in range(10)
]
_KNOWN = {"id": "known-1", "question": "Do you ship to Alaska?", "reply": "Yes, for $8.95.", "similarity": 0.99}
_UNDERSTANDING = {"intent": "faq_policy", "confidence": 0.93, "tier": "haiku", "priority": 3, "ms": 25}
_DRAFT = {
    "reply": "Yes, we ship to Alaska. " * 6,
    "route": "haiku",
    "products": [],
    "sources": ["shipping-0", "shipping-1"],
    "shortened": False,
    "model_id": "haiku",
    "usage": {"input_tokens": 900, "output_tokens": 80},
    "cost_usd": 0.0001,
    "ms": 400,
}


def answers(route: str) -> Mapping[str, Any]:
    """Each function's answer in a turn that takes the route, by the function's name."""
    retrieves = route in ("cached", "llm")
    understanding = {
        **_UNDERSTANDING,
        "route": "llm" if retrieves else route,
        "needs_retrieval": retrieves,
        "known_reply_allowed": route == "cached",
    }
    return {
        "authorize_caller": _policy(),
        "open_turn": {"turn": _TURN, "ms": 5},
        "classify_intent": understanding,
        "retrieve_passages": {
            "passages": _PASSAGES,
            "known_reply": {**_KNOWN, "sources": ["shipping-0"]},
            "known_reply_matches": route == "cached",
            "worth_reranking": route == "llm",
            "index": "passages-en-1",
            "embedding_ms": 30,
            "ms": 50,
        },
        "rerank_passages": {"passages": _PASSAGES[:3], "ms": 60},
        "load_customer": {"profile": {"name": "Aiko", "locale": "en", "region": "US"}, "orders": [], "ms": 5},
        "find_products": {"products": [_PRODUCT], "ms": 25},
        "recommend_products": {"products": [_PRODUCT] * 3, "ms": 10},
        "fill_template": {**_DRAFT, "route": "template", "ms": 1},
        "generate_reply": _DRAFT,
        "check_reply": {"allowed": True, "reasons": [], "ms": 30},
        "hand_over": {"reply": "A person will answer you.", "ticket_id": "T-1", "ms": 10},
        "save_turn": {"ms": 15},
    }


def opening(trace_id: str = "trace-1", arrived_at_ms: int = 0) -> dict[str, Any]:
    """What the API hands to the workflow."""
    return {
        "body": '{"message": "Do you ship to Alaska and how long does it take?"}',
        "caller": {"kind": "customer", "customer_id": "cust-aiko"},
        "session_token": "",
        "arrived_at_ms": arrived_at_ms,
        "trace_id": trace_id,
    }


def _policy() -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}
    return {
        "principalId": "cust-aiko",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"kind": "customer", "customer_id": "cust-aiko"},
    }

"""Contracts with believable defaults, so that a test names only what it is about."""

from decimal import Decimal
from typing import Any

from mangaassist.contracts import (
    Customer,
    Draft,
    Gathered,
    LocalText,
    Money,
    Order,
    OrderTotal,
    Passage,
    Product,
    ReplyInput,
    StandbyTexts,
    Turn,
    Understanding,
)


def turn(message: str = "hello", **fields: Any) -> Turn:
    defaults = {
        "trace_id": "trace-1",
        "session_id": "s-1",
        "owner": "guest",
        "turn_id": "turn-1",
        "locale": "en",
        "standby": StandbyTexts(unanswered="I can't answer that.", withheld="I can't share that."),
    }
    return Turn(message=message, **{**defaults, **fields})


def product(product_id: str = "one-piece-110-en", **fields: Any) -> Product:
    defaults = {
        "series_id": "one-piece",
        "title": LocalText(en="One Piece, Vol. 110", ja="ONE PIECE 110巻（英語版）"),
        "volume": 110,
        "kind": "volume",
        "language": "en",
        "price": Money(usd=Decimal("11.99"), jpy=1760),
        "stock": 12,
        "release_date": "2025-08-05",
    }
    return Product(id=product_id, **{**defaults, **fields})


def order(order_id: str = "MA-48213", **fields: Any) -> Order:
    defaults = {
        "placed_on": "2026-11-18",
        "status": "shipped",
        "items": [],
        "total": OrderTotal(currency="USD", amount=Decimal("11.99")),
        "carrier": "UPS",
        "tracking_number": "1Z999",
        "expected_on": "2026-11-25",
    }
    return Order(id=order_id, **{**defaults, **fields})


def passage(passage_id: str = "shipping-us", score: float = 0.8, **fields: Any) -> Passage:
    defaults = {"kind": "faq", "title": "Do you ship to Alaska?", "text": "Yes, for $8.95."}
    return Passage(id=passage_id, score=score, **{**defaults, **fields})


def understanding(intent: str = "faq_policy", **fields: Any) -> Understanding:
    defaults = {
        "confidence": 0.9,
        "route": "llm",
        "tier": "haiku",
        "needs_retrieval": True,
        "known_reply_allowed": True,
        "priority": 3,
    }
    return Understanding(intent=intent, **{**defaults, **fields})


def reply_input(message: str, intent: str, *, gathered: Gathered | None = None, **turn_fields: Any) -> ReplyInput:
    return ReplyInput(
        turn=turn(message, **turn_fields), understanding=understanding(intent), gathered=gathered or Gathered()
    )


def orders_of(*orders: Order) -> Gathered:
    return Gathered(customer=Customer(orders=list(orders)))


def draft(reply: str, **fields: Any) -> Draft:
    return Draft(reply=reply, **{"route": "haiku", **fields})

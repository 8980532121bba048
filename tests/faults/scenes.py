"""What customers ask in these tests, in both languages, and what the store knows of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mangaassist.contracts import Locale

CUSTOMER = "cust-aiko"
VIEWED = "story-a-1-en"
PASSAGES = 4
Document = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """A message, by whom, and where it goes when all is well."""

    name: str
    message: str
    locale: Locale
    intent: str
    route: str
    signed_in: bool = False
    viewing: str | None = None
    similarity: float = 0.5
    """Of the nearest known question."""


SCENES = {
    scene.name: scene
    for scene in (
        Scene("price_en", "How much is Story A, volume 1?", "en", "price_availability", "template"),
        Scene("price_ja", "「物語A」1巻はいくらですか？", "ja", "price_availability", "template"),
        Scene("order_en", "Where is my order MA-1?", "en", "order_tracking", "template", signed_in=True),
        Scene("order_ja", "注文MA-1はいつ届きますか？", "ja", "order_tracking", "template", signed_in=True),
        Scene("greeting_en", "Hi there!", "en", "chitchat", "template"),
        Scene("greeting_ja", "こんにちは", "ja", "chitchat", "template"),
        Scene("known_en", "Do you ship to Alaska?", "en", "faq_policy", "cached", similarity=0.99),
        Scene("known_ja", "返品できますか？", "ja", "faq_policy", "cached", similarity=0.99),
        Scene("near_en", "Is Alaska a place you ship to?", "en", "faq_policy", "haiku", similarity=0.93),
        Scene("near_ja", "返品はどうすればよいですか？", "ja", "faq_policy", "haiku", similarity=0.93),
        Scene("policy_en", "How are points earned?", "en", "faq_policy", "haiku"),
        Scene("policy_ja", "ポイントはどう貯まりますか？", "ja", "faq_policy", "haiku", signed_in=True),
        Scene("product_en", "What is it about?", "en", "product_question", "sonnet", signed_in=True, viewing=VIEWED),
        Scene("product_ja", "「物語A」はどんな話ですか？", "ja", "product_question", "sonnet"),
        Scene("person_en", "Can I talk to a person?", "en", "human_agent", "handover"),
        Scene("person_ja", "担当者と話したいです", "ja", "human_agent", "handover"),
    )
}
_BY_MESSAGE = {scene.message: scene for scene in SCENES.values()}

REPLIES = {
    "en": "Here is what I found. Points are earned with every order and never expire. Just ask if you want more.",
    "ja": "ご案内します。ポイントはご注文のたびに貯まり、有効期限はありません。お気軽にお尋ねください。",
}
KNOWN = {"en": "Yes, we do, within ten days.", "ja": "はい、十四日以内でしたら承ります。"}
TEXTS = {"en": "Every order earns points.", "ja": "ご注文ごとにポイントが貯まります。"}


def scene_of(message: str) -> Scene:
    return _BY_MESSAGE[message]


def slot(message: str) -> int:
    """Where the embedding of a message is hot."""
    return list(_BY_MESSAGE).index(message)


def at_slot(place: int) -> Scene:
    return list(_BY_MESSAGE.values())[place]


def products() -> Iterator[Document]:
    titles = {"en": ("Story A, Vol. 1", "物語A 1巻（英語版）"), "ja": ("Story A, Vol. 1 (Japanese)", "物語A 1巻")}
    for language, (english, japanese) in titles.items():
        yield {
            "product_id": f"story-a-1-{language}",
            "series_id": "story-a",
            "title": {"en": english, "ja": japanese},
            "volume": 1,
            "kind": "volume",
            "language": language,
            "price": {"usd": "10.99", "jpy": 1400},
            "stock": 50,
            "release_date": "2020-01-07",
        }


def customers() -> Iterator[Document]:
    ids = [product["product_id"] for product in products()]
    yield {"customer_id": "*", "item": "BESTSELLERS", "product_ids": ids}
    yield {"customer_id": CUSTOMER, "item": "PROFILE", "name": "Aiko", "locale": "ja", "region": "JP"}
    yield {
        "customer_id": CUSTOMER,
        "item": "ORDER#MA-1",
        "placed_on": "2023-11-01",
        "status": "shipped",
        "items": [{"product_id": ids[0], "quantity": 1}],
        "total": {"currency": "USD", "amount": "10.99"},
        "carrier": "Yamato",
        "tracking_number": "1234",
        "expected_on": "2023-11-20",
    }


def passages(scene: Scene) -> Document:
    source = {"kind": "faq", "title": "Points", "text": TEXTS[scene.locale]}
    return _hits((f"passage-{place}", 0.9 - place / 100, source) for place in range(PASSAGES))


def known_reply(scene: Scene) -> Document:
    source = {"question": scene.message, "reply": KNOWN[scene.locale], "sources": ["passage-0"]}
    return _hits([("known", (1 + scene.similarity) / 2, source)])


def series(text: str) -> Document:
    titles = "Story A\n物語A"
    editions = [
        {key: product[key] for key in ("volume", "kind", "language", "release_date")} | {"id": product["product_id"]}
        for product in products()
    ]
    named = any(title in text for title in titles.splitlines())
    return _hits([("story-a", 5.0, {"titles": titles, "editions": editions})] if named else [])


def _hits(hits: Any) -> Document:
    found = [{"_index": "index-1", "_id": name, "_score": score, "_source": source} for name, score, source in hits]
    return {"status": 200, "hits": {"hits": found}}

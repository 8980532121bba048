"""Ten synthetic requests a model or more, at the shapes real ones have: the first real one meets no cold path."""

from collections.abc import Sequence

from models.serving.contracts import MAX_TEXT, ClassifyRequest, RerankRequest

_ENGLISH = (
    "Where is my order?",
    "Do you have volume 3 of that series in stock, and what does it cost with shipping?",
    "I am looking for something quiet to read on the train, about food or travel, finished, and not too long. "
    "My sister liked it and I would like to send her the box set before her birthday.",
)
_JAPANESE = (
    "注文はどこですか？",
    "三巻の在庫はありますか。送料込みでいくらになりますか。",
    "電車で読める静かな作品を探しています。料理か旅の話で、完結していて長すぎないものがいいです。"
    "妹も気に入っていたので、誕生日までにセットを送りたいと思っています。",
)
_PASSAGE = (
    "Unread volumes can be returned within thirty days of delivery. Send them in the packaging they came in; the "
    "refund reaches the card used at the purchase within five working days of their arrival. "
)
_JAPANESE_PASSAGE = (
    "未読の巻は、お届けから三十日以内であれば返品できます。届いたときの箱に入れてお送りください。"
    "返金は到着から五営業日以内に、お支払いのカードへ行います。"
)
_PASSAGE_COUNTS = (1, 2, 3, 3, 10)


def classify_requests() -> list[ClassifyRequest]:
    """Single messages, lists, both languages, mixed script, and the longest text allowed."""
    texts = [*_ENGLISH, *_JAPANESE, "SPY×FAMILYの新刊はいつ？ release date please", (_ENGLISH[2] * 50)[:MAX_TEXT]]
    singles = [ClassifyRequest(inputs=[text]) for text in texts]
    return [*singles, ClassifyRequest(inputs=list(_ENGLISH)), ClassifyRequest(inputs=list(_JAPANESE))]


def rerank_requests() -> list[RerankRequest]:
    """Queries of three lengths with one passage to ten, of 40 to 120 words: five in each language."""
    return [*_rerank_requests(_ENGLISH, _PASSAGE), *_rerank_requests(_JAPANESE, _JAPANESE_PASSAGE)]


def _rerank_requests(queries: Sequence[str], passage: str) -> list[RerankRequest]:
    return [
        RerankRequest(
            query=queries[number % len(queries)],
            passages=[passage * (1 + (number + position) % 3) for position in range(count)],
        )
        for number, count in enumerate(_PASSAGE_COUNTS)
    ]

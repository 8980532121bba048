"""Which products a message means, and how a reply shows them."""

import re
from collections.abc import Sequence
from typing import TypeVar

from mangaassist.contracts import Edition, Locale, Product, ProductLine
from mangaassist.policy.language import JAPANESE, normalized

AnEdition = TypeVar("AnEdition", bound=Edition)

FOUND = 5
SHOWN = 3

VOLUME = re.compile(r"(?:vol(?:ume)?s?\.?|#|第)\s*(\d{1,3})|(\d{1,3})\s*(?:巻|かん)", re.IGNORECASE)
BARE_NUMBER = re.compile(r"\b\d{1,3}\b")
OWN_NUMBER = re.compile(r"(?<=-)\d{1,3}(?=-(?:en|ja)\b)")
KIND_WORDS = {
    "digital": ("digital", "ebook", "e-book", "kindle", "電子", "デジタル"),
    "box_set": ("box set", "boxset", "box", "ボックス", "セット", "全巻"),
    "omnibus": ("omnibus", "3-in-1", "2-in-1", "collector", "deluxe", "合本", "愛蔵版", "完全版"),
}
LANGUAGE_WORDS: dict[Locale, tuple[str, ...]] = {
    "ja": ("japanese", "日本語", "和書"),
    "en": ("english", "英語", "英訳", "洋書"),
}


def mentions(message: str, titles: Sequence[str]) -> bool:
    """Whether the message names one of the titles: as words in Latin script, as characters in Japanese."""
    return mention_length(message, titles) > 0


def mention_length(message: str, titles: Sequence[str]) -> int:
    """The length of the longest title that the message names, in characters; 0 for none."""
    said = f" {normalized(message)} "
    return max((len(title) for title in map(normalized, titles) if _is_named(title, said)), default=0)


def choose(message: str, locale: Locale, editions: Sequence[AnEdition]) -> list[AnEdition]:
    """The editions that a message about their series means, best first.

    A volume that the message names must fit. A kind of edition, a language and a bare number narrow the choice where
    they fit; what is left open is settled by the customer's language first, plain volumes next, then the newest.
    """
    fitting = _of_language(message, _of_volume(message, _of_kind(message, editions)))
    preferred = sorted(fitting, key=lambda edition: edition.release_date, reverse=True)
    preferred.sort(key=lambda edition: (edition.language != locale, edition.kind != "volume"))
    return preferred[:FOUND]


def names_volume(message: str, editions: Sequence[Edition]) -> bool:
    """Whether the message says which of the volumes it means, so that the others were left out."""
    bare = set(map(int, BARE_NUMBER.findall(message)))
    return VOLUME.search(message) is not None or any(edition.volume in bare for edition in editions)


def price_text(product: Product, locale: Locale) -> str:
    """The price in the customer's currency: "¥1,760" in Japanese, "$11.99" in English."""
    return f"¥{product.price.jpy:,}" if locale == "ja" else f"${product.price.usd:.2f}"


def product_line(product: Product, locale: Locale) -> ProductLine:
    title = product.title.of(locale)
    if locale == "ja":
        return ProductLine(id=product.id, title=title, price=str(product.price.jpy), currency="JPY")
    return ProductLine(id=product.id, title=title, price=f"{product.price.usd:.2f}", currency="USD")


def lines_for(reply: str, products: Sequence[Product], locale: Locale) -> list[ProductLine]:
    """The products that a reply names, each once, in the order given."""
    unique = {product.id: product for product in products}
    named = _named_in(reply, {product_id: product.title.of(locale) for product_id, product in unique.items()})
    lines = [product_line(product, locale) for product_id, product in unique.items() if product_id in named]
    return lines[:SHOWN]


def _named_in(reply: str, titles: dict[str, str]) -> set[str]:
    """The ids of the titles in a reply: "Vol. 110" is not "Vol. 11", "Vol. 1 (Digital)" is not "Vol. 1"."""
    named = set()
    for product_id, title in sorted(titles.items(), key=lambda item: len(item[1]), reverse=True):
        reply, times = re.subn(rf"(?<!\w){re.escape(title)}(?!\d)", "\n", reply, flags=re.ASCII)
        if times:
            named.add(product_id)
    return named


def _is_named(title: str, said: str) -> bool:
    if not title:
        return False
    return title in said if JAPANESE.search(title) else f" {title} " in said


def _of_volume(message: str, editions: Sequence[AnEdition]) -> Sequence[AnEdition]:
    named = {int(number) for groups in VOLUME.findall(message) for number in groups if number}
    if named:
        return [edition for edition in editions if _is_numbered(edition, named)]
    bare = set(map(int, BARE_NUMBER.findall(message)))
    return [edition for edition in editions if _is_numbered(edition, bare)] or editions


def _is_numbered(edition: Edition, numbers: set[int]) -> bool:
    """An omnibus or a box set holds several volumes: its own number stands in its id alone."""
    if edition.volume is not None:
        return edition.volume in numbers
    return not numbers.isdisjoint(map(int, OWN_NUMBER.findall(edition.id)))


def _of_kind(message: str, editions: Sequence[AnEdition]) -> Sequence[AnEdition]:
    said = message.casefold()
    kinds = {kind for kind, words in KIND_WORDS.items() if any(word in said for word in words)}
    return [edition for edition in editions if edition.kind in kinds] or editions


def _of_language(message: str, editions: Sequence[AnEdition]) -> Sequence[AnEdition]:
    said = message.casefold()
    languages = {locale for locale, words in LANGUAGE_WORDS.items() if any(word in said for word in words)}
    return [edition for edition in editions if edition.language in languages] or editions

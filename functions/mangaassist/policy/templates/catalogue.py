"""What a product costs, whether it is in stock, when it comes out."""

from datetime import date

from mangaassist.contracts import Draft, Locale, LocalText, Product, ReplyInput
from mangaassist.errors import TemplateDataMissingError
from mangaassist.policy.products import names_volume, price_text, product_line
from mangaassist.policy.templates.filling import day, fill
from mangaassist.tables import messages

FEW = 3
SHOWN = 2


def price(request: ReplyInput, today: date) -> Draft:
    """Price and stock of the products the customer means."""
    products = _products(request)[:SHOWN]
    return _draft(messages().price_availability, [(_stock_name(item, today), item) for item in products], request)


def release(request: ReplyInput, today: date) -> Draft:
    """The next release date of what the customer means, or when its newest came out."""
    products = _products(request)
    upcoming = [item for item in products if _is_upcoming(item, today)]
    if upcoming:
        return _draft(messages().release_date, [("upcoming", min(upcoming, key=_released))], request)
    newest = max(products, key=_released)
    name = "released_last" if _is_last(newest, request) else "released"
    return _draft(messages().release_date, [(name, newest)], request)


def _products(request: ReplyInput) -> list[Product]:
    if not request.gathered.products:
        raise TemplateDataMissingError("no product of the catalogue is meant")
    return request.gathered.products


def _released(product: Product) -> str:
    return product.release_date


def _is_upcoming(product: Product, today: date) -> bool:
    return date.fromisoformat(product.release_date) > today


def _is_last(newest: Product, request: ReplyInput) -> bool:
    """Whether no later volume is announced, as far as the products tell.

    They are the series' newest, unless the customer named a volume or means the one they look at.
    """
    turn, products = request.turn, request.gathered.products
    is_only_viewed = [product.id for product in products] == [turn.viewing]
    return newest.kind == "volume" and not is_only_viewed and not names_volume(turn.message, products)


def _stock_name(product: Product, today: date) -> str:
    if _is_upcoming(product, today):
        return "preorder"
    if product.stock == 0:
        return "out_of_stock"
    return "few_left" if product.stock <= FEW else "in_stock"


def _draft(texts: dict[str, LocalText], chosen: list[tuple[str, Product]], request: ReplyInput) -> Draft:
    locale = request.turn.locale
    sentences = [fill(texts[name], locale, _values(product, locale)) for name, product in chosen]
    separator = "" if locale == "ja" else " "
    return Draft(
        reply=separator.join(sentences),
        route="template",
        products=[product_line(product, locale) for _, product in chosen],
    )


def _values(product: Product, locale: Locale) -> dict[str, object | None]:
    return {
        "title": product.title.of(locale),
        "price": price_text(product, locale),
        "stock": product.stock,
        "release_date": day(product.release_date, locale),
        "language": messages().languages[product.language].of(locale),
    }

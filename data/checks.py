"""What no single row can show: rows that come twice, refer to what is not there, or stand in the wrong file."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

from data.evaluation_checks import EVALUATION_CHECKS
from data.files import BESTSELLERS, CALENDAR, CUSTOMERS, FAQ, FILES, ORDERS, POLICIES, PRODUCTS, SERIES
from data.leakage import normalise
from data.reading import Finding, Store, read
from data.schemas import Bestsellers, Customer, FaqEntry, Order, PolicyParagraph, Product, Release, Row, Series

TODAY = date(2026, 11, 23)
"""The day that order dates and pre-orders lie around."""
Check = Callable[[Store], Iterator[Finding]]
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


def findings(data: Path) -> list[Finding]:
    """Everything wrong with data/. Files are compared with each other once every row fits its schema."""
    store, unfit = read(data)
    return sorted(unfit or {found for check in (*CHECKS, *EVALUATION_CHECKS) for found in check(store)})


def _enough(store: Store) -> Iterator[Finding]:
    for file, contents in FILES.items():
        if (count := len(store.files[file])) < contents.at_least:
            yield Finding(file, count, f"{count} rows, at least {contents.at_least} are wanted")


def _unique(store: Store) -> Iterator[Finding]:
    for file, contents in FILES.items():
        first: dict[tuple[str, ...], int] = {}
        for line, row in store.files[file]:
            key = tuple(_comparable(row, field) for field in contents.unique)
            if (before := first.setdefault(key, line)) != line:
                yield Finding(file, line, f"the same {', '.join(contents.unique)} as line {before}")


def _comparable(row: Row, field: str) -> str:
    value = getattr(row, field)
    return value if field == "id" else normalise(str(value))


def _products(store: Store) -> Iterator[Finding]:
    series = {one.id for one in store.rows(SERIES, Series)}
    for line, product in store.lines(PRODUCTS, Product):
        if product.series_id not in series:
            yield Finding(PRODUCTS, line, f"series_id: no series {product.series_id}")
        if not product.id.startswith(product.series_id):
            yield Finding(PRODUCTS, line, f"id: does not begin with its series_id {product.series_id}")
        if product.release_date > TODAY and product.stock and product.kind != "digital":
            yield Finding(PRODUCTS, line, "stock: a paper edition not yet out is in stock")


def _volumes(store: Store) -> Iterator[Finding]:
    """A volume is one of those out, or the next to come; none but a volume zero came out before the one before it."""
    series = {one.id: one for one in store.rows(SERIES, Series)}
    shelves: dict[tuple[str, str], list[tuple[int, date, int]]] = defaultdict(list)
    for line, product in store.lines(PRODUCTS, Product):
        if not product.volume or product.series_id not in series:
            continue
        out: int = getattr(series[product.series_id].volumes, product.language)
        if product.volume > out + (product.release_date > TODAY):
            yield Finding(PRODUCTS, line, f"volume: the series has {out} in this language")
        if product.kind == "volume":
            shelves[product.series_id, product.language].append((product.volume, product.release_date, line))
    for shelf in shelves.values():
        for (_, before, _), (_, after, line) in pairwise(sorted(shelf)):
            if after < before:
                yield Finding(PRODUCTS, line, "release_date: before that of the volume before")


def _answers(store: Store) -> Iterator[Finding]:
    entries = {entry.id for entry in store.rows(FAQ, FaqEntry)}
    for line, paragraph in store.lines(POLICIES, PolicyParagraph):
        if paragraph.id in entries:
            yield Finding(POLICIES, line, f"id: {paragraph.id} is an entry of the FAQ too")
    asked: dict[str, int] = {}
    answered: dict[str, int] = {}
    for line, entry in store.lines(FAQ, FaqEntry):
        questions = [entry.question.en, entry.question.ja, *entry.other_questions.en, *entry.other_questions.ja]
        for kind, texts, before in (
            ("question", questions, asked),
            ("answer", [entry.answer.en, entry.answer.ja], answered),
        ):
            for text in texts:
                if text.casefold() in before:
                    yield Finding(FAQ, line, f"{kind}: {text!r} stands on line {before[text.casefold()]} too")
                before[text.casefold()] = line


def _languages(store: Store) -> Iterator[Finding]:
    """Answers and paragraphs are in the language they are filed under."""
    texts = [(FAQ, line, entry.answer) for line, entry in store.lines(FAQ, FaqEntry)]
    texts += [(POLICIES, line, one.text) for line, one in store.lines(POLICIES, PolicyParagraph)]
    texts += [(SERIES, line, one.synopsis) for line, one in store.lines(SERIES, Series)]
    for file, line, text in texts:
        if JAPANESE.search(text.en) or not JAPANESE.search(text.ja):
            yield Finding(file, line, "a text is not in the language it is filed under")


def _customers(store: Store) -> Iterator[Finding]:
    sold = {product.id: product for product in store.rows(PRODUCTS, Product)}
    bought = {
        (order.customer_id, item.product_id)
        for order in store.rows(ORDERS, Order)
        for item in order.items
        if order.status != "cancelled"
    }
    for line, customer in store.lines(CUSTOMERS, Customer):
        for product in customer.recommendations:
            if product not in sold or sold[product].stock == 0:
                yield Finding(CUSTOMERS, line, f"recommendations: {product} cannot be bought")
            elif (customer.id, product) in bought:
                yield Finding(CUSTOMERS, line, f"recommendations: {product} was bought already")
    for line, best in store.lines(BESTSELLERS, Bestsellers):
        for product in best.product_ids:
            if product not in sold or sold[product].stock == 0:
                yield Finding(BESTSELLERS, line, f"product_ids: {product} cannot be bought")


def _orders(store: Store) -> Iterator[Finding]:
    sold = {product.id: product for product in store.rows(PRODUCTS, Product)}
    customers = {customer.id: customer for customer in store.rows(CUSTOMERS, Customer)}
    for line, order in store.lines(ORDERS, Order):
        missing = [item.product_id for item in order.items if item.product_id not in sold]
        if missing or order.customer_id not in customers:
            yield Finding(ORDERS, line, f"no such product or customer: {', '.join(missing) or order.customer_id}")
            continue
        currency = "JPY" if customers[order.customer_id].region.startswith("JP") else "USD"
        to_come = any(sold[item.product_id].release_date > TODAY for item in order.items)
        if order.total.currency != currency:
            yield Finding(ORDERS, line, f"total: the customer's region pays in {currency}")
        if order.placed_on > TODAY:
            yield Finding(ORDERS, line, f"placed_on: lies after {TODAY}")
        if to_come != (order.status == "preordered"):
            yield Finding(ORDERS, line, "status: preordered when, and only when, a book is not yet out")


def _releases(store: Store) -> Iterator[Finding]:
    dates = {product.id: product.release_date for product in store.rows(PRODUCTS, Product)}
    for line, release in store.lines(CALENDAR, Release):
        if release.product and dates.get(release.product) != release.start:
            yield Finding(CALENDAR, line, f"{release.product} comes out on {dates.get(release.product)}")


CHECKS: tuple[Check, ...] = (
    _enough,
    _unique,
    _products,
    _volumes,
    _answers,
    _languages,
    _customers,
    _orders,
    _releases,
)

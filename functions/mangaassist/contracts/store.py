"""What the store knows: products, customers, orders."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from mangaassist.contracts.base import Contract, Locale, LocalText, StepOutput


class Money(Contract):
    """A price in both currencies of the store."""

    usd: Decimal
    jpy: int


class Edition(Contract):
    """What tells the products of a series apart."""

    id: str
    volume: int | None = None
    kind: Literal["volume", "omnibus", "box_set", "digital"]
    language: Locale
    release_date: str


class Product(Edition):
    """One thing to buy: a volume, omnibus, box set or digital edition."""

    series_id: str
    title: LocalText
    price: Money
    stock: Annotated[int, Field(ge=0)]


class ProductLine(Contract):
    """A product as a reply shows it."""

    id: str
    title: str
    price: str
    currency: Literal["USD", "JPY"]


class Products(StepOutput):
    """Products of the catalogue, best match first."""

    products: list[Product] = []


class OrderItem(Contract):
    product_id: str
    quantity: Annotated[int, Field(ge=1)]


class OrderTotal(Contract):
    currency: Literal["USD", "JPY"]
    amount: Decimal


class Order(Contract):
    id: str
    placed_on: str
    status: Literal["processing", "shipped", "delivered", "cancelled", "preordered"]
    items: list[OrderItem]
    total: OrderTotal
    carrier: str | None = None
    tracking_number: str | None = None
    expected_on: str | None = None
    delivered_on: str | None = None


class Profile(Contract):
    name: str
    locale: Locale
    region: str
    favourite_genres: list[str] = []
    points: int = 0


class Customer(StepOutput):
    """What is known of the customer; empty for a guest."""

    profile: Profile | None = None
    orders: list[Order] = []

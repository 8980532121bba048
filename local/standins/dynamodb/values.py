"""Attribute values in their wire format, such as {"N": "1.5"}.

A value is made canonical when it comes in, so that two equal values are equal dictionaries: numbers without trailing
zeros, sets in order.
"""

from collections.abc import Callable, Mapping
from decimal import Context, Decimal, DecimalException, Inexact, localcontext
from typing import Any

from local.standins.dynamodb.errors import ItemSizeError, NotImplementedHereError, ValidationException

Value = dict[str, Any]
Item = dict[str, Value]

MOST_BYTES = 400 * 1024
_DIGITS = 38
_NUMBERS = Context(prec=_DIGITS, Emin=-130, Emax=125, traps=[Inexact])
_NO_NUMBER = "The parameter cannot be converted to a numeric value"
_TOO_PRECISE = "Attempting to store more than 38 significant digits in a Number"


def kind(value: Value) -> str:
    """The type descriptor: S, N, B, SS, …"""
    return next(iter(value))


def canonical(value: Any) -> Value:
    """A value as it is stored; raises ValidationException for what is none."""
    if not isinstance(value, Mapping) or len(value) != 1:
        raise ValidationException("Supplied AttributeValue has more than one datatypes set, must contain exactly one")
    ((descriptor, content),) = value.items()
    if descriptor in ("B", "BS"):
        raise NotImplementedHereError("binary attribute values are not implemented here")
    make = _CANONICAL.get(descriptor)
    if make is None:
        raise ValidationException(
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
        )
    return {descriptor: make(content)}


def canonical_item(item: Mapping[str, Any]) -> Item:
    """An item as it is stored."""
    return {name: canonical(value) for name, value in item.items()}


def number(value: Value) -> Decimal:
    """The number of an N."""
    return Decimal(value["N"])


def from_number(result: Callable[[], Decimal]) -> Value:
    """The N that a calculation of at most 38 digits gives; raises ValidationException."""
    try:
        with localcontext(_NUMBERS):
            return {"N": _written(result())}
    except DecimalException:
        raise ValidationException(_TOO_PRECISE) from None


def is_less(left: Value, right: Value) -> bool:
    """Whether one value is before another; only strings and numbers have an order, among themselves."""
    if kind(left) != kind(right) or kind(left) not in SORTED:
        return False
    return bool(sort_key(left) < sort_key(right))


def sort_key(value: Value) -> Any:
    """What a range key is sorted by: strings by their UTF-8 bytes."""
    return SORTED[kind(value)](value[kind(value)])


def check_size(item: Item) -> None:
    """Raises ItemSizeError beyond 400 KB."""
    if item_bytes(item) > MOST_BYTES:
        raise ItemSizeError("Item size has exceeded the maximum allowed size")


def item_bytes(item: Item) -> int:
    """The size that counts towards a page of 1 MB, and towards the 400 KB of an item."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Value) -> int:
    """About what DynamoDB counts: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html"""
    ((descriptor, content),) = value.items()
    if descriptor == "M":
        return 3 + sum(1 + len(name.encode()) + _size(part) for name, part in content.items())
    if descriptor == "L":
        return 3 + sum(1 + _size(part) for part in content)
    if descriptor in ("SS", "NS"):
        return sum(len(part.encode()) for part in content)
    return len(content.encode()) if isinstance(content, str) else 1


def _number(text: Any) -> str:
    try:
        with localcontext(_NUMBERS):
            return _written(_NUMBERS.create_decimal(text))
    except Inexact:
        raise ValidationException(_TOO_PRECISE) from None
    except (DecimalException, TypeError, ValueError):
        raise ValidationException(f"{_NO_NUMBER}: {text}") from None


def _written(value: Decimal) -> str:
    if not value.is_finite():
        raise ValidationException(f"{_NO_NUMBER}: {value}")
    return f"{value.normalize():f}" if value else "0"


def _text(content: Any) -> str:
    if not isinstance(content, str):
        raise ValidationException("Expected a string in an AttributeValue")
    return content


def _set_of(one: Callable[[Any], str], key: Callable[[str], Any]) -> Callable[[Any], list[str]]:
    def canonical_set(content: Any) -> list[str]:
        members = [one(member) for member in content]
        if not members:
            raise ValidationException("One or more parameter values were invalid: An set attribute cannot be empty")
        if len(set(members)) < len(members):
            raise ValidationException("One or more parameter values were invalid: Input collection contains duplicates")
        return sorted(members, key=key)

    return canonical_set


def _true(content: Any) -> bool:
    if content is not True:
        raise ValidationException("One or more parameter values were invalid: Null attribute value types must be true")
    return True


SORTED: Mapping[str, Callable[[Any], Any]] = {"S": str.encode, "N": Decimal}
_CANONICAL: Mapping[str, Callable[[Any], Any]] = {
    "S": _text,
    "N": _number,
    "BOOL": bool,
    "NULL": _true,
    "SS": _set_of(_text, str.encode),
    "NS": _set_of(_number, Decimal),
    "L": lambda content: [canonical(part) for part in content],
    "M": lambda content: {name: canonical(part) for name, part in content.items()},
}

"""The amounts of money that a text names."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

Currency = Literal["USD", "JPY"]
Amount = tuple[Decimal, Currency]

_FIGURE = r"(\d(?:[\d,.万千]*[\d万千])?)"
_WRITTEN: tuple[tuple[Currency, str], ...] = (
    ("USD", rf"\$\s?{_FIGURE}"),
    ("USD", rf"\bUSD\s?{_FIGURE}"),
    ("USD", rf"{_FIGURE}[\s-]?(?:(?:US|U\.S\.)\s?)?(?:dollars?\b|bucks?\b|USD\b|米?ドル)"),
    ("JPY", rf"¥\s?{_FIGURE}"),
    ("JPY", rf"\bJPY\s?{_FIGURE}"),
    ("JPY", rf"{_FIGURE}[\s-]?(?:yen\b|JPY\b|円)"),
)
_PATTERNS = [(currency, re.compile(pattern, re.IGNORECASE | re.ASCII)) for currency, pattern in _WRITTEN]
_PART = re.compile(r"(\d[\d,]*(?:\.\d+)?)([万千]?)")
_UNITS = {"": 1, "千": 1_000, "万": 10_000}


def amounts(text: str) -> Iterable[Amount]:
    """Every amount with its currency: "$11.99", "USD 5", "5 dollars", "5ドル", "¥1,760", "1,760円", "1万5千円"."""
    plain = unicodedata.normalize("NFKC", text)
    for currency, pattern in _PATTERNS:
        for figure in pattern.findall(plain):
            yield _value(figure), currency


def _value(figure: str) -> Decimal:
    parts = _PART.findall(figure)
    return sum((Decimal(number.replace(",", "")) * _UNITS[unit] for number, unit in parts), Decimal())

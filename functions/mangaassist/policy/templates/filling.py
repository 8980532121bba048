"""Filling a text from data."""

from collections.abc import Mapping
from datetime import date

from mangaassist.contracts import Locale, LocalText
from mangaassist.errors import TemplateDataMissingError


def fill(text: LocalText, locale: Locale, values: Mapping[str, object | None]) -> str:
    """The text with its {names} replaced.

    Raises TemplateDataMissingError naming the value that is missing.
    """
    present = {name: value for name, value in values.items() if value is not None}
    try:
        return text.of(locale).format_map(present)
    except KeyError as error:
        raise TemplateDataMissingError(f"the text needs {error.args[0]}") from None


def day(iso: str | None, locale: Locale) -> str | None:
    """A date as the locale writes it: "November 25, 2026" or "2026年11月25日"."""
    if iso is None:
        return None
    value = date.fromisoformat(iso)
    return f"{value.year}年{value.month}月{value.day}日" if locale == "ja" else f"{value:%B} {value.day}, {value.year}"

from datetime import date
from typing import Any

import pytest

from fill_template import handler as fill_template
from mangaassist.contracts import Gathered, Locale
from tests.handlers.conftest import Lambda
from tests.unit.builders import product, reply_input

DAYS: dict[Locale, date] = {"ja": date(2026, 12, 8), "en": date(2026, 12, 7)}


@pytest.mark.parametrize(("locale", "expected"), [("ja", "に発売されました"), ("en", "comes out on December 8, 2026")])
def test_on_the_morning_of_a_release_japan_has_the_book_and_america_has_not(
    aws: Any, context: Lambda, monkeypatch: pytest.MonkeyPatch, locale: Locale, expected: str
) -> None:
    monkeypatch.setattr(fill_template, "today", DAYS.__getitem__)
    gathered = Gathered(products=[product(release_date="2026-12-08")])
    request = reply_input("when is it out?", "release_date", gathered=gathered, locale=locale)

    assert expected in fill_template.handler(request.model_dump(mode="json", exclude_none=True), context)["reply"]

"""A series is found by the short title that people use."""

from data.files import DATA, SERIES
from data.schemas import Series, read_rows
from mangaassist.policy.language import normalized

# What stands before the colon names several series, or none.
TOO_SHORT = {"Tsubasa", "Mobile Suit Gundam", "Re", "The Legend of Zelda", "Orb", "Mission"}


def names(series: Series) -> set[str]:
    titles = series.titles
    return {normalized(name) for name in (titles.en, titles.ja, titles.romaji, *series.aliases)}


def test_given_an_english_title_with_a_subtitle_when_only_its_beginning_is_said_then_a_series_is_named() -> None:
    catalogue = list(read_rows(DATA / SERIES, Series))
    known = set().union(*map(names, catalogue))

    shortened = {series.titles.en.split(":")[0] for series in catalogue}

    assert {short for short in shortened if normalized(short) not in known} == TOO_SHORT

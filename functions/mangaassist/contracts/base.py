"""What every contract is, and the words they share. Times are epoch milliseconds, durations milliseconds."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Locale = Literal["en", "ja"]


Route = Literal["template", "cached", "haiku", "sonnet", "handover"]


Tier = Literal["haiku", "sonnet"]


Mode = Literal["normal", "templates_only"]


Identifier = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._:-]+$")]


class Contract(BaseModel):
    """Immutable, and closed: a field nobody declared is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StepOutput(Contract):
    """What a function of the turn returns; `ms` is the time its handler took."""

    ms: int = 0


class LocalText(Contract):
    """A text in both languages of the store."""

    en: str
    ja: str

    def of(self, locale: Locale) -> str:
        return self.ja if locale == "ja" else self.en

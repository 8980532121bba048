"""How items of a model share a run, as data: `batching.toml`."""

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

_TABLE = Path(__file__).with_name("batching.toml")


class Batching(BaseModel):
    """One kind of model's settings; `batching.toml` says what each means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_batch: int = Field(ge=1)
    max_wait_ms: int = Field(ge=0)
    bucket_characters: int = Field(ge=1)
    max_waiting: int = Field(ge=1)

    def bucket(self, characters: int) -> int:
        """Items of one bucket may share a batch."""
        return characters // self.bucket_characters


@cache
def batching_of(kind: str) -> Batching:
    """The settings of a kind of model."""
    return Batching.model_validate(tomllib.loads(_TABLE.read_text(encoding="utf-8"))[kind])

"""What Converse and ConverseStream take."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Content(_Closed):
    text: str | None = None
    cache_point: dict[str, Any] | None = Field(default=None, alias="cachePoint")


class _Message(_Closed):
    role: Literal["user", "assistant"]
    content: list[_Content] = Field(min_length=1)


class _Inference(_Closed):
    max_tokens: int = Field(default=4096, alias="maxTokens", ge=1)
    temperature: float | None = None
    top_p: float | None = Field(default=None, alias="topP")
    stop_sequences: list[str] = Field(default=[], alias="stopSequences")


class ConverseRequest(_Closed):
    """What of the Converse API is in use; anything else is refused."""

    messages: list[_Message] = Field(min_length=1)
    system: list[_Content] = []
    inference: _Inference = Field(default_factory=_Inference, alias="inferenceConfig")
    request_metadata: dict[str, str] = Field(default={}, alias="requestMetadata", max_length=16)
    service_tier: dict[str, str] | None = Field(default=None, alias="serviceTier")
    performance: dict[str, str] | None = Field(default=None, alias="performanceConfig")

    @property
    def system_text(self) -> str:
        return _joined(self.system)

    @property
    def spoken_before(self) -> list[tuple[str, str]]:
        """Earlier messages, each its role and text."""
        return [(message.role, _joined(message.content)) for message in self.messages[:-1]]

    @property
    def question(self) -> str:
        """The last message's text."""
        return _joined(self.messages[-1].content)

    @property
    def read_before(self) -> str:
        """System text and earlier messages."""
        return "\n".join([self.system_text, *(text for _, text in self.spoken_before)])

    def asking(self, question: str) -> "ConverseRequest":
        """The request with another text as its last message."""
        last = self.messages[-1].model_copy(update={"content": [_Content(text=question)]})
        return self.model_copy(update={"messages": [*self.messages[:-1], last]})


def _joined(contents: list[_Content]) -> str:
    return "\n".join(content.text for content in contents if content.text)

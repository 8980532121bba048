"""Every error a function raises on purpose. A class name is the state machine's `ErrorEquals`.

MangaAssistError
├── Refusal                     the customer's request cannot be answered; the text is public
│   ├── InvalidRequest
│   ├── SessionForbidden
│   ├── TurnInProgress
│   └── BudgetExhausted
├── ModelError                  a model did not answer usefully
│   ├── ClassificationError     ── ClassificationTimeoutError
│   ├── EmbeddingError          ── EmbeddingTimeoutError
│   ├── RerankError             ── RerankTimeoutError
│   ├── GenerationError         ── GenerationTimeoutError, GenerationThrottledError
│   └── GuardrailError          ── GuardrailTimeoutError
├── StoreError                  a data store did not answer
│   ├── SearchError             ── SearchTimeoutError
│   └── TableError              ── TableTimeoutError
├── EventsError                 ── EventsTimeoutError
├── QueueError                  ── QueueTimeoutError
├── TemplateDataMissingError    a template lacks a value; the language model answers instead
├── ContractError               a function was invoked with an input it does not know
└── SettingsError               the environment is not as the template sets it
"""

import json
from typing import Self


class MangaAssistError(Exception):
    """Something this pipeline names. `called` is False where what would have failed was not even asked."""

    called = True

    def before_any_call(self) -> Self:
        """The same error, raised in place of a call."""
        self.called = False
        return self


class Refusal(MangaAssistError):  # noqa: N818 - its subclasses' names are public in the API's answers
    """A request that is refused before any model runs. Its text is a public JSON document."""

    def __init__(self, message: str, *, field: str | None = None, retry_after_s: int | None = None) -> None:
        details = {"message": message, "field": field, "retry_after_s": retry_after_s}
        self.public = {name: value for name, value in details.items() if value is not None}
        super().__init__(json.dumps(self.public, ensure_ascii=False))


class InvalidRequest(Refusal):
    """The request's body breaks the API's contract."""


class SessionForbidden(Refusal):
    """The session belongs to somebody else, or nothing proves that it is the caller's."""


class TurnInProgress(Refusal):
    """The same turn_id is being answered at this moment."""


class BudgetExhausted(Refusal):
    """The session has spent what one session may cost."""


class ModelError(MangaAssistError):
    """A model did not answer usefully."""


class ClassificationError(ModelError):
    """The intent classifier did not answer usefully."""


class ClassificationTimeoutError(ClassificationError):
    """The intent classifier did not answer within its budget."""


class EmbeddingError(ModelError):
    """The embedding model did not answer usefully."""


class EmbeddingTimeoutError(EmbeddingError):
    """The embedding model did not answer within its budget."""


class RerankError(ModelError):
    """The reranker did not answer usefully."""


class RerankTimeoutError(RerankError):
    """The reranker did not answer within its budget."""


class GenerationError(ModelError):
    """The language model did not answer usefully."""


class GenerationTimeoutError(GenerationError):
    """The language model had not finished one sentence when its budget ended."""


class GenerationThrottledError(GenerationError):
    """The language model's quota is used up."""


class GuardrailError(ModelError):
    """The guardrail did not answer usefully."""


class GuardrailTimeoutError(GuardrailError):
    """The guardrail did not answer within its budget."""


class StoreError(MangaAssistError):
    """A data store did not answer."""


class SearchError(StoreError):
    """The passage index did not answer usefully."""


class SearchTimeoutError(SearchError):
    """The passage index did not answer within its budget."""


class TableError(StoreError):
    """DynamoDB did not answer usefully."""


class TableTimeoutError(TableError):
    """DynamoDB did not answer within its budget."""


class EventsError(MangaAssistError):
    """EventBridge did not take an event."""


class EventsTimeoutError(EventsError):
    """EventBridge did not take an event within its budget."""


class QueueError(MangaAssistError):
    """SQS did not take a message."""


class QueueTimeoutError(QueueError):
    """SQS did not take a message within its budget."""


class TemplateDataMissingError(MangaAssistError):
    """A template lacks a value."""


class ContractError(MangaAssistError):
    """A function was invoked with an input it does not know."""


class SettingsError(MangaAssistError):
    """The environment is not as the template sets it."""

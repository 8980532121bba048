"""What DynamoDB refuses, by its own error codes.

DynamoDbError
├── ConditionalCheckFailedException
├── IdempotentParameterMismatchException
├── ItemSizeError
├── NotImplementedHereError
├── ResourceInUseException
├── ResourceNotFoundException
├── TransactionCanceledException
└── ValidationException
"""

from collections.abc import Mapping
from typing import Any, ClassVar

NAMESPACE = "com.amazonaws.dynamodb.v20120810#"


class DynamoDbError(Exception):
    """A refused request; `code` is what boto3 shows as the error's code."""

    code: ClassVar[str]
    namespace: ClassVar[str] = NAMESPACE

    def document(self) -> dict[str, Any]:
        """The body of the answer."""
        return {"__type": self.namespace + self.code, "message": str(self)}


class ValidationException(DynamoDbError):  # noqa: N818 - DynamoDB's own names
    """The request is not one that DynamoDB takes."""

    code = "ValidationException"
    namespace = "com.amazon.coral.validate#"


class ItemSizeError(ValidationException):
    """An item would be larger than 400 KB."""


class NotImplementedHereError(ValidationException):
    """DynamoDB takes this request, the stand-in does not."""


class ResourceNotFoundException(DynamoDbError):  # noqa: N818
    """There is no such table."""

    code = "ResourceNotFoundException"


class ResourceInUseException(DynamoDbError):  # noqa: N818
    """There is such a table already."""

    code = "ResourceInUseException"


class IdempotentParameterMismatchException(DynamoDbError):  # noqa: N818
    """A transaction's token was used for another transaction."""

    code = "IdempotentParameterMismatchException"


class ConditionalCheckFailedException(DynamoDbError):  # noqa: N818
    """The condition of a write does not hold; with the item that stands there, where it was asked for."""

    code = "ConditionalCheckFailedException"

    def __init__(self, item: Mapping[str, Any] | None = None) -> None:
        super().__init__("The conditional request failed")
        self.item = item

    def document(self) -> dict[str, Any]:
        return super().document() | ({"Item": self.item} if self.item else {})


class TransactionCanceledException(DynamoDbError):  # noqa: N818
    """A transaction of which nothing was done, with the reason of each of its writes."""

    code = "TransactionCanceledException"

    def __init__(self, reasons: list[dict[str, Any]]) -> None:
        codes = ", ".join(reason["Code"] for reason in reasons)
        super().__init__(f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]")
        self.reasons = reasons

    def document(self) -> dict[str, Any]:
        # boto3 takes the message of this one error from a capital M.
        return {"__type": self.namespace + self.code, "Message": str(self), "CancellationReasons": self.reasons}

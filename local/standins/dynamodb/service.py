"""The JSON 1.0 protocol: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html"""

import threading
import uuid
from collections.abc import Mapping
from typing import Any

import orjson

from local.standins.dynamodb.errors import DynamoDbError
from local.standins.dynamodb.operations import Operations
from local.standins.dynamodb.values import number

CONTENT_TYPE = "application/x-amz-json-1.0"
TARGET = "DynamoDB_20120810."
_OK, _REFUSED = 200, 400


class DynamoDb:
    """An empty store. Its requests are served one at a time, each in whole, from whatever thread they come."""

    def __init__(self) -> None:
        self._operations = Operations()
        self._lock = threading.Lock()

    def answer(self, target: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for the X-Amz-Target and the body of a request."""
        try:
            status, document = _OK, self._run(target, body)
        except DynamoDbError as error:
            status, document = _REFUSED, error.document()
        return status, {"Content-Type": CONTENT_TYPE, "x-amzn-RequestId": str(uuid.uuid4())}, orjson.dumps(document)

    def expire(self, now_s: int) -> int:
        """Delete what a table's time to live says has ended by now, which DynamoDB does within days: how many items."""
        with self._lock:
            expired = [
                (table, item)
                for table in self._operations.tables.values()
                for item in table
                if table.expiry in item and number(item[str(table.expiry)]) < now_s
            ]
            for table, item in expired:
                table.remove(item)
        return len(expired)

    def items(self, table: str) -> int:
        """How many items a table holds; raises ResourceNotFoundException."""
        with self._lock:
            return len(self._operations.table(table))

    def _run(self, target: str, body: bytes) -> Mapping[str, Any]:
        request = orjson.loads(body)
        with self._lock:
            return self._operations.run(target.removeprefix(TARGET), request)

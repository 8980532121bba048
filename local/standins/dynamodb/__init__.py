"""DynamoDB in memory: fast enough for proofs of concurrency, and as exact as the adapters need.

    store = DynamoDb()
    status, headers, body = store.answer("DynamoDB_20120810.PutItem", b'{"TableName": …}')

It speaks the JSON 1.0 protocol: `service` reads a request, `operations` and `transactions` do what it asks of a `table`
under one lock, `expressions` resolves names and values, `grammar` parses, `conditions`, `updates` and `keys` evaluate.
Whatever it does not implement it refuses, naming the field. Capacity, throttling and eventual consistency are not
simulated: every read is consistent.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/
"""

from local.standins.dynamodb.service import DynamoDb

__all__ = ["DynamoDb"]

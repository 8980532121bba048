"""Query and scan, a page at a time."""

from collections.abc import Callable, Iterable
from typing import Any

from local.standins.dynamodb.conditions import holds
from local.standins.dynamodb.errors import ValidationException
from local.standins.dynamodb.expressions import Scope, Steps, found, overlapping
from local.standins.dynamodb.grammar import parse_projection
from local.standins.dynamodb.keys import key_condition
from local.standins.dynamodb.requests import Request, required
from local.standins.dynamodb.table import Index, Table
from local.standins.dynamodb.values import Item, canonical_item, item_bytes

PAGE_BYTES = 1024 * 1024
PROJECTION = "ProjectionExpression"


def query(table: Table, request: Request) -> dict[str, Any]:
    """The items of one hash key; raises ValidationException."""
    index, scope = table.index(request.get("IndexName")), Scope(request)
    condition = key_condition(required(request, "KeyConditionExpression"), index.schema, scope)
    forward = bool(request.get("ScanIndexForward", True))
    items = index.items(condition.hash, forward=forward)
    name = index.schema.range_name
    if name is not None:
        items = [item for item in items if condition.in_range(item[name])]
    return _page(table, index, items, request, scope)


def scan(table: Table, request: Request) -> dict[str, Any]:
    """All items; raises ValidationException."""
    index = table.index(request.get("IndexName"))
    items = [item for item in table if index.schema.covers(item)]
    return _page(table, index, items, request, Scope(request))


def projection(request: Request, scope: Scope) -> Callable[[Item], Item]:
    """What a request wants of an item; raises ValidationException."""
    text = request.get(PROJECTION)
    if text is None:
        return lambda item: item
    paths = [scope.steps(path, PROJECTION) for path in parse_projection(text)]
    if both := overlapping(paths):
        one, two = (f"[{', '.join(map(str, steps))}]" for steps in both)
        overlap = "Two document paths overlap with each other; must remove or rewrite one of these paths"
        raise ValidationException(f"Invalid {PROJECTION}: {overlap}; path one: {one}, path two: {two}")
    return lambda item: _projected(item, paths)


def _page(table: Table, index: Index, items: list[Item], request: Request, scope: Scope) -> dict[str, Any]:
    limit = int(request.get("Limit", len(items)))
    if limit < 1 and "Limit" in request:
        raise ValidationException("Limit must be greater than or equal to 1")
    rest = _after(table, items, request)
    read = _within(rest, limit)
    wanted = projection(request, scope)
    kept = [
        item
        for item in map(index.shown, read)
        if holds(request.get("FilterExpression"), item, scope, "FilterExpression")
    ]
    page: dict[str, Any] = {"Items": [wanted(item) for item in kept], "Count": len(kept), "ScannedCount": len(read)}
    # DynamoDB does not look whether anything comes after the last item that Limit lets it read.
    if read and (len(read) < len(rest) or len(read) == request.get("Limit")):
        page["LastEvaluatedKey"] = {**table.schema.key(read[-1]), **index.schema.key(read[-1])}
    return page


def _after(table: Table, items: list[Item], request: Request) -> list[Item]:
    if "ExclusiveStartKey" not in request:
        return items
    start = canonical_item(request["ExclusiveStartKey"])
    if not table.schema.covers(start):
        raise ValidationException("The provided starting key is invalid")
    identities = [table.schema.identity(item) for item in items]
    try:
        return items[identities.index(table.schema.identity(start)) + 1 :]
    except ValueError:
        raise ValidationException("The provided starting key names no item; this is not implemented here") from None


def _within(items: Iterable[Item], limit: int) -> list[Item]:
    """As many items as a page holds: by their number, and by their bytes."""
    read: list[Item] = []
    taken = 0
    for item in items:
        if len(read) == limit or taken > PAGE_BYTES:
            break
        taken += item_bytes(item)
        read.append(item)
    return read


def _projected(item: Item, paths: list[Steps]) -> Item:
    kept: Item = {}
    for steps in paths:
        value = found(item, steps)
        if value is not None:
            _place(kept, steps, value)
    return kept


def _place(kept: Any, steps: Steps, value: Any) -> None:
    """Rebuild what leads to a value; lists hold only what was asked for."""
    if len(steps) == 1:
        kept[str(steps[0])] = value
        return
    if any(isinstance(step, int) for step in steps):
        raise ValidationException("a projection into a list is not implemented here")
    inner = kept.setdefault(str(steps[0]), {"M": {}})["M"]
    _place(inner, steps[1:], value)

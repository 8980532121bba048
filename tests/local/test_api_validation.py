"""Basic request validation, with the words that API Gateway's validator uses.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
"""

from typing import Any

import pytest

from local.api import ApiError
from tests.local.api_documents import PREFIX, document, front, mock, serving

ORDER = {
    "type": "object",
    "required": ["title", "volume"],
    "additionalProperties": False,
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 5, "pattern": "^[a-z]*$"},
        "volume": {"type": "integer", "minimum": 1, "maximum": 9},
        "language": {"enum": ["en", "ja"]},
        "gift": {"$ref": "#/components/schemas/Gift"},
    },
}
GIFT = {"type": "object", "properties": {"to": {"type": ["string", "null"]}}}
SAYS_WHAT = {
    "responseTemplates": {
        "application/json": '{"message":$context.error.messageString,"kind":"$context.error.responseType"}'
        "\n$context.error.validationErrorString"
    }
}


def orders(schema: dict[str, Any] = ORDER, **operation: Any) -> dict[str, Any]:
    """An API whose only method validates."""
    content = {"application/json": {"schema": schema}}
    posted = mock(requestBody={"content": content}, **{f"{PREFIX}request-validator": "all"}, **operation)
    return document(
        {"/orders/{id}": {"post": posted}},
        components={"schemas": {"Gift": GIFT, "Order": ORDER}},
        **{
            f"{PREFIX}request-validators": {"all": {"validateRequestBody": True, "validateRequestParameters": True}},
            f"{PREFIX}gateway-responses": {"DEFAULT_4XX": SAYS_WHAT},
        },
    )


@pytest.mark.parametrize("schema", [ORDER, {"$ref": "#/components/schemas/Order"}])
async def test_given_a_body_of_the_model_when_sent_then_it_passes(schema: dict[str, Any]) -> None:
    async with serving(orders(schema)) as client:
        answer = await client.post("/orders/1", json={"title": "one", "volume": 1, "gift": {"to": None}})
        assert await answer.json() == {"ok": True}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, '[object has missing required properties (["title","volume"])]'),
        ([], '[instance type (array) does not match any allowed primitive type (allowed: ["object"])]'),
        (
            {"title": "a", "volume": "1"},
            '[instance type (string) does not match any allowed primitive type (allowed: ["integer"])]',
        ),
        (
            {"title": "a", "volume": 1, "x": 1},
            '[object instance has properties which are not allowed by the schema: ["x"]]',
        ),
        (
            {"title": "a", "volume": 1, "language": "fr"},
            '[instance value ("fr") not found in enum (possible values: ["en","ja"])]',
        ),
        ({"title": "", "volume": 1}, '[string "" is too short (length: 0, required minimum: 1)]'),
        ({"title": "abcdef", "volume": 1}, '[string "abcdef" is too long (length: 6, maximum allowed: 5)]'),
        ({"title": "A", "volume": 1}, '[ECMA 262 regex "^[a-z]*$" does not match input string "A"]'),
        (
            {"title": "a", "volume": 0},
            "[numeric instance is lower than the required minimum (minimum: 1, found: 0)]",
        ),
        (
            {"title": "", "volume": 10},
            '[string "" is too short (length: 0, required minimum: 1), '
            "numeric instance is greater than the required maximum (maximum: 9, found: 10)]",
        ),
        (
            {"title": "a", "volume": 1, "gift": {"to": 5}},
            '[instance type (integer) does not match any allowed primitive type (allowed: ["null","string"])]',
        ),
    ],
)
async def test_given_a_body_against_the_model_when_sent_then_it_is_400_and_the_context_says_what(
    body: Any, says: str
) -> None:
    async with serving(orders()) as client:
        answer = await client.post("/orders/1", json=body)
        assert answer.status == 400
        assert await answer.text() == f'{{"message":"Invalid request body","kind":"BAD_REQUEST_BODY"}}\n{says}'


async def test_given_a_body_that_is_not_json_when_a_model_holds_then_it_is_400() -> None:
    async with serving(orders()) as client:
        answer = await client.post("/orders/1", data=b"{", headers={"Content-Type": "application/json"})
        assert answer.status == 400
        assert '"kind":"BAD_REQUEST_BODY"' in await answer.text()


async def test_given_another_content_type_than_the_models_when_sent_then_it_is_not_validated() -> None:
    async with serving(orders()) as client:
        answer = await client.post("/orders/1", data="hello", headers={"Content-Type": "text/plain"})
        assert answer.status == 200


async def test_given_required_parameters_when_missing_or_blank_then_it_is_400_and_names_them() -> None:
    parameters = [
        {"in": "path", "name": "id", "required": True},
        {"in": "query", "name": "page", "required": True},
        {"in": "query", "name": "size", "required": False},
        {"in": "header", "name": "X-Shop", "required": True},
    ]
    async with serving(orders(parameters=parameters)) as client:
        refused = await client.post("/orders/1?page=%20", json={"title": "a", "volume": 1})
        text = "Missing required request parameters: [page, X-Shop]"
        assert refused.status == 400
        assert await refused.text() == f'{{"message":"{text}","kind":"BAD_REQUEST_PARAMETERS"}}\n{text}'
        passed = await client.post("/orders/1?page=1", json={"title": "a", "volume": 1}, headers={"x-shop": "tokyo"})
        assert passed.status == 200


async def test_given_no_validator_when_a_body_is_against_the_model_then_it_passes() -> None:
    given = orders()
    del given["paths"]["/orders/{id}"]["post"][f"{PREFIX}request-validator"]
    async with serving(given) as client:
        assert (await client.post("/orders/1", json={})).status == 200


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({"type": "array", "minItems": 1}, "minItems is not applied by API Gateway"),
        ({"properties": {"a": {"nullable": True}}}, "nullable is not applied"),
        ({"items": {"oneOf": [{"discriminator": {}}]}}, "discriminator is not applied"),
        ({"$ref": "#/components/schemas/Nobody"}, "Nobody is no schema"),
        ({"$ref": "https://elsewhere"}, "elsewhere is no schema"),
        ({"type": "text"}, "'text' is not valid"),
    ],
)
def test_given_a_schema_that_api_gateway_reads_otherwise_when_loaded_then_it_is_refused(
    schema: dict[str, Any], says: str
) -> None:
    with pytest.raises(ApiError, match=says):
        front(orders(schema))


def test_given_a_validator_nobody_defined_when_loaded_then_it_is_refused() -> None:
    with pytest.raises(ApiError, match="there is no request validator 'all'"):
        front({**orders(), f"{PREFIX}request-validators": {}})

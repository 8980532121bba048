"""Which resource answers, and what of a document is refused when it is loaded."""

from copy import deepcopy
from typing import Any

import pytest

from local.api import ApiError
from tests.local.api_documents import PREFIX, document, front, mock, serving

INTEGRATION = f"{PREFIX}integration"


@pytest.mark.parametrize(
    ("method", "path", "says"),
    [
        ("GET", "/things/new", "the word"),
        ("GET", "/things/7", "the parameter 7"),
        ("GET", "/things/7/more", "the rest things/7/more"),
        ("DELETE", "/things/7", "any"),
        ("HEAD", "/things/new", None),
        ("DELETE", "/things/new", None),
        ("GET", "/", None),
    ],
)
async def test_given_overlapping_paths_when_called_then_the_most_specific_resource_answers_or_none(
    method: str, path: str, says: str | None
) -> None:
    paths = {
        "/{all+}": {"get": mock("\"the rest $input.params('all')\"")},
        "/things/{id}": {
            f"{PREFIX}any-method": mock('"any"'),
            "get": mock("\"the parameter $input.params('id')\""),
        },
        "/things/new": {"get": mock('"the word"')},
    }
    async with serving(document(paths)) as client:
        answer = await client.request(method, path)
        if says is None:
            assert answer.status == 403
        else:
            assert await answer.json() == says


async def test_given_a_template_that_looks_into_a_body_that_is_no_json_when_called_then_it_is_400() -> None:
    operation = mock()
    operation[INTEGRATION]["requestTemplates"] = {"application/json": '{"statusCode": $input.path("$.status")}'}
    async with serving(document({"/a": {"post": operation}})) as client:
        answer = await client.post("/a", data=b"{broken", headers={"Content-Type": "application/json"})
        assert answer.status == 400
        assert (await answer.json())["message"].startswith("Could not parse request body into json: ")


@pytest.mark.parametrize(
    ("rendered", "responses"),
    [("no json", {"default": {"statusCode": "200"}}), ('{"statusCode": 204}', {"2\\d1": {"statusCode": "200"}})],
)
async def test_given_an_integration_that_has_no_answer_when_called_then_it_is_500(
    rendered: str, responses: dict[str, Any]
) -> None:
    operation = mock()
    operation[INTEGRATION] |= {"requestTemplates": {"application/json": rendered}, "responses": responses}
    async with serving(document({"/a": {"get": operation}})) as client:
        answer = await client.get("/a")
        assert answer.status == 500
        assert await answer.json() == {"message": "Internal server error"}


@pytest.mark.parametrize(
    ("passthrough", "templates", "status"),
    [
        ("never", {}, 415),
        ("when_no_templates", {"application/json": "{}"}, 415),
        ("when_no_templates", {}, 200),
        ("when_no_match", {"application/xml": "{}"}, 200),
    ],
)
async def test_given_a_body_no_template_takes_when_sent_then_passthrough_decides(
    passthrough: str, templates: dict[str, str], status: int
) -> None:
    operation = mock()
    operation[INTEGRATION] |= {"passthroughBehavior": passthrough, "requestTemplates": templates}
    if "application/json" in templates:
        # A mock integration falls back on the JSON template: only others are refused.
        operation[INTEGRATION]["requestTemplates"] = {"application/xml": "{}"}
    async with serving(document({"/a": {"post": operation}})) as client:
        sent = await client.post("/a", data='{"statusCode": 200}', headers={"Content-Type": "text/plain"})
        assert sent.status == status


GOOD = document(
    {"/a": {"get": mock()}}, **{f"{PREFIX}gateway-responses": {"THROTTLED": {"statusCode": 429}}}, components={}
)


def changed(place: str, value: Any) -> dict[str, Any]:
    """The document with something put into it, at a path of keys parted by bars."""
    copy = deepcopy(GOOD)
    target: Any = copy
    *way, last = place.replace("INTEGRATION", INTEGRATION).split("|")
    for key in way:
        target = target.setdefault(key, {})
    target[last] = value
    return copy


RESPONSE = "paths|/a|get|INTEGRATION|responses|default"


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        ("openapi", "2.0", "not OpenAPI 3.0"),
        (f"{PREFIX}binary-media-types", ["image/png"], "the document: x-amazon-apigateway-binary-media-types is not"),
        (f"{PREFIX}policy", {}, "policy is not implemented"),
        (f"paths|/a|get|{PREFIX}auth", {}, "/paths//a/get: x-amazon-apigateway-auth is not"),
        ("paths|/a|trace", mock(), "/a: trace is not"),
        ("paths|/a|get", {}, "GET /a has no x-amazon-apigateway-integration"),
        ("paths|/a|get|security", [{"nobody": []}], "GET /a: security needs one authorizer"),
        ("paths|/a|get|INTEGRATION|type", "http_proxy", "'http_proxy' are not"),
        ("paths|/a|get|INTEGRATION|contentHandling", "CONVERT_TO_TEXT", "GET /a, integration: contentHandling is not"),
        ("paths|/a|get|INTEGRATION|requestParameters", {}, "requestParameters is not"),
        ("paths|/a|get|INTEGRATION|passthroughBehavior", "sometimes", "'sometimes' is none of"),
        ("paths|/a|get|INTEGRATION|timeoutInMillis", 29_001, "29001 is not between 50 and 29000"),
        ("paths|/a|get|INTEGRATION", {"type": "aws", "uri": "arn:aws:apigateway:r:sqs:action/X"}, "no integration"),
        (f"{RESPONSE}|contentHandling", "X", "GET /a, response default: contentHandling is not"),
        (f"{RESPONSE}|responseTemplates", {"text/html": ""}, "text/html is not"),
        (f"{RESPONSE}|responseParameters", {"method.response.header.A": "integration.response.header.B"}, "literal"),
        ("components|securitySchemes|key", {"type": "apiKey"}, "only REQUEST authorizers"),
        (f"{PREFIX}gateway-responses|TEAPOT", {"statusCode": 418}, "no gateway response TEAPOT"),
        (f"{PREFIX}gateway-responses|THROTTLED|body", "x", "gateway response THROTTLED: body is not"),
        (
            f"{PREFIX}gateway-responses|THROTTLED|responseTemplates",
            {"application/json": "#if($x)#end"},
            "THROTTLED: #if is not evaluated",
        ),
        (
            f"{PREFIX}gateway-responses|THROTTLED|responseParameters",
            {"gatewayresponse.header.A": "method.request.header.B"},
            "only headers of a literal value",
        ),
    ],
)
def test_given_what_the_front_does_not_implement_when_loaded_then_it_is_refused_by_its_place(
    place: str, value: Any, says: str
) -> None:
    with pytest.raises(ApiError, match=says):
        front(changed(place, value))


@pytest.mark.parametrize("name", ["Cors", "Auth", "BinaryMediaTypes", "CacheClusterEnabled", "CanarySetting", "Models"])
def test_given_a_sam_property_that_changes_answers_when_loaded_then_it_is_refused(name: str) -> None:
    with pytest.raises(ApiError, match=f"Api: {name} is not implemented"):
        front(GOOD, properties={name: {}})

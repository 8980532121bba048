"""What the stage adds: throttling, authorizer answers that are kept, timeouts, variables, the access log."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from local.api import ApiError
from local.api.throttling import Throttle
from tests.local.api_documents import PREFIX, START_SYNC_EXECUTION, HandClock, document, front, mock, serving

EVERY_METHOD = {"ResourcePath": "/*", "HttpMethod": "*"}


def limits(per_second: float, burst: int, **target: str) -> dict[str, Any]:
    return {**EVERY_METHOD, **target, "ThrottlingRateLimit": per_second, "ThrottlingBurstLimit": burst}


def test_given_a_full_bucket_when_a_burst_comes_then_its_capacity_passes_and_then_the_rate() -> None:
    clock = HandClock()
    throttle = Throttle([limits(10, 3)], clock)
    assert [throttle.admits("/a", "GET") for _ in range(4)] == [True, True, True, False]
    clock.at += 0.25
    assert [throttle.admits("/a", "GET") for _ in range(3)] == [True, True, False]
    clock.at += 3600
    assert [throttle.admits("/a", "GET") for _ in range(4)] == [True, True, True, False]


def test_given_settings_for_all_and_for_one_when_throttled_then_each_method_has_a_bucket_and_its_own_settings() -> None:
    throttle = Throttle([limits(1, 1), limits(1, 2, ResourcePath="/~1a~1b", HttpMethod="GET")], HandClock())
    assert [throttle.admits("/a/b", "GET") for _ in range(3)] == [True, True, False]
    assert [throttle.admits("/a/b", "POST") for _ in range(2)] == [True, False]


async def test_given_requests_beyond_the_burst_when_sent_then_the_throttled_response_answers_until_time_passes() -> (
    None
):
    clock = HandClock()
    responses = {"THROTTLED": {"statusCode": 429, "responseParameters": {"gatewayresponse.header.Retry-After": "'1'"}}}
    given = document({"/a": {"get": mock()}}, **{f"{PREFIX}gateway-responses": responses})
    async with serving(given, clock=clock, properties={"MethodSettings": [limits(1, 2)]}) as client:
        answers = [await client.get("/a") for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 429]
        assert answers[2].headers["Retry-After"] == "1"
        assert await answers[2].json() == {"message": "Too Many Requests"}
        clock.at += 1
        assert (await client.get("/a")).status == 200


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({**EVERY_METHOD, "CachingEnabled": True}, "CachingEnabled is not implemented"),
        ({**EVERY_METHOD, "ThrottlingRateLimit": 1}, "belong together"),
        (limits(1, 1, HttpMethod="GET"), "for one method, or for all"),
    ],
)
def test_given_a_method_setting_that_is_not_evaluated_when_loaded_then_it_is_refused(
    setting: dict[str, Any], says: str
) -> None:
    with pytest.raises(ApiError, match=says):
        front(document({"/a": {"get": mock()}}), properties={"MethodSettings": [setting]})


class Doorkeeper:
    """An authorizer that lets a token onto the paths that it names."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    async def invoke(self, function: str, payload: Any, *, trace_id: str | None = None) -> Any:
        self.events.append(payload)
        resource = f"*/GET/{payload['headers'].get('Authorization', 'nowhere')}"
        allowed = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource}
        return {"principalId": "p", "policyDocument": {"Statement": [allowed]}, "context": {"vip": True, "level": 2}}


def guarded(ttl_s: int, sources: str = "method.request.header.Authorization") -> dict[str, Any]:
    """Two paths behind one authorizer."""
    authorizer = {
        "type": "request",
        "authorizerUri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/door/invocations",
        "identitySource": sources,
        "authorizerResultTtlInSeconds": ttl_s,
    }
    scheme = {"type": "apiKey", "name": "Unused", "in": "header", f"{PREFIX}authorizer": authorizer}
    who = mock('{"vip": $context.authorizer.vip, "level": "$context.authorizer.level"}', security=[{"door": []}])
    return document({"/a": {"get": who}, "/b": {"get": who}}, components={"securitySchemes": {"door": scheme}})


async def test_given_a_ttl_when_the_same_identity_comes_again_then_its_answer_is_kept_that_long() -> None:
    door, clock = Doorkeeper(), HandClock()
    async with serving(guarded(60), functions=door, clock=clock) as client:
        for seconds, calls in ((0, 1), (59, 1), (1, 2)):
            clock.at += seconds
            answer = await client.get("/a", headers={"Authorization": "a"})
            assert await answer.json() == {"vip": True, "level": "2"}
            assert len(door.events) == calls
        assert (await client.get("/a", headers={"Authorization": "*"})).status == 200
        assert len(door.events) == 3


async def test_given_a_kept_answer_when_another_method_is_called_then_its_policy_is_evaluated_anew() -> None:
    door = Doorkeeper()
    async with serving(guarded(60), functions=door) as client:
        assert (await client.get("/a", headers={"Authorization": "a"})).status == 200
        refused = await client.get("/b", headers={"Authorization": "a"})
        assert (refused.status, len(door.events)) == (403, 1)


async def test_given_no_ttl_when_the_same_identity_comes_again_then_the_authorizer_is_asked_again() -> None:
    door = Doorkeeper()
    async with serving(guarded(0), functions=door) as client:
        for _ in range(2):
            await client.get("/a", headers={"Authorization": "a"})
    assert len(door.events) == 2


@pytest.mark.parametrize(
    "sources",
    [
        "method.request.header.Authorization",
        "method.request.querystring.token",
        "stageVariables.shop",
        "context.authorizer.none",
        "context.httpMethod, method.request.header.Authorization",
    ],
)
async def test_given_an_identity_source_that_is_missing_when_called_then_it_is_401_without_asking(sources: str) -> None:
    door = Doorkeeper()
    async with serving(guarded(0, sources), functions=door) as client:
        assert (await client.get("/a")).status == 401
    assert door.events == []


def test_given_a_ttl_without_an_identity_source_when_loaded_then_it_is_refused() -> None:
    with pytest.raises(ApiError, match="needs an identitySource"):
        front(guarded(300, ""))


async def test_given_headers_that_come_twice_when_called_then_the_last_counts_and_the_authorizer_sees_both() -> None:
    door = Doorkeeper()
    async with serving(guarded(0), functions=door) as client:
        headers = [("Authorization", "nowhere"), ("Authorization", "a")]
        assert (await client.get("/a?x=1&x=2", headers=headers)).status == 200
    assert door.events[0]["headers"]["Authorization"] == "a"
    assert door.events[0]["multiValueHeaders"]["Authorization"] == ["nowhere", "a"]
    assert door.events[0]["queryStringParameters"] == {"x": "2"}
    assert door.events[0]["multiValueQueryStringParameters"] == {"x": ["1", "2"]}


class Asleep:
    """Step Functions that never answers."""

    actions = ("StartSyncExecution",)

    async def call(self, action: str, request: str | bytes) -> tuple[int, dict[str, Any]]:
        await asyncio.Event().wait()
        raise AssertionError


async def test_given_a_backend_that_does_not_answer_when_the_integrations_time_is_over_then_it_is_504() -> None:
    integration = {
        "type": "aws",
        "uri": START_SYNC_EXECUTION,
        "timeoutInMillis": 50,
        "responses": {"default": {"statusCode": "200"}},
    }
    given = document({"/a": {"post": {f"{PREFIX}integration": integration}}})
    async with serving(given, step_functions=Asleep()) as client:
        answer = await client.post("/a", json={"stateMachineArn": "arn:aws:states:us-east-1:1:stateMachine:m"})
        assert answer.status == 504
        assert await answer.json() == {"message": "Endpoint request timed out"}


async def test_given_stage_variables_when_a_template_names_one_then_it_has_its_value() -> None:
    given = document({"/a": {"get": mock('{"shop": "$stageVariables.shop", "none": "$stageVariables.none"}')}})
    async with serving(given, properties={"Variables": {"shop": "tokyo"}}) as client:
        assert await (await client.get("/a")).json() == {"shop": "tokyo", "none": ""}


async def test_given_an_access_log_format_when_requests_are_answered_then_each_has_its_line(tmp_path: Path) -> None:
    fields = {
        "id": "$context.requestId",
        "call": "$context.httpMethod ${context.resourcePath}",
        "status": "$context.status",
        "bytes": "$context.responseLength",
        "ms": "$context.responseLatency",
        "error": "$context.error.responseType",
        "vip": "$context.authorizer.vip",
    }
    setting = {"AccessLogSetting": {"DestinationArn": "arn:aws:logs:::", "Format": json.dumps(fields)}}
    given = document({"/a/{id}": {"get": mock()}})
    async with serving(given, logs=tmp_path, properties=setting) as client:
        answered = await client.get("/a/1")
        refused = await client.get("/b")
    first, second = [json.loads(line) for line in (tmp_path / "access.log").read_text().splitlines()]
    assert first == {
        "id": answered.headers["x-amzn-RequestId"],
        "call": "GET /a/{id}",
        "status": "200",
        "bytes": "12",
        "ms": "0",
        "error": "-",
        "vip": "-",
    }
    assert (second["id"], second["status"]) == (refused.headers["x-amzn-RequestId"], "403")
    assert (second["call"], second["error"]) == ("GET /b", "MISSING_AUTHENTICATION_TOKEN")


def test_given_an_access_log_format_without_a_request_id_when_loaded_then_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ApiError, match=r"context\.requestId"):
        front(document({}), logs=tmp_path, properties={"AccessLogSetting": {"Format": "$context.status"}})

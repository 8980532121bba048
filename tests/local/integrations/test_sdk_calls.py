"""Calls of AWS services out of a state machine, against moto."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from local.clock.virtual import VirtualClock, run_virtually
from local.integrations import SdkCalls, check
from local.stepfunctions import JSON, DefinitionError, ExecutionRecord, FunctionError, StateMachine, StatesRuntimeError
from tests.local.stepfunctions.scenarios import Functions, catch, machine_of, passing, wait

REGION = "us-east-1"
TABLE = {
    "TableName": "orders",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
MISSING = {"TableName": "orders", "Key": {"id": {"S": "2"}}, "ConditionExpression": "attribute_exists(id)"}


class MotoClients:
    """Clients of moto in this process."""

    def __init__(self) -> None:
        self.of = cache(self._make)

    def _make(self, service: str) -> Any:
        return boto3.client(
            service,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )


@pytest.fixture
def clients() -> Iterator[MotoClients]:
    with mock_aws():
        clients = MotoClients()
        clients.of("dynamodb").create_table(**TABLE)
        yield clients


@pytest.fixture
def calls(clients: MotoClients) -> SdkCalls:
    return SdkCalls(clients)


class Failing:
    """Clients whose every call fails with one error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def of(self, service: str) -> Any:
        return self

    def __getattr__(self, action: str) -> Any:
        def fail(**_: Any) -> None:
            raise self._error

        return fail


def run(states: dict[str, Any], calls: SdkCalls, value: JSON = None, **fields: Any) -> ExecutionRecord:
    """A Standard execution on virtual time, its services on moto."""
    machine = StateMachine.compile(machine_of(states, **fields), name="rollout", kind="STANDARD", check=check)

    async def main(clock: VirtualClock) -> ExecutionRecord:
        return await machine.run(value, Functions({}), call=calls.call, execution_name="one", clock=clock)

    return run_virtually(main)


def task(name: str, arguments: JSON, **fields: Any) -> dict[str, Any]:
    end = {} if "Next" in fields else {"End": True}
    return {"Type": "Task", "Resource": f"arn:aws:states:::{name}", "Arguments": arguments, **end, **fields}


def test_given_an_item_when_two_tasks_put_and_get_it_a_day_apart_then_it_comes_back(calls: SdkCalls) -> None:
    item = {"id": {"S": "1"}, "price": {"N": "9.99"}, "tags": {"SS": ["manga"]}, "signed": {"BOOL": True}}
    states = {
        "Put": task("dynamodb:putItem", {"TableName": "orders", "Item": item}, Next="Bake"),
        "Bake": wait(86_400, Next="Get"),
        "Get": task(
            "dynamodb:getItem", {"TableName": "orders", "Key": {"id": "{% {'S': $states.context.Execution.Input} %}"}}
        ),
    }
    record = run(states, calls, "1")
    assert (record.status, record.output) == ("SUCCEEDED", {"Item": item}), record.cause
    assert (record.ended or 0) - record.started == 86_400_000


def test_given_the_sdks_own_names_when_an_item_is_written_and_read_then_they_are_as_the_java_sdk_spells_them(
    calls: SdkCalls,
) -> None:
    item = {"id": {"S": "1"}, "signed": {"Bool": True}, "none": {"Nul": True}, "tags": {"Ss": ["manga"]}}
    states = {
        "Put": task("aws-sdk:dynamodb:putItem", {"TableName": "orders", "Item": item}, Next="Get"),
        "Get": task("aws-sdk:dynamodb:getItem", {"TableName": "orders", "Key": {"id": {"S": "1"}}}),
    }
    assert run(states, calls).output == {"Item": item}


@pytest.mark.parametrize(
    ("name", "error", "cause"),
    [
        (
            "dynamodb:deleteItem",
            "DynamoDB.ConditionalCheckFailedException",
            "(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ConditionalCheckFailedException; Request ID: ",
        ),
        (
            "aws-sdk:dynamodb:deleteItem",
            "DynamoDb.ConditionalCheckFailedException",
            "(Service: DynamoDb, Status Code: 400, Request ID: ",
        ),
    ],
)
def test_given_a_condition_that_does_not_hold_when_it_is_checked_then_the_error_has_the_integrations_name(
    calls: SdkCalls, name: str, error: str, cause: str
) -> None:
    states = {"Delete": task(name, MISSING, Catch=catch("Caught", error)), "Caught": passing()}
    output = run(states, calls).output
    assert output["Error"] == error
    assert cause in output["Cause"]


@pytest.mark.parametrize(
    ("name", "code", "error"),
    [
        ("dynamodb:getItem", "ValidationException", "DynamoDB.AmazonDynamoDBException"),
        ("aws-sdk:dynamodb:getItem", "ValidationException", "DynamoDb.DynamoDbException"),
    ],
)
async def test_given_an_error_that_the_model_does_not_know_when_a_service_fails_with_it_then_it_has_the_services_name(
    name: str, code: str, error: str
) -> None:
    failure = ClientError(
        {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "GetItem"
    )
    with pytest.raises(FunctionError) as raised:
        await SdkCalls(Failing(failure)).call(name, {"TableName": "orders", "Key": {"id": {"S": "1"}}})
    assert raised.value.error == error


async def test_given_a_service_that_cannot_be_reached_when_it_is_called_then_it_is_an_error_of_the_client() -> None:
    calls = SdkCalls(Failing(EndpointConnectionError(endpoint_url="http://nowhere")))
    with pytest.raises(FunctionError, match="Could not connect") as raised:
        await calls.call("aws-sdk:sqs:sendMessage", {"QueueUrl": "q", "MessageBody": "x"})
    assert raised.value.error == "Sqs.SdkClientException"


async def test_given_an_error_whose_name_does_not_say_exception_when_a_service_fails_then_the_state_machine_says_it(
    calls: SdkCalls, clients: MotoClients
) -> None:
    with pytest.raises(FunctionError) as raised:
        await calls.call("aws-sdk:s3:getObject", {"Bucket": "nowhere", "Key": "x"})
    assert raised.value.error == "S3.NoSuchBucketException"


async def test_given_a_message_with_structure_when_it_is_sent_to_a_queue_then_it_arrives_as_json(
    calls: SdkCalls, clients: MotoClients
) -> None:
    url = clients.of("sqs").create_queue(QueueName="work")["QueueUrl"]
    sent = await calls.call("sqs:sendMessage", {"QueueUrl": url, "MessageBody": {"題名": ["漫画", 1]}})
    received = clients.of("sqs").receive_message(QueueUrl=url)["Messages"][0]
    assert json.loads(received["Body"]) == {"題名": ["漫画", 1]}
    assert (sent["MessageId"], sent["MD5OfMessageBody"]) == (received["MessageId"], received["MD5OfBody"])
    assert "ResponseMetadata" not in sent


def test_given_events_when_they_are_put_then_each_names_the_execution_and_its_machine(
    calls: SdkCalls, clients: MotoClients
) -> None:
    sqs, events = clients.of("sqs"), clients.of("events")
    url = sqs.create_queue(QueueName="seen")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="all", EventPattern=json.dumps({"source": ["manga.rollout"]}))
    events.put_targets(Rule="all", Targets=[{"Id": "seen", "Arn": arn}])
    entry = {"Source": "manga.rollout", "DetailType": "Promoted", "Detail": {"model": "m-2"}, "Resources": ["mine"]}
    record = run({"Publish": task("events:putEvents", {"Entries": [entry]})}, calls)
    assert record.output["FailedEntryCount"] == 0, record.cause
    seen = json.loads(sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"])
    assert seen["detail"] == {"model": "m-2"}
    machine = "arn:aws:states:us-east-1:000000000000:stateMachine:rollout"
    assert seen["resources"] == ["mine", "arn:aws:states:us-east-1:000000000000:execution:rollout:one", machine]


async def test_given_an_entry_that_fails_when_events_are_put_then_the_state_fails_with_a_name_of_its_own() -> None:
    class Bus:
        def of(self, service: str) -> Any:
            return self

        def put_events(self, **_: Any) -> Any:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}

    entry = {"Source": "s", "DetailType": "t", "Detail": {}}
    with pytest.raises(FunctionError) as raised:
        await SdkCalls(Bus()).call("events:putEvents", {"Entries": [entry]})
    assert raised.value.error == "EventBridge.FailedEntry"
    assert json.loads(raised.value.cause)["Entries"] == [{"ErrorCode": "ThrottlingException"}]
    assert (await SdkCalls(Bus()).call("aws-sdk:eventbridge:putEvents", {"Entries": [entry]}))["FailedEntryCount"] == 1


async def test_given_a_scalable_target_when_its_capacity_is_raised_then_numbers_and_times_are_json(
    calls: SdkCalls,
) -> None:
    target = {
        "ServiceNamespace": "sagemaker",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "ResourceId": "endpoint/intent/variant/live",
    }
    await calls.call(
        "aws-sdk:applicationautoscaling:registerScalableTarget", {**target, "MinCapacity": 4.0, "MaxCapacity": 20}
    )
    asked = {"ServiceNamespace": "sagemaker"}
    found = await calls.call("aws-sdk:applicationautoscaling:describeScalableTargets", asked)
    (described,) = found["ScalableTargets"]
    assert (described["MinCapacity"], described["MaxCapacity"]) == (4, 20)
    assert described["CreationTime"].endswith("Z")


async def test_given_text_for_a_blob_when_it_is_stored_then_it_comes_back_as_text(
    calls: SdkCalls, clients: MotoClients
) -> None:
    clients.of("s3").create_bucket(Bucket="weights")
    put = {"Bucket": "weights", "Key": "manifest", "Body": {"model": "m-2"}, "ContentType": "application/json"}
    await calls.call("aws-sdk:s3:putObject", put)
    got = await calls.call("aws-sdk:s3:getObject", {"Bucket": "weights", "Key": "manifest"})
    assert json.loads(got["Body"]) == {"model": "m-2"}
    clients.of("s3").put_object(Bucket="weights", Key="bytes", Body=b"\xff\xfe")
    assert (await calls.call("aws-sdk:s3:getObject", {"Bucket": "weights", "Key": "bytes"}))["Body"] == "//4="


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"TableName": "orders"}, "The field 'Key' is required but was missing"),
        ({"TableName": "orders", "Key": {}, "table": 1}, "The field 'table' is not supported by Step Functions"),
        ({"TableName": 5, "Key": {}}, "The value for the field 'TableName' must be a STRING"),
        ({"TableName": "orders", "Key": {"id": {"N": 5}}}, "The value for the field 'N' must be a STRING"),
        ({"TableName": "orders", "Key": []}, "The value for the field 'Key' must be an OBJECT"),
        ({"TableName": "orders", "Key": {}, "ConsistentRead": "yes"}, "'ConsistentRead' must be a BOOLEAN"),
    ],
)
async def test_given_arguments_that_the_service_has_not_when_a_task_is_to_start_then_it_does_not(
    calls: SdkCalls, arguments: JSON, problem: str
) -> None:
    with pytest.raises(StatesRuntimeError) as raised:
        await calls.call("dynamodb:getItem", arguments)
    assert problem in (raised.value.cause or "")
    assert (raised.value.cause or "").startswith("The Parameters '{")


def test_given_bad_arguments_that_are_computed_when_the_state_runs_then_nothing_catches_it(calls: SdkCalls) -> None:
    states = {"Get": task("dynamodb:getItem", "{% {'table': 1} %}", Catch=catch("Caught")), "Caught": passing()}
    record = run(states, calls)
    assert (record.status, record.error) == ("FAILED", "States.Runtime")
    assert (record.cause or "").startswith(
        "An error occurred while executing the state 'Get' (entered at the event id #2)"
    )


GET = {"TableName": "orders", "Key": {"id": {"S": "1"}}}


@pytest.mark.parametrize(
    ("name", "arguments", "where"),
    [
        ("aws-sdk:dynamo:getItem", GET, "field 'Resource': AWS's SDK has no service 'dynamo'"),
        ("aws-sdk:events:putEvents", {}, "field 'Resource': AWS's SDK has no service 'events'"),
        ("aws-sdk:dynamodb:GetItem", GET, "field 'Resource': the service 'dynamodb' has no action 'GetItem'"),
        ("aws-sdk:dynamodb:getItems", GET, "field 'Resource': the service 'dynamodb' has no action 'getItems'"),
        ("dynamodb:query", GET, "field 'Resource': there is no optimised integration 'dynamodb:query' here"),
        ("aws-sdk:kinesis:subscribeToShard", {}, "'kinesis:subscribeToShard' streams"),
        ("dynamodb:getItem.waitForTaskToken", GET, "'dynamodb:getItem' does not support '.waitForTaskToken'"),
        ("dynamodb:getItem", {**GET, "Table": 1}, "field 'Arguments/Table': The field 'Table' is not supported"),
        ("dynamodb:getItem", {"TableName": "orders"}, "field 'Arguments/Key': The field 'Key' is required"),
        ("aws-sdk:dynamodb:putItem", {"TableName": "t", "Item": {"a": {"BOOL": True}}}, "'Arguments/Item/a/BOOL'"),
        ("sqs:sendMessage", {"QueueUrl": 7, "MessageBody": {}}, "field 'Arguments/QueueUrl'"),
    ],
)
def test_given_a_call_that_could_never_be_made_when_the_definition_is_loaded_then_it_is_refused_by_name(
    name: str, arguments: JSON, where: str
) -> None:
    with pytest.raises(DefinitionError) as raised:
        StateMachine.compile(machine_of({"Ask": task(name, arguments)}), name="m", kind="STANDARD", check=check)
    assert "state 'Ask'" in str(raised.value)
    assert where in str(raised.value)


@pytest.mark.parametrize(
    ("language", "fields"),
    [
        ("JSONata", {"Arguments": "{% $states.input %}"}),
        ("JSONata", {"Arguments": {"TableName": "{% $t %}", "Key": {"id": "{% $key %}"}}}),
        ("JSONata", {}),
        ("JSONPath", {"Parameters": {"TableName.$": "$.table", "Key": {"id": {"S.$": "$.id"}}}}),
        ("JSONPath", {"Parameters": {"TableName": "orders", "Key.$": "$.key"}}),
    ],
)
def test_given_arguments_that_are_computed_when_the_definition_is_loaded_then_only_what_is_written_is_checked(
    language: str, fields: dict[str, Any]
) -> None:
    ask = {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem", "End": True, **fields}
    definition = {**machine_of({"Ask": ask}), "QueryLanguage": language}
    assert StateMachine.compile(definition, name="m", check=check).kind.name == "EXPRESS"

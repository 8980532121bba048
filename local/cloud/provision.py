"""Creates in moto what the template says, as a deployment would."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.cloud.clients import Clients
from local.cloud.events import create_rule, create_schedule
from local.cloud.models import create_endpoint, create_endpoint_config, create_model, register_scalable_target
from local.cloud.tables import create_table
from local.template import Deployment
from local.template.specs import ResourceSpec

Create = Callable[[Clients, ResourceSpec], None]
_CHARACTERS = ("ExcludeCharacters", "ExcludeLowercase", "ExcludeNumbers", "ExcludePunctuation", "ExcludeUppercase")


@dataclass(frozen=True)
class Cloud:
    """moto with the template's resources in it: its URL, clients, and what was created by type."""

    url: str
    clients: Clients
    created: Mapping[str, list[ResourceSpec]]


def provision(deployment: Deployment, url: str) -> Cloud:
    """Create every resource that moto has a place for, in the order of their dependencies."""
    clients = Clients(url, deployment.place.region)
    created = {resource_type: deployment.resources(resource_type) for resource_type in CREATORS}
    for resource_type, resources in created.items():
        for resource in resources:
            CREATORS[resource_type](clients, resource)
    for queue in created["AWS::SQS::Queue"]:
        _redrive(clients, queue)
    return Cloud(url, clients, created)


def _create_secret(clients: Clients, secret: ResourceSpec) -> None:
    """A secret's random value is made anew at every start."""
    manager = clients.of("secretsmanager")
    generate = secret.properties.get("GenerateSecretString")
    value = secret.properties.get("SecretString") if generate is None else _random(manager, generate)
    manager.create_secret(Name=secret.name, **({} if value is None else {"SecretString": value}))


def _random(manager: Any, generate: Mapping[str, Any]) -> str:
    wanted = {key: generate[key] for key in _CHARACTERS if key in generate}
    password: str = manager.get_random_password(
        PasswordLength=int(generate.get("PasswordLength", 32)),
        RequireEachIncludedType=bool(generate.get("RequireEachIncludedType", True)),
        **wanted,
    )["RandomPassword"]
    if "SecretStringTemplate" not in generate:
        return password
    return json.dumps({**json.loads(generate["SecretStringTemplate"]), generate["GenerateStringKey"]: password})


def _create_parameter(clients: Clients, parameter: ResourceSpec) -> None:
    clients.of("ssm").put_parameter(
        Name=parameter.name, Value=str(parameter.properties["Value"]), Type=parameter.properties.get("Type", "String")
    )


def _create_queue(clients: Clients, queue: ResourceSpec) -> None:
    attributes = {
        key: json.dumps(value) if isinstance(value, dict) else str(value)
        for key, value in queue.properties.items()
        if key in ("VisibilityTimeout", "MessageRetentionPeriod", "DelaySeconds", "FifoQueue")
    }
    clients.of("sqs").create_queue(QueueName=queue.name, Attributes=attributes)


def _redrive(clients: Clients, queue: ResourceSpec) -> None:
    """Name a queue's dead-letter queue, once both are there."""
    if "RedrivePolicy" in queue.properties:
        sqs = clients.of("sqs")
        policy = json.dumps(queue.properties["RedrivePolicy"])
        url = sqs.get_queue_url(QueueName=queue.name)["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": policy})


def _create_bus(clients: Clients, bus: ResourceSpec) -> None:
    clients.of("events").create_event_bus(Name=bus.name)


def _create_bucket(clients: Clients, bucket: ResourceSpec) -> None:
    s3 = clients.of("s3")
    s3.create_bucket(Bucket=bucket.name)
    notifications = bucket.properties.get("NotificationConfiguration", {})
    if notifications.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled"):
        s3.put_bucket_notification_configuration(
            Bucket=bucket.name, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )


def _create_alarm(clients: Clients, alarm: ResourceSpec) -> None:
    """CloudFormation's properties have the names that PutMetricAlarm takes."""
    properties = {key: value for key, value in alarm.properties.items() if key != "Tags"}
    clients.of("cloudwatch").put_metric_alarm(**{"AlarmName": alarm.name, **properties})


def _create_schedule_group(clients: Clients, group: ResourceSpec) -> None:
    clients.of("scheduler").create_schedule_group(Name=group.name)


CREATORS: Mapping[str, Create] = {
    "AWS::DynamoDB::GlobalTable": lambda clients, table: create_table(clients.of("dynamodb"), table),
    "AWS::DynamoDB::Table": lambda clients, table: create_table(clients.of("dynamodb"), table),
    "AWS::SecretsManager::Secret": _create_secret,
    "AWS::SSM::Parameter": _create_parameter,
    "AWS::SQS::Queue": _create_queue,
    "AWS::S3::Bucket": _create_bucket,
    "AWS::Events::EventBus": _create_bus,
    "AWS::Events::Rule": lambda clients, rule: create_rule(clients.of("events"), rule),
    "AWS::Scheduler::ScheduleGroup": _create_schedule_group,
    "AWS::Scheduler::Schedule": lambda clients, schedule: create_schedule(clients.of("scheduler"), schedule),
    "AWS::CloudWatch::Alarm": _create_alarm,
    "AWS::SageMaker::Model": lambda clients, model: create_model(clients.of("sagemaker"), model),
    "AWS::SageMaker::EndpointConfig": lambda clients, config: create_endpoint_config(clients.of("sagemaker"), config),
    "AWS::SageMaker::Endpoint": lambda clients, endpoint: create_endpoint(clients.of("sagemaker"), endpoint),
    "AWS::ApplicationAutoScaling::ScalableTarget": lambda clients, target: register_scalable_target(
        clients.of("application-autoscaling"), target
    ),
}

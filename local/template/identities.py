"""What `Ref` and `Fn::GetAtt` answer for a resource, by its type, with names fixed before anything is created."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.template.errors import UnresolvableError

PARTITION = "aws"


@dataclass(frozen=True)
class Place:
    """Where the stack pretends to be deployed."""

    region: str = "us-east-1"
    account: str = "123456789012"
    stack: str = "mangaassist-local"


@dataclass(frozen=True)
class Resource:
    """One resource of the template: `properties` have their intrinsics resolved as far as names go."""

    logical_id: str
    type: str
    name: str
    place: Place
    properties: Mapping[str, Any]

    def arn(self, service: str, path: str) -> str:
        return f"arn:{PARTITION}:{service}:{self.place.region}:{self.place.account}:{path}"


@dataclass(frozen=True)
class Kind:
    """A resource type: the property that names it, its Ref and its attributes."""

    name_property: str | None
    ref: Callable[[Resource], str]
    attributes: Mapping[str, Callable[[Resource], str]]
    lower_case: bool = False


def _name(resource: Resource) -> str:
    return resource.name


def _arn(service: str, prefix: str = "") -> Callable[[Resource], str]:
    return lambda resource: resource.arn(service, f"{prefix}{resource.name}")


def _global_arn(service: str, prefix: str) -> Callable[[Resource], str]:
    return lambda resource: f"arn:{PARTITION}:{service}::{resource.place.account}:{prefix}{resource.name}"


def _alias_arn(resource: Resource) -> str:
    alias = resource.properties.get("AutoPublishAlias")
    if not alias:
        raise UnresolvableError(f"{resource.logical_id}.Alias: the resource has no AutoPublishAlias")
    return f"{KINDS[resource.type].attributes['Arn'](resource)}:{alias}"


def _queue_url(resource: Resource) -> str:
    place = resource.place
    return f"https://sqs.{place.region}.amazonaws.com/{place.account}/{resource.name}"


def _domain(resource: Resource) -> str:
    return f"{resource.name.lower()}.{resource.place.region}.es.amazonaws.com"


def _collection(resource: Resource) -> str:
    return f"https://{resource.name.lower()}.{resource.place.region}.aoss.amazonaws.com"


def _table(name_property: str) -> Kind:
    arn = _arn("dynamodb", "table/")
    stream = lambda resource: f"{arn(resource)}/stream/2026-01-01T00:00:00.000"  # noqa: E731  # one of three callables
    return Kind(name_property, _name, {"Arn": arn, "StreamArn": stream, "TableId": _name})


def _scaling_policy(resource: Resource) -> str:
    return resource.arn("autoscaling", f"scalingPolicy:{resource.logical_id}:policyName/{resource.name}")


_STATE_MACHINE = _arn("states", "stateMachine:")
_SECRET = _arn("secretsmanager", "secret:")
_FUNCTION = _arn("lambda", "function:")
_ENDPOINT = _arn("sagemaker", "endpoint/")
_GUARDRAIL = _arn("bedrock", "guardrail/")

KINDS: Mapping[str, Kind] = {
    "AWS::Serverless::Function": Kind("FunctionName", _name, {"Arn": _FUNCTION, "Alias": _alias_arn}),
    "AWS::Serverless::StateMachine": Kind(
        "Name", _STATE_MACHINE, {"Arn": _STATE_MACHINE, "Name": _name, "Alias": _alias_arn}
    ),
    "AWS::Serverless::Api": Kind("Name", _name, {"RootResourceId": _name}),
    "AWS::DynamoDB::GlobalTable": _table("TableName"),
    "AWS::DynamoDB::Table": _table("TableName"),
    "AWS::Events::EventBus": Kind("Name", _name, {"Arn": _arn("events", "event-bus/"), "Name": _name}),
    "AWS::Events::Rule": Kind("Name", _name, {"Arn": _arn("events", "rule/")}),
    "AWS::SQS::Queue": Kind("QueueName", _queue_url, {"Arn": _arn("sqs"), "QueueName": _name, "QueueUrl": _queue_url}),
    "AWS::SecretsManager::Secret": Kind("Name", _SECRET, {"Id": _SECRET}),
    "AWS::SSM::Parameter": Kind("Name", _name, {"Value": lambda resource: str(resource.properties["Value"])}),
    "AWS::SageMaker::Model": Kind("ModelName", _arn("sagemaker", "model/"), {"ModelName": _name}),
    "AWS::SageMaker::EndpointConfig": Kind(
        "EndpointConfigName", _arn("sagemaker", "endpoint-config/"), {"EndpointConfigName": _name}
    ),
    "AWS::SageMaker::Endpoint": Kind("EndpointName", _ENDPOINT, {"EndpointName": _name, "Arn": _ENDPOINT}),
    "AWS::OpenSearchService::Domain": Kind(
        "DomainName",
        _name,
        {"Arn": _arn("es", "domain/"), "DomainEndpoint": _domain, "DomainArn": _arn("es", "domain/"), "Id": _name},
        lower_case=True,
    ),
    "AWS::OpenSearchServerless::Collection": Kind(
        "Name", _name, {"Arn": _arn("aoss", "collection/"), "CollectionEndpoint": _collection, "Id": _name}
    ),
    "AWS::Bedrock::Guardrail": Kind(
        "Name", _GUARDRAIL, {"GuardrailArn": _GUARDRAIL, "GuardrailId": _name, "Version": lambda _: "DRAFT"}
    ),
    "AWS::Bedrock::GuardrailVersion": Kind(
        None, _name, {"Version": lambda _: "1", "GuardrailId": _name, "GuardrailArn": _GUARDRAIL}
    ),
    "AWS::IAM::Role": Kind("RoleName", _name, {"Arn": _global_arn("iam", "role/"), "RoleId": _name}),
    "AWS::KMS::Key": Kind(None, _name, {"Arn": _arn("kms", "key/"), "KeyId": _name}),
    "AWS::S3::Bucket": Kind(
        "BucketName", _name, {"Arn": lambda resource: f"arn:{PARTITION}:s3:::{resource.name}"}, lower_case=True
    ),
    "AWS::SNS::Topic": Kind("TopicName", _arn("sns"), {"TopicArn": _arn("sns"), "TopicName": _name}),
    "AWS::Logs::LogGroup": Kind("LogGroupName", _name, {"Arn": _arn("logs", "log-group:")}),
    "AWS::ApplicationAutoScaling::ScalingPolicy": Kind("PolicyName", _scaling_policy, {}),
    "AWS::CloudWatch::Alarm": Kind("AlarmName", _name, {"Arn": _arn("cloudwatch", "alarm:")}),
    "AWS::Scheduler::ScheduleGroup": Kind("Name", _name, {"Arn": _arn("scheduler", "schedule-group/")}),
    "AWS::Scheduler::Schedule": Kind("Name", _name, {"Arn": _arn("scheduler", "schedule/default/")}),
}
_OTHER = Kind(None, _name, {})


def kind_of(resource_type: str) -> Kind:
    """The kind of a resource type; one that is not listed has a Ref (its name) and no attributes."""
    return KINDS.get(resource_type, _OTHER)


def attribute(resource: Resource, name: str) -> str:
    """`Fn::GetAtt`; raises UnresolvableError for an attribute that is not listed."""
    known = kind_of(resource.type).attributes
    if name not in known:
        raise UnresolvableError(
            f"{resource.logical_id}.{name}: no local value for this attribute of {resource.type}"
            f" (known: {', '.join(sorted(known)) or 'none'})"
        )
    return known[name](resource)

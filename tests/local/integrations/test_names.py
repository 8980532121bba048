"""The names of services, members and errors, held to what Step Functions documents of them."""

import pytest

from local.integrations.models import SPELLED_OTHERWISE, service_model, service_named
from local.integrations.names import arn_name, pascal, prefix

SUPPORTED = "https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html"


@pytest.mark.parametrize(
    ("service_id", "name", "errors"),
    [
        ("ACM PCA", "acmpca", "AcmPca"),
        ("Application Auto Scaling", "applicationautoscaling", "ApplicationAutoScaling"),
        ("CloudHSM V2", "cloudhsmv2", "CloudHsmV2"),
        ("CloudWatch Logs", "cloudwatchlogs", "CloudWatchLogs"),
        ("Config Service", "config", "Config"),
        ("Database Migration Service", "databasemigration", "DatabaseMigration"),
        ("DynamoDB", "dynamodb", "DynamoDb"),
        ("EC2", "ec2", "Ec2"),
        ("Elastic Load Balancing v2", "elasticloadbalancingv2", "ElasticLoadBalancingV2"),
        ("EventBridge", "eventbridge", "EventBridge"),
        ("FSx", "fsx", "FSx"),
        ("IoT", "iot", "Iot"),
        ("IoT Wireless", "iotwireless", "IotWireless"),
        ("IoTAnalytics", "iotanalytics", "IoTAnalytics"),
        ("MTurk", "mturk", "MTurk"),
        ("S3", "s3", "S3"),
        ("SESv2", "sesv2", "SesV2"),
        ("SFN", "sfn", "Sfn"),
        ("SageMaker A2I Runtime", "sagemakera2iruntime", "SageMakerA2IRuntime"),
        ("WAFV2", "wafv2", "Wafv2"),
        ("XRay", "xray", "XRay"),
    ],
)
def test_given_a_service_when_it_is_named_then_it_is_as_in_the_table_of_supported_services(
    service_id: str, name: str, errors: str
) -> None:
    assert (arn_name(service_id), prefix(service_id)) == (name, errors), SUPPORTED


@pytest.mark.parametrize(
    ("member", "name"),
    [
        ("DBInstanceIdentifier", "DbInstanceIdentifier"),
        ("executionArn", "ExecutionArn"),
        ("ETag", "ETag"),
        ("MD5OfMessageBody", "Md5OfMessageBody"),
        ("SSEKMSKeyId", "SsekmsKeyId"),
        ("NULL", "Nul"),
        ("BOOL", "Bool"),
        ("IPv4", "IpV4"),
    ],
)
def test_given_a_member_when_it_is_named_then_it_is_as_the_java_sdk_spells_it(member: str, name: str) -> None:
    assert pascal(member) == name


@pytest.mark.parametrize("name", sorted(SPELLED_OTHERWISE))
def test_given_a_service_that_is_spelled_otherwise_then_its_model_says_so(name: str) -> None:
    service = SPELLED_OTHERWISE[name]
    assert arn_name(str(service_model(service).service_id)) == name
    assert service.replace("-", "") != name
    assert service_named(name) == service


@pytest.mark.parametrize(
    ("name", "service"), [("bedrockruntime", "bedrock-runtime"), ("scheduler", "scheduler"), ("stepfunctions", None)]
)
def test_given_the_name_in_a_resource_when_the_service_is_looked_up_then_it_is_botocores_or_none(
    name: str, service: str | None
) -> None:
    assert service_named(name) == service

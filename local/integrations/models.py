"""botocore's service models, read when they are first asked for."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from botocore.session import Session

from local.integrations.names import arn_name

SPELLED_OTHERWISE: Final[Mapping[str, str]] = {
    "applicationdiscovery": "discovery",
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "costandusagereport": "cur",
    "costexplorer": "ce",
    "databasemigration": "dms",
    "directory": "ds",
    "directoryservicedata": "ds-data",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearch": "es",
    "eventbridge": "events",
    "iotdataplane": "iot-data",
    "iotjobsdataplane": "iot-jobs-data",
    "lexmodelbuilding": "lex-models",
    "lexmodelsv2": "lexv2-models",
    "lexruntimev2": "lexv2-runtime",
    "marketplacemetering": "meteringmarketplace",
    "migrationhub": "mgh",
    "pinpointsmsvoice": "sms-voice",
    "serverlessapplicationrepository": "serverlessrepo",
    "sfn": "stepfunctions",
    "simpledb": "sdb",
}
"""Services whose name in a Resource is not botocore's without its hyphens."""


@cache
def service_model(service: str) -> Any:
    """The model of a service, by botocore's name."""
    return _session().get_service_model(service)


@cache
def service_named(name: str) -> str | None:
    """botocore's name of the service that a Resource names; None where there is none."""
    if name in SPELLED_OTHERWISE:
        return SPELLED_OTHERWISE[name]
    found = next((service for service in _session().get_available_services() if service.replace("-", "") == name), None)
    return found if found and arn_name(str(service_model(found).service_id)) == name else None


@cache
def _session() -> Session:
    return Session()

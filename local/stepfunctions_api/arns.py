"""ARNs in requests: which resource they may name."""

from local.stepfunctions_api.errors import invalid_arn

_PARTS = 6


def resource_type(arn: str) -> str:
    """`stateMachine`, `execution`, `express`, …; raises ServiceError for what is no ARN of Step Functions."""
    parts = arn.split(":")
    if parts[0] != "arn":
        raise invalid_arn(f"Invalid ARN prefix: {arn}")
    if len(parts) <= _PARTS or parts[2] != "states" or not all(parts[_PARTS:]):
        raise invalid_arn(f"Invalid ARN: {arn}")
    return parts[_PARTS - 1]


def expect(arn: str, kind: str) -> str:
    """The ARN, if it names a resource of this type; raises ServiceError."""
    found = resource_type(arn)
    if found != kind:
        raise invalid_arn(f"Resource type not valid in this context: {found}")
    return arn

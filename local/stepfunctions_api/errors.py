"""What Step Functions' service refuses, by the names that boto3 raises.

Exception
└── ServiceError
"""

from typing import Any


class ServiceError(Exception):
    """A request is refused; `type` is the exception's name in the service model."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.type = kind

    def document(self) -> dict[str, Any]:
        """The body of the answer, in AWS JSON."""
        return {"__type": self.type, "message": str(self)}


def no_machine(arn: str) -> ServiceError:
    """No state machine, alias or version has this ARN."""
    return ServiceError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


def no_execution(arn: str) -> ServiceError:
    """No execution that is still kept has this ARN."""
    return ServiceError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")


def wrong_type() -> ServiceError:
    """The operation is not for this type of workflow."""
    return ServiceError("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine")


def invalid_arn(problem: str) -> ServiceError:
    """What is given is not the ARN that is asked for."""
    return ServiceError("InvalidArn", f"Invalid Arn: '{problem}'")


def invalid_token(token: str) -> ServiceError:
    """A nextToken or a task token that this service never gave."""
    return ServiceError("InvalidToken", f"Invalid Token: '{token}'")

"""The error names that Retry and Catch see.

aws-sdk:   S3.BucketAlreadyExistsException; S3.S3Exception for what the service's model does not know.
optimised: DynamoDB.ConditionalCheckFailedException; DynamoDB.AmazonDynamoDBException.
https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html#use-awssdk-integ
"""

from dataclasses import dataclass
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from local.stepfunctions import FunctionError

_SUFFIX: Final = "Exception"
_SDK_CAUSE: Final = "{message} (Service: {service}, Status Code: {status}, Request ID: {request})"
_OPTIMISED_CAUSE: Final = (
    "{message} (Service: {service}; Status Code: {status}; Error Code: {code}; Request ID: {request}; Proxy: null)"
)


@dataclass(frozen=True, slots=True)
class Failures:
    """How an integration reports errors. `unmodelled` names those that the service's model does not know."""

    prefix: str
    unmodelled: str
    service: str
    cause: str

    @classmethod
    def of_sdk(cls, prefix: str) -> "Failures":
        """An aws-sdk integration's."""
        return cls(prefix, prefix + _SUFFIX, prefix, _SDK_CAUSE)

    @classmethod
    def of_optimised(cls, prefix: str, service: str) -> "Failures":
        """An optimised integration's; `service` is what its causes call the service."""
        return cls(prefix, f"{service.removesuffix('v2')}{_SUFFIX}", service, _OPTIMISED_CAUSE)

    def of(self, error: ClientError | BotoCoreError) -> FunctionError:
        """What the state fails with."""
        if not isinstance(error, ClientError):
            return FunctionError(f"{self.prefix}.SdkClientException", str(error))
        name = self.unmodelled if type(error) is ClientError else type(error).__name__
        details, metadata = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
        cause = self.cause.format(
            message=details.get("Message", ""),
            service=self.service,
            status=metadata.get("HTTPStatusCode", ""),
            code=details.get("Code", ""),
            request=metadata.get("RequestId", ""),
        )
        return FunctionError(f"{self.prefix}.{name.removesuffix(_SUFFIX)}{_SUFFIX}", cause)

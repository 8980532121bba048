"""Step Functions' service on loopback: an unchanged boto3 client runs, describes and stops executions.

    AWS_ENDPOINT_URL_SFN=http://127.0.0.1:PORT AWS_DISABLE_HOST_PREFIX_INJECTION=true

`app` speaks HTTP, `service` finds the action, `requests` reads and refuses requests as botocore's service model
describes them, `executions` and `state_machines` are the actions on `local.machines`.
"""

from local.stepfunctions_api.app import stepfunctions_app
from local.stepfunctions_api.errors import ServiceError
from local.stepfunctions_api.service import StepFunctionsApi

__all__ = ["ServiceError", "StepFunctionsApi", "stepfunctions_app"]

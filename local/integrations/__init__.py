"""Step Functions' calls of AWS services, made with boto3.

    calls = SdkCalls(clients)
    machine = StateMachine.compile(definition, name="model_rollout", kind="STANDARD", check=check)
    record = await machine.run(value, invoke, call=calls.call)

Two families of names: `aws-sdk:dynamodb:getItem`, any action of any service, and the optimised `dynamodb:getItem`, a
few. `actions` finds what a name means, `requests` turns arguments into boto3's, `responses` what comes back into JSON,
`failures` errors into the names that Retry and Catch look for; all after botocore's service models.

https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
"""

from local.integrations.sdk_calls import Clients, SdkCalls, check

__all__ = ["Clients", "SdkCalls", "check"]

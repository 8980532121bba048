"""The environment variables a function sees: the template's, Lambda's own, and endpoints in place of AWS's."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from local.template import FunctionSpec

_FROM_HOST = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_KEPT_OUT: Mapping[str, str] = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "OMP_NUM_THREADS": "1",
}


@dataclass(frozen=True)
class Surroundings:
    """What takes AWS's place around every function: endpoint URLs by boto3's variable names, and settings replaced."""

    region: str = "us-east-1"
    endpoints: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


def function_environment(spec: FunctionSpec, around: Surroundings) -> dict[str, str]:
    """The variables the function's code may read."""
    lambdas_own = {
        "AWS_REGION": around.region,
        "AWS_DEFAULT_REGION": around.region,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_LAMBDA_FUNCTION_NAME": spec.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory_mb),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{spec.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_LAMBDA_LOG_FORMAT": spec.log_format,
        **({"AWS_LAMBDA_LOG_LEVEL": spec.log_level} if spec.log_level else {}),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start" if spec.snap_start else "on-demand",
        "TZ": ":UTC",
    }
    replaced = {name: value for name, value in around.settings.items() if name in spec.environment}
    return {**spec.environment, **replaced, **lambdas_own, **around.endpoints}


def worker_environment(spec: FunctionSpec, around: Surroundings, runtime_api: str) -> dict[str, str]:
    """The whole environment of a worker process; nothing of the developer's own AWS profile reaches it."""
    process = {
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "_HANDLER": spec.handler,
        "LAMBDA_TASK_ROOT": str(spec.task_root),
    }
    return {**host_environment(), **function_environment(spec, around), **_KEPT_OUT, **process}


def host_environment() -> dict[str, str]:
    """What every process of a function has of this machine, and what keeps the rest of it out."""
    host = {name: os.environ[name] for name in _FROM_HOST if name in os.environ}
    return {**host, **_KEPT_OUT}

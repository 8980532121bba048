"""Runs the deployed handlers as Lambda does: AWS's own runtime client in worker processes, or in-process for tests.

RuntimeError
└── LambdaRuntimeError
    └── UnknownFunctionError

Exception
└── FunctionFailedError
"""

from local.lambda_runtime.errors import FunctionFailedError, LambdaRuntimeError, UnknownFunctionError
from local.lambda_runtime.in_process import InProcessRuntime
from local.lambda_runtime.runtime import LambdaRuntime, Limits

__all__ = [
    "FunctionFailedError",
    "InProcessRuntime",
    "LambdaRuntime",
    "LambdaRuntimeError",
    "Limits",
    "UnknownFunctionError",
]

"""Reads the deployed `template.yaml` as CloudFormation and SAM would, and answers what the local stack needs of it.

ValueError
└── TemplateError
    ├── UnresolvableError
    └── UnsupportedError
"""

from local.template.errors import TemplateError, UnresolvableError, UnsupportedError
from local.template.model import Deployment
from local.template.specs import ApiSpec, FunctionSpec, StateMachineSpec

__all__ = [
    "ApiSpec",
    "Deployment",
    "FunctionSpec",
    "StateMachineSpec",
    "TemplateError",
    "UnresolvableError",
    "UnsupportedError",
]

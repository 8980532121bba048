"""API Gateway on loopback: evaluates the OpenAPI document that template.yaml deploys.

Exception
└── ApiError
    └── MappingTemplateError
        └── BodyNotJsonError
"""

from local.api.errors import ApiError, BodyNotJsonError, MappingTemplateError
from local.api.front import ApiFront, StepFunctions

__all__ = ["ApiError", "ApiFront", "BodyNotJsonError", "MappingTemplateError", "StepFunctions"]

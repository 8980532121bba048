"""API Gateway on loopback: evaluates the OpenAPI document that template.yaml deploys.

Exception
└── ApiError
    └── MappingTemplateError
        └── BodyNotJsonError
"""

from local.api.errors import ApiError, BodyNotJsonError, MappingTemplateError
from local.api.front import ApiFront
from local.api.start_sync_execution import StateMachines

__all__ = ["ApiError", "ApiFront", "BodyNotJsonError", "MappingTemplateError", "StateMachines"]

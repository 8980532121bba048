"""API Gateway on loopback: evaluates the OpenAPI document that template.yaml deploys.

Exception
└── ApiError
    └── MappingTemplateError
"""

from local.api.errors import ApiError, MappingTemplateError
from local.api.front import ApiFront
from local.api.start_sync_execution import StateMachines

__all__ = ["ApiError", "ApiFront", "MappingTemplateError", "StateMachines"]

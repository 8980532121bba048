"""What is wrong with an API's document."""


class ApiError(Exception):
    """The API's document cannot be served."""


class MappingTemplateError(ApiError):
    """A mapping template cannot be rendered."""


class BodyNotJsonError(MappingTemplateError):
    """A template looks into a body that is not JSON."""

"""What can be wrong with a template."""


class TemplateError(ValueError):
    """The template cannot be used as it stands."""


class UnresolvableError(TemplateError):
    """An intrinsic function refers to something that has no local value."""


class UnsupportedError(TemplateError):
    """The template uses a construct the local stack does not implement."""

"""Why a log line yields no metric; CloudWatch counts both kinds in AWS/Logs."""


class EmfError(ValueError):
    """The line is not an Embedded Metric Format document."""


class EmfParsingError(EmfError):
    """It is not JSON."""


class EmfValidationError(EmfError):
    """It breaks a rule of the format."""

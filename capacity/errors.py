"""What ends a command with a message."""


class CapacityCommandError(Exception):
    """A command cannot do what it was asked for; the text says what to do."""


class FunctionError(CapacityCommandError):
    """plan_releases could not be invoked, or failed."""


class QuotasError(CapacityCommandError):
    """The account's quotas cannot be read."""

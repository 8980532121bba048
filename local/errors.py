"""What keeps the local stack from running.

RuntimeError
└── StackError
    ├── PortTakenError
    ├── ModelServerError
    ├── NotRunningError
    └── NothingMeasuredError
"""


class StackError(RuntimeError):
    """The local stack cannot do this; the message says what to do."""


class PortTakenError(StackError):
    """Something else listens on the API's port."""


class ModelServerError(StackError):
    """A model server did not start."""


class NotRunningError(StackError):
    """No local stack answers."""


class NothingMeasuredError(StackError):
    """The functions' logs hold no metric."""

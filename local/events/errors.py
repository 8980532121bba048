"""What can be wrong with a rule, a schedule or a delivery.

EventsError
├── InvalidPatternError      an event pattern that EventBridge would refuse
├── InvalidExpressionError   a schedule expression or time zone that EventBridge would refuse
└── DeliveryError            a target did not take what it was sent
"""


class EventsError(Exception):
    """An event could not be matched, scheduled or delivered."""


class InvalidPatternError(EventsError):
    """An event pattern that EventBridge would refuse."""


class InvalidExpressionError(EventsError):
    """A schedule expression or time zone that EventBridge would refuse."""


class DeliveryError(EventsError):
    """A target did not take what it was sent. What is not `retryable` goes to the dead-letter queue at once."""

    def __init__(self, code: str, message: str, *, retryable: bool) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.retryable = retryable

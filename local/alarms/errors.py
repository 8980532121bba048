"""What is wrong with an alarm."""


class AlarmError(ValueError):
    """The alarm cannot be watched here."""


class UnsupportedAlarmError(AlarmError):
    """It uses a field, or a value of one, that is not implemented: the message names alarm and field."""


class ActionFailedError(RuntimeError):
    """AWS, or what stands for it, has refused what an action asked for."""

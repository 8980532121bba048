"""EventBridge, EventBridge Scheduler and Lambda's asynchronous invocations: rules and schedules lead somewhere.

moto keeps rules and schedules and delivers nothing. `front` stands before it: it answers PutEvents and sees each change
that moto accepts; `buckets` hears what happens to objects. An event (`entries`) goes through the `rules` of its `bus`
(`patterns`, `operators`) and, with each target's own `inputs`, to `deliveries`, which tries again or writes a dead
letter; `targets` reaches functions, state machines, queues, topics and buses. AWS is reached by `requests`.
`timekeeper` knows what is due (`expressions`), for rules and for the `schedules` of the `scheduler`. A function has its
events from a queue of its own (`asynchronous`), and those of SQS queues that are mapped to it (`queues`). `journal`
keeps the latest of it all, `work` knows when nothing is left but to wait, `service` is the whole, `routes` shows it.
"""

from local.events.entries import Origin
from local.events.errors import DeliveryError, EventsError, InvalidExpressionError, InvalidPatternError
from local.events.requests import Requests
from local.events.service import Events

__all__ = [
    "DeliveryError",
    "Events",
    "EventsError",
    "InvalidExpressionError",
    "InvalidPatternError",
    "Origin",
    "Requests",
]

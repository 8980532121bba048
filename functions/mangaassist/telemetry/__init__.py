"""Logs and metrics of the functions. Neither ever holds a customer's words."""

from mangaassist.telemetry.capacity import record_not_ready, record_shortfalls
from mangaassist.telemetry.emission import prepare
from mangaassist.telemetry.logs import in_turn, logger
from mangaassist.telemetry.models import ModelTiming, record_model_of_intent, timed_model
from mangaassist.telemetry.reliability import (
    record_breaker_transition,
    record_fallbacks,
    record_hedge,
    record_step,
    record_withheld,
)
from mangaassist.telemetry.turns import record_turn

__all__ = [
    "ModelTiming",
    "in_turn",
    "logger",
    "prepare",
    "record_breaker_transition",
    "record_fallbacks",
    "record_hedge",
    "record_model_of_intent",
    "record_not_ready",
    "record_shortfalls",
    "record_step",
    "record_turn",
    "record_withheld",
    "timed_model",
]

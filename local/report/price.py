"""What these measurements would cost in CloudWatch, and what they would with the request as a dimension.

https://aws.amazon.com/cloudwatch/pricing/, us-east-1: a custom metric is paid by the hours in which it has data.
"""

from dataclasses import dataclass

from local.report.measurements import Measurements
from mangaassist.telemetry.declared import MODEL_LATENCY, TURNS

METRIC_USD_A_MONTH = 0.30
HOURS_A_MONTH = 730
LOG_USD_A_GB = 0.50
GB = 1e9
MILLION = 1_000_000


@dataclass(frozen=True)
class Price:
    """`series` are distinct metrics; the rest is in USD, or bytes."""

    series: int
    series_usd_a_month: float
    log_bytes_a_turn: float
    log_usd_a_million_turns: float
    calls_a_turn: float
    request_dimension_usd_a_million_turns: float


def price_of(measurements: Measurements) -> Price | None:
    """None where no turn was measured. With the request as a dimension, each model call is a metric of one hour."""
    turns = measurements.all(TURNS).count
    if not turns:
        return None
    series = len({sample.metric for sample in measurements.samples})
    calls = sum(values.count for values in measurements.by(MODEL_LATENCY, "model_name").values()) / turns
    log_bytes = measurements.log_bytes / turns
    return Price(
        series=series,
        series_usd_a_month=series * METRIC_USD_A_MONTH,
        log_bytes_a_turn=log_bytes,
        log_usd_a_million_turns=log_bytes * MILLION / GB * LOG_USD_A_GB,
        calls_a_turn=calls,
        request_dimension_usd_a_million_turns=calls * MILLION * METRIC_USD_A_MONTH / HOURS_A_MONTH,
    )

"""The invocations of an endpoint in the past, from CloudWatch.

5-minute values are kept for 63 days, hourly ones for 455:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from mangaassist.aws.operations import named, operations_client
from mangaassist.policy.capacity import HistoryError
from mangaassist.policy.demand import History, Series
from mangaassist.policy.letting_go import RECENT

MINUTE, FINE, COARSE = timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1)
FINE_KEPT, COARSE_KEPT = timedelta(days=63), timedelta(days=455)


def history(endpoint: str, variant: str, now: datetime) -> History:
    """An endpoint's traffic as far back as it is kept; raises HistoryError."""
    return History(
        fine=_series(endpoint, variant, FINE, now - FINE_KEPT, now),
        coarse=_series(endpoint, variant, COARSE, now - COARSE_KEPT, now),
    )


def lately(endpoint: str, variant: str, now: datetime) -> Series:
    """An endpoint's traffic of the last minutes, by the minute; raises HistoryError."""
    return _series(endpoint, variant, MINUTE, now - RECENT, now)


def _series(endpoint: str, variant: str, period: timedelta, start: datetime, end: datetime) -> Series:
    """Sums of a period as rates a minute."""
    query = {
        "Id": "invocations",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/SageMaker",
                "MetricName": "Invocations",
                "Dimensions": [
                    {"Name": "EndpointName", "Value": endpoint},
                    {"Name": "VariantName", "Value": variant},
                ],
            },
            "Period": int(period.total_seconds()),
            "Stat": "Sum",
        },
    }
    found: dict[datetime, float] = {}
    with named(HistoryError):
        paginator = operations_client("cloudwatch").get_paginator("get_metric_data")
        for page in paginator.paginate(
            MetricDataQueries=[query], StartTime=start, EndTime=end, ScanBy="TimestampAscending"
        ):
            for result in page["MetricDataResults"]:
                found.update(_rates(result, period))
    times = tuple(sorted(found))
    return Series(period, times, tuple(found[time] for time in times))


def _rates(result: dict[str, Any], period: timedelta) -> dict[datetime, float]:
    minutes = period / timedelta(minutes=1)
    return {
        time.astimezone(UTC): value / minutes
        for time, value in zip(result["Timestamps"], result["Values"], strict=True)
    }

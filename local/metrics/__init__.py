"""CloudWatch's metrics: what the functions print in the Embedded Metric Format, and what AWS's services would emit.

ValueError
└── EmfError
    ├── EmfParsingError
    └── EmfValidationError
"""

from local.metrics.distribution import Distribution
from local.metrics.emf import samples_of
from local.metrics.errors import EmfError, EmfParsingError, EmfValidationError
from local.metrics.logs import FunctionLogs
from local.metrics.samples import Metric, Sample, metric
from local.metrics.store import MetricStore

__all__ = [
    "Distribution",
    "EmfError",
    "EmfParsingError",
    "EmfValidationError",
    "FunctionLogs",
    "Metric",
    "MetricStore",
    "Sample",
    "metric",
    "samples_of",
]

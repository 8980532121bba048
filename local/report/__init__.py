"""What the functions of the local stack have measured, out of the documents that CloudWatch would read."""

from local.report.measurements import Measurements, Slice, measured
from local.report.price import Price, price_of
from local.report.tables import report

__all__ = ["Measurements", "Price", "Slice", "measured", "price_of", "report"]

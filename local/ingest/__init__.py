"""Loads data/ into the tables and the search indices, as a store's own loading jobs would."""

from local.ingest.load import Destination, ingest
from local.ingest.outcome import Loaded
from local.ingest.progress import Report

__all__ = ["Destination", "Loaded", "Report", "ingest"]

"""Loopback applications that speak AWS protocols, so that unchanged clients run with no AWS account."""

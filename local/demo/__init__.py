"""The demonstration: one real turn for every route and every fallback, shown and checked."""

from local.demo.run import demo

__all__ = ["demo"]

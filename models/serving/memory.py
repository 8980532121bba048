"""What the process really holds in memory, and what it may."""

import ctypes
import gc
import os
from pathlib import Path

import psutil

# What is left for the interpreter's peaks: a model is loaded before it is known whether it fits.
_SHARE = 0.8
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
MEBIBYTE = 2**20


def resident_bytes() -> int:
    """The process's resident set."""
    return int(psutil.Process().memory_info().rss)


def give_back() -> None:
    """Return what unloaded models held to the system: glibc keeps freed pages otherwise (+43 MB instead of +125)."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError):
        return  # another C library: it gives pages back, or not, by itself


def default_bound() -> int:
    """Four fifths of the container's memory: its control group's limit, else the machine's."""
    return int(_SHARE * min(_cgroup_limit(), psutil.virtual_memory().total))


def bound_from(environment: "os._Environ[str] | dict[str, str]") -> int:
    """Bytes: MODEL_MEMORY_MB where it is set."""
    given = environment.get("MODEL_MEMORY_MB")
    return int(given) * MEBIBYTE if given else default_bound()


def _cgroup_limit() -> int:
    try:
        text = _CGROUP_LIMIT.read_text(encoding="ascii").strip()
    except OSError:
        return psutil.virtual_memory().total
    return psutil.virtual_memory().total if text == "max" else int(text)

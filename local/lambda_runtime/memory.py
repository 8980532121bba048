"""A process's memory, where the system tells it: Linux. Elsewhere nothing is measured, and no limit is enforced."""

import re
from pathlib import Path

_KIB = 1024
_FIELD = re.compile(rb"^(VmHWM|VmRSS):\s+(\d+) kB", re.M)


def resident_mb(pid: int | None) -> int | None:
    """Resident memory now, in MiB."""
    return _field(pid, b"VmRSS")


def peak_mb(pid: int | None) -> int | None:
    """The most resident memory so far, in MiB."""
    return _field(pid, b"VmHWM")


def _field(pid: int | None, name: bytes) -> int | None:
    if pid is None:
        return None
    try:
        status = Path(f"/proc/{pid}/status").read_bytes()
    except OSError:
        return None
    found = dict(_FIELD.findall(status))
    return int(found[name]) // _KIB if name in found else None

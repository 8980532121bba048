"""What a fleet may let go of once the plan asks for less.

Lowering a minimum removes nothing, and step scaling nothing between its thresholds, which lie far apart: after a
release, 13 instances with 51 invocations a minute each would stay until the night is quieter than usual.
"""

from datetime import datetime, timedelta

from mangaassist.policy.demand import Series, instances

RECENT = timedelta(minutes=15)
# Of those minutes; CloudWatch's last ones may not be there yet.
ENOUGH = 5


def kept(level: int, traffic: Series, now: datetime, *, per_instance: float, headroom: float) -> int | None:
    """How many instances the plan's level and the last minutes' highest rate need; None where too little is known."""
    recent = [rate for time, rate in zip(traffic.times, traffic.rates, strict=True) if now - RECENT <= time < now]
    if len(recent) < ENOUGH:
        return None
    return max(level, instances(max(recent), per_instance=per_instance, headroom=headroom))

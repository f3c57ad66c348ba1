"""When somebody signed in, by two clocks of which one may be wrong. Pure."""

from datetime import datetime, timedelta
from typing import NamedTuple

# clocks of phones differ by so much without anybody having set them
SKEW = timedelta(minutes=2)


class Moment(NamedTuple):
    """`believed`: the phone's word was taken, or there was none."""

    at: datetime
    believed: bool


def happened(
    claimed: datetime | None, now: datetime, opens: datetime, ends: datetime, late: timedelta
) -> Moment:
    """What waited on a phone happened when it says, if that can be: not in the future, not before the doors opened,
    not long after the end. Otherwise the server's clock decides. Nobody is there after the end of an event."""
    latest = min(now, ends)
    if claimed is None:
        return Moment(max(latest, opens), True)
    if opens <= claimed <= min(now + SKEW, ends + late):
        return Moment(max(min(claimed, latest), opens), True)
    return Moment(max(latest, opens), False)

"""A fixed window of a minute, as the rate limiter counts it: tests of small limits begin where it does not end soon."""

from __future__ import annotations

import time
from typing import Final

WINDOW_S: Final = 60


def wait_until_the_minute_lasts(needed_s: float) -> None:
    """The limiter's minute is that of the clock. When it ends, a part of what was used is free again, so one more
    request passes. Waits for the next minute if this one has less than ``needed_s`` left."""
    left = WINDOW_S - time.time() % WINDOW_S
    if left < needed_s:
        time.sleep(left + 0.01)

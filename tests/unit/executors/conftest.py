from __future__ import annotations

import pytest

from tests.unit.executors.standing import StandingQueue, StandingTime


@pytest.fixture
def time() -> StandingTime:
    return StandingTime()


@pytest.fixture
def queue(time: StandingTime) -> StandingQueue:
    return StandingQueue(time)

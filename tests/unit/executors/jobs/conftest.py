from __future__ import annotations

import pytest

from tests.unit.executors.jobs.fake_queue import FakeQueue, FakeTime


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def queue(time: FakeTime) -> FakeQueue:
    return FakeQueue(time)

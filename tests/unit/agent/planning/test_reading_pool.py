"""A reading process is started ahead only by a process that has nothing else to do."""

from __future__ import annotations

from agent.planning.reading_pool import ReadingPool
from agent.planning.reading_worker import warm
from language import common_words


class Warmed:
    def __init__(self) -> None:
        self.times = 0

    def warm(self) -> None:
        self.times += 1


async def test_a_process_is_started_ahead_once_nothing_is_at_hand() -> None:
    pool, warmed = ReadingPool(processes=1, budget_s=1.0), Warmed()
    pool.workers = warmed  # type: ignore[assignment]
    at_hand = [3, 1, 0]
    slept: list[tuple[float, int]] = []

    async def sleep(seconds: float) -> None:
        slept.append((seconds, warmed.times))

    await pool.warm_when_idle(lambda: at_hand.pop(0) > 0, sleep)
    assert at_hand == []
    assert [times for _, times in slept] == [0, 0, 0]
    assert warmed.times == 1


async def test_no_request_pays_for_reading_the_word_lists() -> None:
    common_words._load_anagrams.cache_clear()
    await warm()
    assert common_words._load_anagrams.cache_info().currsize == 1

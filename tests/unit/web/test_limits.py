"""Rate limits counted in memory, and what happens when nothing can count."""

from __future__ import annotations

import pytest
from limits.aio.storage import MemoryStorage
from limits.errors import StorageError

from tests.whole_minute import wait_until_the_minute_lasts
from web.limits import COUNTED_BYTES, MOST_COUNTED, PER_MINUTE, Limits, LimitStatus, weigh_body
from web.problem import Problem


@pytest.fixture(autouse=True)
def _within_a_minute() -> None:
    wait_until_the_minute_lasts(1)


class Down(MemoryStorage):
    """A store that answers nothing."""

    async def get_sliding_window(self, *_: object, **__: object) -> tuple[int, float, int, float]:
        raise StorageError(ConnectionError("refused"))

    async def acquire_sliding_window_entry(self, *_: object, **__: object) -> bool:
        raise StorageError(ConnectionError("refused"))


async def spend(limits: Limits, key: str = "k", times: int = 1) -> LimitStatus | None:
    standing = None
    for _ in range(times):
        standing = await limits.charge("writes", key, await limits.check("writes", key))
    return standing


def test_the_table_is_the_published_one() -> None:
    assert PER_MINUTE == {"events": 1000, "actions": 200, "reads": 2000, "webhook_test": 60, "writes": 200}


async def test_the_last_request_passes_and_the_next_is_told_when_to_come_back() -> None:
    limits = Limits(per_minute={"writes": 3})
    standing = await spend(limits, times=3)
    assert standing is not None
    assert standing.remaining == 0
    with pytest.raises(Problem) as refused:
        await limits.check("writes", "k")
    headers = refused.value.headers
    assert refused.value.problem_code == "rate_limited"
    assert 1 <= int(headers["Retry-After"]) <= 60
    assert headers["RateLimit-Policy"] == '"key";q=3;w=60'
    assert headers["RateLimit"].startswith('"key";r=0;t=')
    await limits.close()


async def test_looking_costs_nothing_and_keys_and_classes_are_counted_apart() -> None:
    limits = Limits(per_minute={"writes": 1, "reads": 1})
    for _ in range(5):
        await limits.check("writes", "k")
    await spend(limits)
    assert await spend(limits, "other") is not None
    assert await limits.charge("reads", "k", await limits.check("reads", "k")) is not None
    await limits.close()


async def test_of_two_that_saw_one_left_only_one_is_let_through() -> None:
    limits = Limits(per_minute={"writes": 1})
    seen = await limits.check("writes", "k")
    await limits.charge("writes", "k", seen)
    with pytest.raises(Problem):
        await limits.charge("writes", "k", seen)
    await limits.close()


async def test_a_store_that_is_down_lets_through_and_is_counted() -> None:
    limits = Limits(Down(), per_minute={"writes": 1}, per_address=1)
    for _ in range(3):
        await limits.arrive("203.0.113.1")
        assert await spend(limits) is None
    assert limits.blind == 6


async def test_an_address_is_limited_by_itself_and_an_ipv6_host_by_its_64() -> None:
    limits = Limits(per_address=1)
    await limits.arrive("2001:db8::1")
    with pytest.raises(Problem):
        await limits.arrive("2001:db8::ffff:1")
    await limits.arrive("2001:db8:0:1::1")
    await limits.arrive("203.0.113.1")
    with pytest.raises(Problem):
        await limits.arrive("::ffff:203.0.113.1")
    await limits.close()


async def test_texts_are_counted_for_each_person_and_for_their_workspace() -> None:
    limits = Limits(texts_per_person=2, texts_per_workspace=3)
    for person in ("ada", "ada", "bob"):
        await limits.read_text("ws_1", person)
    for person, name, quota in (("ada", "person", 2), ("bob", "workspace", 3), ("cleo", "workspace", 3)):
        with pytest.raises(Problem) as refused:
            await limits.read_text("ws_1", person)
        assert refused.value.problem_code == "rate_limited"
        assert refused.value.headers["RateLimit-Policy"] == f'"{name}";q={quota};w=60'
        assert refused.value.headers["RateLimit"].startswith(f'"{name}";r=0;t=')
        assert 1 <= int(refused.value.headers["Retry-After"]) <= 60
    await limits.read_text("ws_2", "ada")
    await limits.close()


async def test_texts_without_a_limit_or_with_a_store_that_is_down_are_let_through() -> None:
    unlimited, down = Limits(), Limits(Down(), texts_per_person=1, texts_per_workspace=1)
    for _ in range(3):
        await unlimited.read_text("ws_1", "ada")
        await down.read_text("ws_1", "ada")
    assert down.blind == 3


def test_a_body_counts_by_its_length_and_never_without_end() -> None:
    lengths = (0, 1, COUNTED_BYTES, COUNTED_BYTES + 1, 5 * COUNTED_BYTES, 1000 * COUNTED_BYTES)
    assert [weigh_body(each) for each in lengths] == [1, 1, 1, 2, 5, MOST_COUNTED]


async def test_a_heavy_request_takes_as_much_of_the_limit_as_it_weighs() -> None:
    limits = Limits(per_minute={"writes": 5})
    standing = await limits.charge("writes", "k", await limits.check("writes", "k"), weight=3)
    assert standing is not None
    assert standing.remaining == 2
    with pytest.raises(Problem, match="5 such requests a minute, and one with so long a body counts as 3") as refused:
        await limits.charge("writes", "k", await limits.check("writes", "k"), weight=3)
    assert refused.value.headers["RateLimit"].startswith('"key";r=2;t=')
    assert await spend(limits, times=2) is not None
    await limits.close()


async def test_pages_are_counted_for_each_person() -> None:
    limits = Limits(pages_per_person=2)
    for person in ("ada", "ada", "ben"):
        await limits.open_page("ws_1", person)
    with pytest.raises(Problem, match="2 pages a minute") as refused:
        await limits.open_page("ws_1", "ada")
    assert int(refused.value.headers["Retry-After"]) >= 1
    await limits.open_page("ws_2", "ada")
    await limits.close()

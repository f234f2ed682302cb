"""Log lines: one record a line, whatever the words in it."""

from __future__ import annotations

import asyncio
import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.logs import Form, LineFormatter, OncePerSecond, bound


def line(form: Form, event: str, /, exc: BaseException | None = None, **more: object) -> str:
    info = (type(exc), exc, exc.__traceback__) if exc else None
    record = logging.LogRecord("opsiq.t", logging.INFO, "f", 1, "%s", (event,), info)
    vars(record).update(more)
    return LineFormatter(form).format(record)


@given(st.text(), st.text())
def test_words_from_outside_never_begin_a_line(event: str, more: str) -> None:
    for form in ("text", "json"):
        assert len(line(form, event, words=more).splitlines()) == 1  # type: ignore[arg-type]


def test_a_record_carries_the_ids_of_what_is_at_hand_and_its_own() -> None:
    with bound(request_id="req_1", run_id=None), bound(run_id="run_1"):
        made = json.loads(line("json", "sent", attempt=2))
    assert {name: made[name] for name in ("level", "logger", "event", "request_id", "run_id", "attempt")} == {
        "level": "info", "logger": "opsiq.t", "event": "sent", "request_id": "req_1", "run_id": "run_1", "attempt": 2,
    }  # fmt: skip
    assert "request_id" not in json.loads(line("json", "later"))


async def test_ids_stay_with_their_task() -> None:
    async def one(run_id: str) -> str:
        with bound(run_id=run_id):
            await asyncio.sleep(0)
            return str(json.loads(line("json", "x"))["run_id"])

    assert await asyncio.gather(one("a"), one("b")) == ["a", "b"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_traceback_can_not_forge_a_line(form: Form) -> None:
    try:
        raise ValueError("x\r\nat=2026 level=error forged\x1b[2J")
    except ValueError as error:
        made = line(form, "it failed", error)
    assert "forged" in made
    assert "\x1b" not in made
    assert not [each for each in made.splitlines()[1:] if not each.startswith("    ")]
    assert sys.exc_info() == (None, None, None)


def test_lines_of_one_kind_are_written_once_a_second_with_how_many_were_left_out() -> None:
    now = 0.0
    limit = OncePerSecond(lambda: now)

    def let_through(line: int, event: str = "%s") -> tuple[bool, object]:
        record = logging.LogRecord("opsiq.t", logging.WARNING, "f", line, event, ("x",), None)
        return limit.filter(record), vars(record).get("left_out")

    assert [let_through(1)[0] for _ in range(5)] == [True] + [False] * 4
    assert let_through(2) == (True, None), "another kind"
    now = 1.0
    assert let_through(1) == (True, 4)
    now = 2.5
    assert let_through(1) == (True, None)


def test_the_kinds_that_are_remembered_are_bounded() -> None:
    limit = OncePerSecond(lambda: 0.0)
    for line in range(10_000):
        limit.filter(logging.LogRecord("opsiq.t", logging.WARNING, "f", line, "x", (), None))
    assert len(limit._kinds) < 1000

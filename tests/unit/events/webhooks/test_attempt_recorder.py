"""How a group of attempts becomes an endpoint's health."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from events.webhooks.attempt_recorder import RecordedAttempt, count_attempts
from store.webhooks.attempts import AttemptResult

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def at(minute: int, *, ok: bool, counts: bool = True) -> RecordedAttempt:
    when = NOON + timedelta(minutes=minute)
    came = AttemptResult(
        attempt=f"wrk_{minute}.1",
        n=1,
        duration_ms=1,
        headers="{}",
        response=b"",
        cut=False,
        delivery="dlv_1",
        state=None,
        status=204 if ok else 500,
        error=None,
        detail="",
        at=when,
        next_at=None,
        finished_at=None,
        in_series=True,
    )
    return RecordedAttempt(came, "whe_1", ok, counts)


def test_failures_after_the_last_success_are_those_that_count_as_consecutive() -> None:
    made = count_attempts("whe_1", [at(3, ok=False), at(0, ok=False), at(2, ok=False), at(1, ok=True)])
    assert (made.succeeded, made.failed, made.trailing) == (1, 3, 2)
    assert made.trailing_since == NOON + timedelta(minutes=2)
    assert made.last_success_at == NOON + timedelta(minutes=1)
    assert made.last_failure_at == NOON + timedelta(minutes=3)


def test_a_success_at_the_end_leaves_nothing_failing() -> None:
    made = count_attempts("whe_1", [at(0, ok=False), at(1, ok=True)])
    assert (made.trailing, made.trailing_since) == (0, None)


def test_failures_alone_are_failing_since_the_first_of_them() -> None:
    made = count_attempts("whe_1", [at(5, ok=False), at(4, ok=False)])
    assert (made.succeeded, made.trailing, made.trailing_since) == (0, 2, NOON + timedelta(minutes=4))


def test_a_test_send_says_nothing_of_health() -> None:
    made = count_attempts("whe_1", [at(0, ok=True), at(1, ok=False, counts=False)])
    assert (made.succeeded, made.failed, made.trailing) == (1, 0, 0)

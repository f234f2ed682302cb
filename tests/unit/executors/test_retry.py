from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executors.retry import (
    ACTION_DELAYS_S,
    WEBHOOK_DELAYS_S,
    WINDOW_S,
    ErrorKind,
    Failed,
    Reply,
    Retry,
    RetryVerdict,
    Success,
    Unknown,
    judge_action,
    judge_delivery,
    retry_after_s,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def answered(status: int, *, retry_after: float | None = None) -> Reply:
    return Reply(status, b"", 1, None, sent=True, retry_after_s=retry_after)


def no_answer(error: ErrorKind, *, sent: bool) -> Reply:
    return Reply(None, b"", 1, error, sent=sent)


def action(reply: Reply, *, idempotent: bool = False, attempt: int = 1, **rest: float | bool) -> RetryVerdict:
    asked: dict[str, float | bool] = {"elapsed_s": 0.0, "deadline_s": 86_400.0, **rest}
    return judge_action(reply, attempt=attempt, idempotent=idempotent, **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_only_2xx_is_success(status: int) -> None:
    assert action(answered(status)) == Success()
    assert judge_delivery(answered(status), attempt=1, elapsed_s=0, random=0) == Success()


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 409, 410, 422])
@pytest.mark.parametrize("idempotent", [True, False])
def test_an_action_that_is_refused_or_redirected_has_failed(status: int, idempotent: bool) -> None:
    assert isinstance(action(answered(status), idempotent=idempotent), Failed)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503, 599])
@pytest.mark.parametrize("idempotent", [True, False])
def test_an_answer_that_says_not_now_is_tried_again_for_every_contract(status: int, idempotent: bool) -> None:
    verdict = action(answered(status), idempotent=idempotent)
    assert isinstance(verdict, Retry)
    assert (verdict.delay_s, verdict.unknown) == (2.0, False)


@pytest.mark.parametrize(
    "reply",
    [
        answered(502),
        answered(504),
        answered(524),
        no_answer("timeout", sent=True),
        no_answer("closed", sent=True),
        no_answer("malformed", sent=True),
    ],
)
def test_what_may_have_happened_is_sent_again_only_if_the_contract_is_idempotent(reply: Reply) -> None:
    assert isinstance(action(reply, idempotent=False), Unknown)
    again = action(reply, idempotent=True)
    assert isinstance(again, Retry)
    assert again.unknown


@pytest.mark.parametrize("error", ["dns", "connect", "tls", "timeout"])
def test_what_never_left_is_tried_again_and_fails_in_the_end(error: ErrorKind) -> None:
    reply = no_answer(error, sent=False)
    verdict = action(reply)
    assert isinstance(verdict, Retry)
    assert not verdict.unknown
    assert isinstance(action(reply, attempt=5), Failed)


def test_a_blocked_address_is_never_tried_again() -> None:
    reply = no_answer("blocked", sent=False)
    assert isinstance(action(reply, idempotent=True), Failed)
    assert isinstance(judge_delivery(reply, attempt=1, elapsed_s=0, random=0), Failed)


@pytest.mark.parametrize("reply", [answered(400), answered(503), no_answer("connect", sent=False)])
def test_once_an_attempt_is_unknown_only_success_can_settle_it(reply: Reply) -> None:
    assert isinstance(action(reply, idempotent=True, attempt=5, unknown_before=True), Unknown)
    assert action(answered(200), idempotent=True, attempt=5, unknown_before=True) == Success()


def test_action_attempts_come_at_the_published_delays_and_then_end() -> None:
    delays = []
    for attempt in range(1, 5):
        verdict = action(answered(503), attempt=attempt)
        assert isinstance(verdict, Retry)
        delays.append(verdict.delay_s)
    assert [0, *delays] == list(ACTION_DELAYS_S) == [0, 2, 10, 60, 300]
    assert isinstance(action(answered(503), attempt=5), Failed)


def test_no_attempt_begins_after_the_contracts_deadline() -> None:
    assert isinstance(action(answered(503), attempt=2, elapsed_s=109.9, deadline_s=120), Retry)
    assert isinstance(action(answered(503), attempt=2, elapsed_s=110, deadline_s=120), Failed)
    assert isinstance(action(answered(429, retry_after=200), deadline_s=120), Failed)
    timeout = no_answer("timeout", sent=True)
    assert isinstance(action(timeout, idempotent=True, attempt=2, elapsed_s=115, deadline_s=120), Unknown)


def test_retry_after_is_a_floor_and_never_more_than_ten_hours() -> None:
    assert action(answered(429, retry_after=7)) == Retry(7.0, False, "The endpoint answered 429.")
    assert action(answered(429, retry_after=1)) == Retry(2.0, False, "The endpoint answered 429.")
    late = judge_delivery(answered(429, retry_after=1e9), attempt=1, elapsed_s=0, random=0.5)
    assert isinstance(late, Retry)
    assert late.delay_s == 36_000


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 502, 504])
def test_a_delivery_is_tried_again_after_any_answer_that_is_not_final(status: int) -> None:
    verdict = judge_delivery(answered(status), attempt=1, elapsed_s=0, random=0.5)
    assert isinstance(verdict, Retry)
    assert verdict.delay_s == 5.0


@pytest.mark.parametrize("status", [301, 302, 307, 410])
def test_a_delivery_that_is_gone_or_redirected_has_failed(status: int) -> None:
    assert isinstance(judge_delivery(answered(status), attempt=1, elapsed_s=0, random=0.5), Failed)


@given(st.integers(1, 6), st.floats(0, 1, exclude_max=True))
def test_delivery_delays_stay_within_a_fifth_of_the_table(attempt: int, random: float) -> None:
    verdict = judge_delivery(answered(500), attempt=attempt, elapsed_s=0, random=random)
    assert isinstance(verdict, Retry)
    assert 0.8 * WEBHOOK_DELAYS_S[attempt] <= verdict.delay_s <= 1.2 * WEBHOOK_DELAYS_S[attempt]


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=7, max_size=7), st.floats(0, 1e6))
def test_no_delivery_is_attempted_more_than_a_day_after_its_first(draws: list[float], asked: float) -> None:
    elapsed = 0.0
    for attempt, random in enumerate(draws, 1):
        verdict = judge_delivery(answered(503, retry_after=asked), attempt=attempt, elapsed_s=elapsed, random=random)
        if isinstance(verdict, Failed):
            return
        assert isinstance(verdict, Retry)
        elapsed += verdict.delay_s
        assert elapsed <= WINDOW_S
    raise AssertionError("the series never ended")


def test_retry_after_is_read_as_seconds_or_as_a_date() -> None:
    assert retry_after_s("120", NOW) == 120
    assert retry_after_s(" 0 ", NOW) == 0
    assert retry_after_s("Tue, 24 Nov 2026 12:01:30 GMT", NOW) == 90
    assert retry_after_s("Tue, 24 Nov 2026 11:00:00 GMT", NOW) == 0
    assert retry_after_s("Tue, 24 Nov 2026 12:01:30 -0000", NOW) == 90


@given(st.text())
def test_a_retry_after_that_can_not_be_read_is_as_none(text: str) -> None:
    read = retry_after_s(text, NOW)
    assert read is None or read >= 0


@pytest.mark.parametrize("text", [None, "", "soon", "-5", "1.5", "٣", "Tue, 99 Nov 2026 12:00:00 GMT"])
def test_nonsense_in_retry_after_is_ignored(text: str | None) -> None:
    assert retry_after_s(text, NOW) is None

"""Which headers go with a webhook."""

from __future__ import annotations

import json

import pytest

from core.errors import InvalidInput
from events.webhooks.headers import MAX_HEADERS, check_headers, describe_headers, make_delivery_headers
from executors.retry import Reply


def test_an_endpoints_own_headers_are_folded_in_case_and_kept() -> None:
    assert check_headers({"Authorization": "Bearer x", "X-Team": "ops"}) == {
        "authorization": "Bearer x",
        "x-team": "ops",
    }


@pytest.mark.parametrize(
    "name",
    [
        "webhook-id", "Webhook-Anything", "OPSIQ-Event", "Cookie", "TE", "content-type", "user-agent", "Idempotency-Key",  # noqa: E501
        "Content-Encoding", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection",  # noqa: E501
        "Trailer", "Upgrade", "Host", "Forwarded", "X-Forwarded-For", "x-forwarded-host", "X-Real-IP", "Via",
    ],
)  # fmt: skip
def test_headers_that_are_ours_or_the_connections_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="not an endpoint's to set") as refused:
        check_headers({name: "x"})
    assert [each.pointer for each in refused.value.findings] == [f"/headers/{name}"]
    assert make_delivery_headers({name.lower(): "x"}, "invoice.paid", "dlv_1").get(name.lower(), "") != "x", (
        "nor sent, from before"
    )


def test_the_same_header_twice_in_two_cases_is_refused() -> None:
    with pytest.raises(InvalidInput):
        check_headers({"X-A": "1", "x-a": "2"})


def test_more_headers_than_anyone_needs_are_refused() -> None:
    assert len(check_headers({f"x-{n}": "1" for n in range(MAX_HEADERS)})) == MAX_HEADERS
    with pytest.raises(InvalidInput, match="at most 20"):
        check_headers({f"x-{n}": "1" for n in range(MAX_HEADERS + 1)})


def test_an_attempt_that_says_nothing_of_its_headers_is_logged_too() -> None:
    assert describe_headers(Reply(200, b"", 1, None, True).headers, {"authorization": "Bearer x"}) == "{}"


def test_the_log_hides_the_values_an_endpoints_owner_set_and_only_those() -> None:
    sent = make_delivery_headers({"authorization": "Bearer x"}, "invoice.paid", "dlv_1")
    assert sent["authorization"] == "Bearer x"
    assert json.loads(describe_headers(sent, {"authorization": "Bearer x"})) == {
        "authorization": "(hidden)",
        "opsiq-event": "invoice.paid",
        "opsiq-delivery-id": "dlv_1",
    }

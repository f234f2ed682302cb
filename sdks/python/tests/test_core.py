"""One call over its attempts: what is sent, sent again, and raised."""

from __future__ import annotations

import copy
import importlib
import json
import logging
import pickle
import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import httpx
import pytest

import opsiq
from opsiq import core, errors, signing
from opsiq.core import Answer, NoAnswer, decide

from .conftest import NOW, PUBLIC, SECRET, Scripted, body_of, called, named, vectors

Make = Callable[..., tuple[opsiq.OpsIQ, Scripted]]
REQUESTS, RETRIES, ERRORS, AGAIN = map(vectors, ("requests.json", "retries.json", "errors.json", "idempotency.json"))
ACCEPTED = {"status": 202, "body": '{"id":"evt_1","event":"order.shipped"}'}
TEAPOT = {"status": 418, "headers": {}, "problem": {"code": "teapot", "status": 418, "detail": "No."}}


def came_of(case: dict[str, Any]) -> Any:
    if "transport" in case:
        return NoAnswer(case["transport"])
    headers = {name.lower(): value for name, value in case["headers"].items()}
    return Answer(case["status"], headers, body_of(case))


def authorization(request: httpx.Request) -> dict[str, str]:
    found = re.fullmatch(
        r"OPSIQ1-HMAC-SHA256 key=(?P<key>[^,]+),ts=(?P<ts>[0-9]+),nonce=(?P<nonce>[A-Za-z0-9_-]{22}),sig=(?P<sig>[0-9a-f]{64})",  # noqa: E501
        request.headers["authorization"],
    )
    assert found
    return found.groupdict()


def signed_again(request: httpx.Request) -> str:
    """What the header must be, from what really was sent."""
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    said = authorization(request)
    return signing.header(
        SECRET, ts=int(said["ts"]), nonce=said["nonce"], key=PUBLIC, method=request.method, path=path, query=query,
        idempotency_key=request.headers.get("idempotency-key", ""), body=request.content,
    )  # fmt: skip


@named(REQUESTS["cases"])
def test_a_call_becomes_this_request(case: dict[str, Any], scripted: Make) -> None:
    client, script = scripted([TEAPOT])
    with pytest.raises(opsiq.ApiError, match="No"):
        list(called(client, case) or ())
    check(script, case)


@named(REQUESTS["cases"])
async def test_the_asynchronous_client_makes_it_this_request_too(case: dict[str, Any]) -> None:
    script = Scripted([TEAPOT])
    async with httpx.AsyncClient(transport=httpx.MockTransport(script)) as http:
        client = opsiq.AsyncOpsIQ(PUBLIC, SECRET, base_url="http://opsiq.test", http=http, clock=lambda: float(NOW))
        called_ = called(client, case)
        with pytest.raises(opsiq.ApiError, match="No"):
            [each async for each in called_] if hasattr(called_, "__aiter__") else await called_
    check(script, case)


def check(script: Scripted, case: dict[str, Any]) -> None:
    [sent] = script.sent
    path, _, query = sent.url.raw_path.decode("ascii").partition("?")
    assert (sent.method, path, query) == (case["method"], case["path"], case["query"])
    assert sent.content.decode() == (case["body"] or "")
    assert sent.headers.get("content-type") == (None if case["body"] is None else "application/json")
    assert ("idempotency-key" in sent.headers) is case["idempotent"]
    assert sent.headers["accept"] == "application/json"
    assert sent.headers["user-agent"].startswith(f"opsiq-python/{opsiq.__version__} ")
    assert sent.headers["authorization"] == signed_again(sent)
    assert int(authorization(sent)["ts"]) == NOW


@named(REQUESTS["refused"])
def test_an_id_that_no_address_can_carry_is_refused(case: dict[str, Any], scripted: Make) -> None:
    client, script = scripted([])
    with pytest.raises(opsiq.ConfigurationError):
        called(client, case)
    assert script.sent == []


@named(RETRIES["cases"])
def test_whether_and_when_it_is_sent_again(case: dict[str, Any]) -> None:
    limit = case.get("max_retries", RETRIES["max_retries"])
    for random in (0.0, 0.5, 0.999999):
        decision = decide(
            came_of(case), attempt=case["attempt"], max_retries=limit, now=RETRIES["now"], random=random,
            mended=case.get("clock_mended", False),
        )  # fmt: skip
        if not case["retry"]:
            assert decision.pause_s is None
        else:
            assert decision.pause_s is not None
            assert case["min_s"] <= decision.pause_s <= case["max_s"]
            offset = None if decision.server_time is None else decision.server_time - RETRIES["now"]
            assert offset == case.get("clock_offset_s")
    if "retry_after_s" in case:
        assert (
            core.error_of(came_of(case), RETRIES["now"], "GET /v1/me", "http://opsiq.test").retry_after_s
            == case["retry_after_s"]
        )


def test_pauses_are_spread_over_their_range() -> None:
    pauses = {
        decide(NoAnswer("timeout"), attempt=1, max_retries=3, now=0, random=each / 10).pause_s for each in range(10)
    }
    assert len(pauses) == 10


@named(ERRORS["cases"])
def test_an_answer_becomes_this_error(case: dict[str, Any], scripted: Make) -> None:
    client, _ = scripted([case], max_retries=0)
    with pytest.raises(opsiq.OpsIQError) as raised:
        called(client, {"call": ERRORS["call"], "args": ["order.shipped", {}]})
    error = raised.value
    assert type(error).__name__ == case["class"]
    for name, value in case["fields"].items():
        if name == "errors":
            assert [vars(each) for each in error.errors] == value  # type: ignore[attr-defined]
        elif name == "detail":
            assert value in str(error)
        else:
            assert getattr(error, name) == value, name
    assert "oops" not in str(error)
    assert "hotel" not in str(error)
    if not isinstance(case.get("problem", {}).get("code"), str):
        assert "http://opsiq.test" in str(error)
        assert "POST /v1/events/fire" in str(error)


def test_the_tree_of_errors_is_the_shared_one() -> None:
    for name, parent in ERRORS["tree"].items():
        kind = getattr(opsiq, name)
        assert issubclass(kind, getattr(opsiq, parent or "OpsIQError"))
        assert name in (errors.__doc__ or "")
        assert parent is None or parent in [base.__name__ for base in kind.__bases__]


@pytest.mark.parametrize(
    "error",
    [
        opsiq.NotFoundError("No.", status=404, code="not_found", request_id="req_1", errors=[opsiq.Fault("/a", "b", "c")], run_id="run_1"),  # noqa: E501
        opsiq.WebhookVerificationError("no_match", "No."),
        opsiq.TimedOutError("No answer.", idempotency_key="k"),
    ],
)  # fmt: skip
def test_errors_survive_copying_and_pickling(error: opsiq.OpsIQError) -> None:
    for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


@named(AGAIN["cases"])
def test_one_call_over_its_attempts(case: dict[str, Any], scripted: Make) -> None:
    expected = case["expect"]
    pauses: list[float] = []
    client, script = scripted(
        case["answers"],
        case["clock"],
        public_key=AGAIN["public_key"],
        secret_key=AGAIN["secret_key"],
        sleep=pauses.append,
    )
    if expected["result"] == "ok":
        called(client, case)
    else:
        with pytest.raises(opsiq.OpsIQError) as raised:
            called(client, case)
        assert type(raised.value).__name__ == expected["result"]
    said = [authorization(each) for each in script.sent]
    assert [int(each["ts"]) for each in said] == expected["ts"]
    assert len({each["nonce"] for each in said}) == len(said) == expected["requests"] == len(pauses) + 1
    keys = {each.headers.get("idempotency-key") for each in script.sent}
    assert len(keys) == 1
    [key] = keys
    if expected["key"] == "made":
        assert re.fullmatch("[A-Za-z0-9_.:-]{16,255}", key or "")
    else:
        assert key == expected["key"]
    assert [each.headers["authorization"] for each in script.sent] == [signed_again(each) for each in script.sent]
    assert len({each.content for each in script.sent}) == 1


@named(AGAIN["keys_refused"])
def test_a_key_that_no_request_may_carry_is_refused(case: dict[str, Any], scripted: Make) -> None:
    client, script = scripted([])
    with pytest.raises(opsiq.ConfigurationError, match="idempotency_key"):
        client.events.fire("order.shipped", {}, idempotency_key=case["key"])
    assert script.sent == []


def test_made_keys_differ_from_call_to_call(scripted: Make) -> None:
    client, script = scripted([ACCEPTED, ACCEPTED])
    client.events.fire("order.shipped")
    client.events.fire("order.shipped")
    assert len({each.headers["idempotency-key"] for each in script.sent}) == 2


def test_no_answer_says_which_key_to_send_it_again_with(scripted: Make) -> None:
    client, _ = scripted([{"transport": "timeout"}], max_retries=0)
    with pytest.raises(opsiq.TimedOutError, match="POST /v1/events/fire after 1") as raised:
        client.events.fire("order.shipped", idempotency_key="order-1")
    assert raised.value.idempotency_key == "order-1"


def test_a_mended_clock_is_remembered_for_the_next_call(scripted: Make) -> None:
    skew = {"status": 401, "problem": {"code": "clock_skew", "server_time": NOW + 3600}}
    client, script = scripted([skew, ACCEPTED, ACCEPTED])
    client.events.fire("order.shipped")
    client.events.fire("order.shipped")
    assert [int(authorization(each)["ts"]) - NOW for each in script.sent] == [0, 3600, 3600]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"a": {1, 2}}, "a set"),
        ({"a": float("nan")}, "not finite"),
        ({"a": b"x"}, "a bytes"),
        ({"a": object()}, "an object"),
        ({"a": "\ud800"}, "broken off"),
        ({1.5: object()}, "an object"),
        ({(1, 2): 3}, "tuple"),
    ],
)
def test_what_json_has_no_form_for_is_refused(data: Any, told: str, scripted: Make) -> None:
    client, script = scripted([])
    with pytest.raises(opsiq.ConfigurationError, match=f"JSON.*{told}"):
        client.events.fire("order.shipped", data)
    assert script.sent == []


def test_data_that_holds_itself_is_refused(scripted: Make) -> None:
    data: dict[str, Any] = {}
    data["self"] = data
    with pytest.raises(opsiq.ConfigurationError, match="JSON"):
        scripted([])[0].events.fire("order.shipped", data)


@pytest.mark.parametrize("given", [None, "", ".", ".."])
def test_what_is_no_id_is_told_of_before_anything_is_sent(given: Any, scripted: Make) -> None:
    client, script = scripted([])
    with pytest.raises(opsiq.ConfigurationError, match="is no id"):
        client.runs.get(given)
    assert script.sent == []


def test_every_error_has_a_code_to_decide_by() -> None:
    made = (
        opsiq.ConfigurationError("x"), opsiq.WebhookVerificationError("too_old", "x"), opsiq.TransportError("x"), opsiq.TimedOutError("x"),  # noqa: E501
    )  # fmt: skip
    assert [each.code for each in made] == ["configuration", "webhook_verification", "transport", "timed_out"]
    assert {each.request_id for each in made} == {None}


def test_the_types_are_a_module_of_their_own() -> None:
    assert importlib.import_module("opsiq.types").Run is opsiq.Run


def test_half_a_character_in_an_address_is_refused(scripted: Make) -> None:
    with pytest.raises(opsiq.ConfigurationError, match="surrogate"):
        scripted([])[0].customers.get("a\ud800")


def test_times_may_be_datetimes(scripted: Make) -> None:
    client, script = scripted([ACCEPTED, {"status": 200, "body": '{"data":[],"next":null}'}])
    at = datetime(2026, 11, 24, 6, tzinfo=timezone.utc)
    client.events.fire("order.shipped", {"at": at}, occurred_at=at)
    assert json.loads(script.sent[0].content) == {
        "event": "order.shipped", "data": {"at": "2026-11-24T06:00:00+00:00"}, "occurred_at": "2026-11-24T06:00:00+00:00",  # noqa: E501
    }  # fmt: skip
    assert list(client.webhooks.deliveries.list(since=at)) == []
    assert script.sent[1].url.query == b"since=2026-11-24T06%3A00%3A00%2B00%3A00"


@pytest.mark.parametrize(
    "given", ["opsiq.test", "ftp://opsiq.test", "http://", "http://h/v1", "http://a@h", "http://h?a=b", "http://h/#a"]
)
def test_an_address_that_is_more_or_less_than_one_is_refused(given: str) -> None:
    with pytest.raises(opsiq.ConfigurationError, match="base_url"):
        opsiq.OpsIQ(PUBLIC, SECRET, base_url=given)


@pytest.mark.parametrize(
    "options", [{"timeout_s": 0}, {"timeout_s": -1}, {"timeout_s": float("nan")}, {"max_retries": -1}]
)
def test_limits_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(opsiq.ConfigurationError, match="timeout_s"):
        opsiq.OpsIQ(PUBLIC, SECRET, **options)


def test_the_address_comes_from_the_environment_where_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPSIQ_URL", raising=False)
    with opsiq.OpsIQ(PUBLIC, SECRET) as client:
        assert "'http://127.0.0.1:8080'" in repr(client)
    monkeypatch.setenv("OPSIQ_URL", "https://opsiq.test/")
    with opsiq.OpsIQ(PUBLIC, SECRET) as client:
        assert "'https://opsiq.test'" in repr(client)


def test_the_keys_come_from_the_environment_where_neither_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSIQ_KEY", "pk_test_env")
    monkeypatch.setenv("OPSIQ_SECRET", SECRET)
    with opsiq.OpsIQ() as client:
        assert "'pk_test_env'" in repr(client)
    with opsiq.OpsIQ(PUBLIC, SECRET) as client:
        assert f"'{PUBLIC}'" in repr(client)
    with pytest.raises(opsiq.ConfigurationError, match="secret_key must be"):
        opsiq.OpsIQ(PUBLIC)
    with pytest.raises(opsiq.ConfigurationError, match="public_key must be"):
        opsiq.OpsIQ(secret_key=SECRET)
    monkeypatch.delenv("OPSIQ_SECRET")
    with pytest.raises(opsiq.ConfigurationError, match="secret_key must be"):
        opsiq.OpsIQ()


@pytest.mark.parametrize("path", ["v1/me", "/v1/me?a=b", "/v1/a b", "/v1/../me", "/v1/%2E/me", "/v1/me#a", "/v1/é"])
def test_what_is_no_path_is_not_requested(scripted: Make, path: str) -> None:
    client, script = scripted([])
    with pytest.raises(opsiq.ConfigurationError, match="A path begins with /"):
        client.request("GET", path)
    assert script.sent == []


def test_the_hook_and_the_log_are_told_of_every_attempt_and_of_no_secret(
    scripted: Make, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[opsiq.Attempt] = []
    trouble = {
        "status": 503,
        "headers": {"Retry-After": "2", "X-Request-Id": "req_1"},
        "problem": {"code": "unavailable", "retryable": True},
    }
    client, script = scripted([{"transport": "connect"}, trouble, ACCEPTED], on_attempt=told.append)
    with caplog.at_level(logging.DEBUG):
        client.events.fire("order.shipped", {"card": "4111 1111 card"})
    assert [(each.number, each.status, each.error, each.request_id) for each in told] == [
        (1, None, "connect", None), (2, 503, None, "req_1"), (3, 202, None, None),
    ]  # fmt: skip
    assert [each.pause_s for each in told] == [0.375, 2.0, None]
    assert all(each.path == "/v1/events/fire" and each.method == "POST" and each.duration_s >= 0 for each in told)
    said = "".join(map(repr, told)) + caplog.text
    for secret in (SECRET, "4111 1111 card", authorization(script.sent[0])["sig"]):
        assert secret not in said


def test_a_hook_that_breaks_does_not_break_the_call(scripted: Make, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: opsiq.Attempt) -> None:
        raise RuntimeError("mine")

    client, _ = scripted([ACCEPTED], on_attempt=broken)
    assert client.events.fire("order.shipped").id == "evt_1"
    assert "the call goes on" in caplog.text


def test_a_body_that_nests_without_end_is_no_problem_document() -> None:
    assert core.json_object(Answer(500, {}, b"[" * 200_000)) == {}


def test_unknown_members_and_states_of_a_newer_server_are_passed_over(scripted: Make) -> None:
    client, _ = scripted([{"status": 202, "body": '{"id":"evt_1","event":"a.b","colour":"red"}'}])
    assert client.events.fire("a.b") == opsiq.types.Accepted("evt_1", "a.b")


@pytest.mark.parametrize(
    ("answer", "says"),
    [('{"id":"evt_1"}', "/event is missing"), ('{"id":1,"event":"a.b"}', "/id is no str"), ("[]", "is no dict"), ("nope", "no JSON")],  # noqa: E501
)  # fmt: skip
def test_a_success_of_another_shape_says_where_it_differs(answer: str, says: str, scripted: Make) -> None:
    client, _ = scripted([{"status": 202, "body": answer, "headers": {"X-Request-Id": "req_1"}}])
    with pytest.raises(opsiq.UnreadableAnswerError, match=says) as raised:
        client.events.fire("a.b")
    assert raised.value.request_id == "req_1"

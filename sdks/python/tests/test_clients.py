"""Both clients against a real server on a real socket: pages, cards, waiting, and a network that misbehaves."""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import socket
import threading
import time
from typing import Any

import httpx
import pytest

import opsiq

from .conftest import PUBLIC, SECRET, Either, Server

CARD = {
    "digest": "sha256:" + "0" * 64,
    "held": ["policy"],
    "approvals_needed": 1,
    "approvals": [],
    "drift": [],
    "calls": [],
}
RUN = {
    "id": "run_1", "state": "confirmed", "text": "", "surface": "admin", "cause": None, "created_at": "t", "updated_at": "t",  # noqa: E501
    "expires_at": None, "actor": {"id": "mem_1", "name": "Olivia", "role": "owner"}, "question": None, "card": None, "refusal": None,  # noqa: E501
    "reason": None, "outcomes": [],
}  # fmt: skip


def test_pages_are_read_one_after_the_other_and_only_when_needed(server: Server, ops: Any) -> None:
    record = {"kind": "ticket", "label": "", "detail": "", "data": {}}
    pages = {"": ([1, 2], "A"), "A": ([3], "B"), "B": ([], None)}

    def answer(_: Any, __: str, target: str, ___: bytes) -> Any:
        ids, after = pages[httpx.URL(target).params.get("cursor", "")]
        return 200, {"data": [{**record, "id": str(each)} for each in ids], "next": after}

    server.answer = answer
    found = ops()("tickets.list", status="open", limit=2)
    assert [each.id for each in found] == ["1", "2", "3"]
    base = "/v1/tickets?status=open&limit=2"
    assert [each[1] for each in server.asked] == [base, f"{base}&cursor=A", f"{base}&cursor=B"]


def test_a_page_nobody_needs_is_not_asked_for(server: Server) -> None:
    server.answer = lambda *_: (200, {"data": [RUN, RUN], "next": "run_2"})
    with opsiq.OpsIQ(PUBLIC, SECRET, base_url=server.url) as client:
        runs = client.runs.list()
        assert [next(runs).id, next(runs).id] == ["run_1", "run_1"]
    assert len(server.asked) == 1


def test_a_run_that_is_on_its_way_is_waited_for_as_a_held_one_is(server: Server, ops: Any) -> None:
    server.answer = lambda _, method, *__: (202, RUN) if method == "POST" else (200, {**RUN, "state": "succeeded"})
    call = ops()
    result = call("actions.run", "saas.send_kb_link", {"ticket_id": 5519})
    assert type(result) is (opsiq.Started if call.loop is None else opsiq.AsyncStarted)
    assert isinstance(result, opsiq.Started)
    assert not isinstance(result, opsiq.Held)
    assert isinstance(result, opsiq.Run)
    assert (result.state, result.actor.name) == ("confirmed", "Olivia")
    assert call("wait", on=result, timeout_s=30).state == "succeeded"
    assert server.asked[1][1] == "/v1/runs/run_1?wait_s=20"
    assert not hasattr(result, "confirm"), "there is nothing to say yes to"


def test_a_held_run_without_a_card_has_nothing_to_confirm(server: Server, ops: Any) -> None:
    server.answer = lambda *_: (202, {**RUN, "state": "held", "card": None})
    result = ops()("actions.run", "saas.send_kb_link", {"ticket_id": 5519})
    assert isinstance(result, opsiq.Started)
    assert (result.state, result.card) == ("held", None)


def test_a_held_run_has_a_card_and_can_be_confirmed_rejected_and_waited_for(server: Server, ops: Any) -> None:
    states = iter(["held", "held", "executing", "succeeded"])

    def answer(_: Any, method: str, target: str, __: bytes) -> Any:
        if target.startswith("/v1/runs/run_1?"):
            return 200, {**RUN, "state": next(states), "card": CARD}
        return (
            (202, {**RUN, "state": "held", "card": CARD})
            if target == "/v1/actions/run"
            else (200, {**RUN, "state": target.rpartition("/")[2]})
        )

    pauses: list[float] = []
    server.answer = answer
    call = ops()
    call.client._sleep = pauses.append if call.loop is None else noting(pauses)
    held = call("actions.run", "saas.refund_invoice", {"invoice_id": 1042})
    assert type(held) is (opsiq.Held if call.loop is None else opsiq.AsyncHeld)
    assert isinstance(held, opsiq.Held), "asked alike of either client's"
    assert not isinstance(held, opsiq.Started)
    assert isinstance(held, opsiq.Run)
    assert (held.state, held.card.digest) == ("held", CARD["digest"])
    assert SECRET not in repr(held)
    assert dataclasses.asdict(held)["card"]["digest"] == CARD["digest"]
    assert call("confirm", on=held).state == "confirm"
    assert call("reject", on=held, reason="No").state == "reject"
    assert call("wait", on=held, timeout_s=30).state == "succeeded"
    assert pauses == [1.0, 1.0]
    assert server.asked[1] == ("POST", "/v1/runs/run_1/confirm", b'{"digest":"%s"}' % CARD["digest"].encode())
    assert server.asked[2] == ("POST", "/v1/runs/run_1/reject", b'{"reason":"No"}')
    assert [each[1] for each in server.asked[3:4]] == ["/v1/runs/run_1?wait_s=20"]


def noting(pauses: list[float]) -> Any:
    async def sleep(pause_s: float) -> None:
        pauses.append(pause_s)

    return sleep


def test_waiting_ends_when_time_is_up_and_says_where_the_run_stands(server: Server, ops: Any) -> None:
    server.answer = lambda *_: (200, {**RUN, "state": "executing"})
    with pytest.raises(opsiq.TimedOutError, match="run_1 is still executing after 0"):
        ops()("runs.wait", "run_1", timeout_s=0.01)


@pytest.mark.parametrize("state", ["asked", "refused", "abstained", "unknown", "failed", "a state to come"])
def test_waiting_ends_with_whatever_is_no_longer_under_way(server: Server, ops: Any, state: str) -> None:
    server.answer = lambda *_: (200, {**RUN, "state": state})
    assert ops()("runs.wait", "run_1").state == state


def test_no_answer_in_time_is_tried_again_and_then_an_error(server: Server, ops: Any) -> None:
    release = threading.Event()

    def answer(*_: Any) -> Any:
        release.wait(30)

    server.answer = answer
    with pytest.raises(opsiq.TimedOutError, match=r"2 attempt\(s\): timeout"):
        ops(timeout_s=0.3, max_retries=1)("me.get")
    release.set()
    assert len(server.asked) == 2


def test_other_bounds_for_one_call_leave_the_client_as_it_is(server: Server, ops: Any) -> None:
    client = ops(max_retries=2).client
    one = Either(client.with_options(timeout_s=5, max_retries=0), None)
    assert (one.client._core.timeout_s, one.client._core.max_retries) == (5, 0)
    assert (client._core.timeout_s, client._core.max_retries) == (30.0, 2)
    assert one.client.me._client is one.client, "its resources call through it"
    assert one.client._http is client._http
    with pytest.raises(opsiq.ConfigurationError):
        client.with_options(timeout_s=0)


def test_a_call_with_bounds_of_its_own_keeps_to_them_over_the_same_connections(server: Server, ops: Any) -> None:
    made = ops(max_retries=3)
    server.answer = lambda *_: (503, {"code": "unavailable", "retryable": True})
    once = made.client.with_options(max_retries=0)
    with pytest.raises(opsiq.ServerError):
        made("get", on=once.me)
    assert len(server.asked) == 1
    made("close" if made.loop is None else "aclose", on=once)
    server.answer = lambda *_: (200, RUN)
    assert made("runs.get", "run_1").id == RUN["id"], "closing it leaves the connections open"


def test_an_answer_that_trickles_is_no_answer_in_time(server: Server, ops: Any) -> None:
    release = threading.Event()

    def answer(handler: Any, *_: Any) -> Any:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        with contextlib.suppress(OSError):
            while not release.wait(0.05):
                handler.wfile.write(b" ")

    server.answer = answer
    with pytest.raises(opsiq.TimedOutError, match="too slowly"):
        ops(timeout_s=0.5, max_retries=0)("me.get")
    release.set()


def test_a_connection_that_drops_is_tried_again_with_the_same_key(server: Server, ops: Any) -> None:
    keys: list[str] = []

    def answer(handler: Any, *_: Any) -> Any:
        keys.append(handler.headers["idempotency-key"])
        return None if len(keys) < 3 else (202, {"id": "evt_1", "event": "a.b"})

    server.answer = answer
    assert ops()("events.fire", "a.b", {"n": 1}).id == "evt_1"
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_an_answer_cut_off_is_no_answer(server: Server, ops: Any) -> None:
    def answer(handler: Any, *_: Any) -> Any:
        handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"workspace"')

    server.answer = answer
    with pytest.raises(opsiq.TransportError, match="dropped"):
        ops(max_retries=0)("me.get")


def test_nobody_there_is_an_error_that_says_so(ops: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # taken, and nobody listens
        with pytest.raises(opsiq.TransportError, match="connect") as raised:
            ops(max_retries=0, base_url=f"http://127.0.0.1:{free.getsockname()[1]}")("me.get")
    assert not isinstance(raised.value, opsiq.TimedOutError)


def test_a_redirect_is_not_followed_even_by_a_client_that_follows_them(server: Server) -> None:
    def answer(handler: Any, *_: Any) -> Any:
        handler.send_response(307)
        handler.send_header("Location", "/elsewhere")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.answer = answer
    with httpx.Client(follow_redirects=True) as http, pytest.raises(opsiq.ApiError) as raised:
        opsiq.OpsIQ(PUBLIC, SECRET, base_url=server.url, http=http).me.get()
    assert raised.value.status == 307
    assert len(server.asked) == 1


def test_a_compressed_answer_is_read_and_a_broken_one_is_no_answer(server: Server, ops: Any) -> None:
    bodies = [gzip.compress(b'{"data":[]}'), b"not gzip at all"]

    def answer(handler: Any, *_: Any) -> Any:
        body = bodies.pop(0)
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
        return None

    server.answer = answer
    call = ops(max_retries=0)
    assert call("connectors.list") == ()
    with pytest.raises(opsiq.TransportError, match="dropped"):
        call("connectors.list")


def test_a_removal_answers_nothing(server: Server, ops: Any) -> None:
    server.answer = lambda *_: (204, None)
    assert ops()("webhooks.endpoints.delete", "whe_1") is None


def test_events_are_listed_and_read_with_their_reactions(server: Server, ops: Any) -> None:
    event = {
        "id": "evt_1", "event": "order.shipped", "data": {"order_ref": "NB-9182"}, "occurred_at": "t", "fired_at": "t",
        "finished_at": None, "origin": "api", "caused_by": None, "depth": 0, "state": "done", "request_id": None,
    }  # fmt: skip
    reaction = {
        "subscriber": "webhooks", "priority": 0, "blocking": False, "state": "done", "attempts": 1, "detail": "", "error": "",  # noqa: E501
        "started_at": None, "finished_at": None,
    }  # fmt: skip
    call = ops()
    server.answer = lambda *_: (200, {"data": [event], "next": None})
    assert [each.id for each in call("events.list", event="order.*", since="2026-11-24T06:00:00Z", limit=5)] == [
        "evt_1"
    ]
    assert server.asked[-1][1] == "/v1/events?event=order.%2A&since=2026-11-24T06%3A00%3A00Z&limit=5"
    server.answer = lambda *_: (200, {**event, "reactions": [reaction]})
    assert call("events.get", "evt_1").reactions[0].subscriber == "webhooks"
    assert server.asked[-1][:2] == ("GET", "/v1/events/evt_1")


def test_a_held_card_is_edited_by_words(server: Server, ops: Any) -> None:
    server.answer = lambda *_: (200, {**RUN, "state": "held", "card": CARD})
    assert ops()("runs.edit", "run_1", "sha256:0", {"0.amount": "20 dollars"}).card.digest == CARD["digest"]
    changed = b'{"digest":"sha256:0","changes":{"0.amount":"20 dollars"}}'
    assert server.asked == [("POST", "/v1/runs/run_1/edit", changed)]


def test_an_unknown_outcome_is_settled_by_a_verdict(server: Server, ops: Any) -> None:
    server.answer = lambda *_: (200, {**RUN, "state": "succeeded"})
    assert ops()("runs.decide", "run_1", "happened").state == "succeeded"
    assert server.asked == [("POST", "/v1/runs/run_1/decide", b'{"verdict":"happened"}')]


def test_contracts_are_registered_and_retired_and_their_secret_is_not_shown(server: Server, ops: Any) -> None:
    made = {"name": "saas.a", "version": 2, "digest": "d", "fresh": True, "secret": "whsec_hidden"}
    call = ops()
    server.answer = lambda *_: (201, {"data": [made]})
    [registered] = call("contracts.register", [{"name": "saas.a", "description": None}])
    assert (registered.version, registered.secret) == (2, "whsec_hidden")
    assert "hidden" not in repr(registered)
    server.answer = lambda *_: (200, {"name": "saas.a", "version": 2, "state": "retired"})
    assert call("contracts.retire", "saas.a").state == "retired"
    server.answer = lambda *_: (200, {"data": []})
    assert call("contracts.versions", "saas.a") == ()
    assert server.asked == [
        ("POST", "/v1/contracts", b'{"contracts":[{"name":"saas.a","description":null}]}'),
        ("DELETE", "/v1/contracts/saas.a", b""),
        ("GET", "/v1/contracts/saas.a/versions", b""),
    ]


def test_anything_else_is_requested_signed_and_answered_as_it_is(server: Server, ops: Any) -> None:
    call = ops()
    server.answer = lambda *_: (200, {"data": [1]})
    assert call("request", "get", "/v1/history", query={"limit": 10}) == {"data": [1]}
    assert call("request", "POST", "/v1/x", body={"a": None}, idempotency_key="k") == {"data": [1]}
    server.answer = lambda *_: (204, None)
    assert call("request", "DELETE", "/v1/x") is None
    assert server.asked == [
        ("GET", "/v1/history?limit=10", b""), ("POST", "/v1/x", b'{"a":null}'), ("DELETE", "/v1/x", b""),
    ]  # fmt: skip


def test_spans_are_recovered_and_replayed(server: Server, ops: Any) -> None:
    server.answer = lambda *_: (202, {"id": "job_1", "endpoint": "whe_1", "since": "a", "until": "b"})
    call = ops()
    for act in ("recover", "replay"):
        assert call(f"webhooks.endpoints.{act}", "whe_1", "2026-11-24T06:00:00Z").endpoint == "whe_1"
        assert server.asked[-1] == ("POST", f"/v1/webhooks/endpoints/whe_1/{act}", b'{"since":"2026-11-24T06:00:00Z"}')


def test_the_secret_of_an_endpoint_is_there_but_not_shown(server: Server, ops: Any) -> None:
    health = {
        "last_success_at": None, "last_failure_at": None, "failing_since": None, "consecutive_failures": 0, "attempts_24h": 0,  # noqa: E501
        "success_rate_24h": None, "slowed_s": 0,
    }  # fmt: skip
    endpoint = {
        "id": "whe_1", "url": "u", "description": "", "events": ["*"], "headers": [], "per_minute": None, "state": "active", "why": "",  # noqa: E501
        "created_at": "t", "changed_at": "t", "previous_secret_until": None, "health": health, "secret": "whsec_hidden",
    }  # fmt: skip
    server.answer = lambda *_: (201, endpoint)
    made = ops()("webhooks.endpoints.create", "https://example.com", ["*"])
    assert made.secret == "whsec_hidden"
    assert "hidden" not in repr(made)


def test_a_call_that_waits_on_the_server_has_that_much_more_time(server: Server, ops: Any) -> None:
    def answer(*_: Any) -> Any:
        time.sleep(0.5)
        return 200, RUN

    server.answer = answer
    assert ops(timeout_s=0.3, max_retries=0)("runs.get", "run_1", wait_s=20).id == "run_1"


async def test_the_asynchronous_client_closes_what_it_opened_and_nothing_else(server: Server) -> None:
    async with opsiq.AsyncOpsIQ(PUBLIC, SECRET, base_url=server.url) as client:
        pass
    assert client._http.is_closed
    async with httpx.AsyncClient() as http:
        async with opsiq.AsyncOpsIQ(PUBLIC, SECRET, base_url=server.url, http=http):
            pass
        assert not http.is_closed

"""Handlers under real frameworks: each message acted on once, and nothing a sender does breaks the answer."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import logging
import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Union

import django
import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient
from flask import Flask, request
from standardwebhooks import Webhook

import opsiq
from opsiq.receiver import KEPT_S, STALE_S

from .conftest import named, vectors

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = 1_700_000_000
RECEIVED = vectors("received.json")


def call(
    msg_id: str = "act_1", params: Any = None, action: str = "saas.refund_invoice", at: int = NOW
) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(
        {
            "action": action, "actor": {"id": "mem_1", "name": "Zoë", "role": "owner"}, "contract_version": 1, "id": msg_id,  # noqa: E501
            "params": params or {"invoice_id": 1042}, "run_id": "run_1", "workspace": "ws_1",
        },
        separators=(",", ":"), ensure_ascii=False,
    )  # fmt: skip
    return body.encode(), headers(msg_id, body, at)


def event(name: str = "invoice.paid") -> tuple[bytes, dict[str, str]]:
    body = json.dumps({"data": {"amount": 1}, "id": "evt_1", "timestamp": "2023-11-14T22:13:20Z", "type": name})
    return body.encode(), {**headers("evt_1", body), "opsiq-event": name}


def headers(msg_id: str, body: Union[str, bytes], at: int = NOW) -> dict[str, str]:
    if isinstance(body, str):
        signature = Webhook(SECRET).sign(msg_id, datetime.fromtimestamp(at, timezone.utc), body)
    else:
        mac = hmac.digest(base64.b64decode(SECRET[6:]), f"{msg_id}.{at}.".encode() + body, "sha256")
        signature = "v1," + base64.b64encode(mac).decode()
    return {
        "webhook-id": msg_id,
        "webhook-timestamp": str(at),
        "webhook-signature": signature,
        "content-type": "application/json",
    }


def receiver(**more: Any) -> opsiq.Receiver:
    return opsiq.Receiver(SECRET, clock=lambda: float(NOW), **more)


def refunding(made: opsiq.Receiver) -> list[Any]:
    done: list[Any] = []

    @made.action("saas.refund_invoice")
    def refund(given: opsiq.ActionCall) -> dict[str, Any]:
        done.append(given.params["invoice_id"])
        return {"refunded": given.params["invoice_id"], "by": given.actor["name"]}

    return done


def test_flask() -> None:
    made = receiver()
    done = refunding(made)
    app = Flask(__name__)

    @app.post("/opsiq")
    def opsiq_() -> Any:
        reply = made.handle(request.get_data(), request.headers)
        return reply.body, reply.status, dict(reply.headers)

    body, sent = call()
    with app.test_client() as http:
        first, second = http.post("/opsiq", data=body, headers=sent), http.post("/opsiq", data=body, headers=sent)
        altered = http.post("/opsiq", data=body.replace(b"1042", b"1043"), headers=sent)
    assert (first.status_code, first.get_json()) == (200, {"refunded": 1042, "by": "Zoë"})
    assert "Idempotency-Replayed" not in first.headers
    assert (second.status_code, second.data, second.headers["Idempotency-Replayed"]) == (200, first.data, "true")
    assert altered.status_code == 401
    assert done == [1042]


def test_fastapi_with_an_asynchronous_handler() -> None:
    made, done = receiver(), []
    app = FastAPI()

    @made.action("saas.refund_invoice")
    async def refund(given: opsiq.ActionCall) -> dict[str, Any]:
        await asyncio.sleep(0)
        done.append(given.id)
        return {"ok": True}

    @app.post("/opsiq")
    async def opsiq_(request: Request) -> Response:
        reply = await made.ahandle(await request.body(), request.headers)
        return Response(reply.body, reply.status, dict(reply.headers))

    body, sent = call()
    with TestClient(app) as http:
        answers = [http.post("/opsiq", content=body, headers=sent) for _ in range(2)]
        doubled = http.post("/opsiq", content=body, headers=[*sent.items(), ("webhook-id", "act_1")])
    assert [each.json() for each in answers] == [{"ok": True}] * 2
    assert doubled.status_code == 401
    assert done == ["act_1"]


def test_django() -> None:
    from django.conf import settings

    settings.configure(ALLOWED_HOSTS=["*"], DEFAULT_CHARSET="utf-8")
    django.setup()
    from django.test import RequestFactory

    made = receiver()
    done = refunding(made)
    body, sent = call()
    asked = RequestFactory().post("/opsiq", data=body, content_type="application/json", headers=sent)
    assert made.handle(asked.body, asked.headers).status == 200
    assert made.handle(asked.body, asked.META).headers["Idempotency-Replayed"] == "true"
    assert done == [1042]


def test_the_views_of_three_frameworks_answer_alike_and_do_it_once() -> None:
    from django.conf import settings
    from django.test import RequestFactory

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], DEFAULT_CHARSET="utf-8")
        django.setup()
    made = receiver()
    done = refunding(made)
    flask_app, fastapi_app, view = Flask(__name__), FastAPI(), made.django()
    flask_app.post("/opsiq")(made.flask())
    fastapi_app.post("/opsiq")(made.fastapi())
    body, sent = call()
    with flask_app.test_client() as http, TestClient(fastapi_app) as asgi:
        first, again = http.post("/opsiq", data=body, headers=sent), asgi.post("/opsiq", content=body, headers=sent)
        bad = [
            http.post("/opsiq", data=b"{}", headers=sent).status_code,
            asgi.post("/opsiq", content=b"{}").status_code,
        ]
    post = RequestFactory().post("/opsiq", data=body, content_type="application/json", headers=sent)
    third = view(post)
    assert (first.status_code, first.get_json()) == (200, {"refunded": 1042, "by": "Zoë"})
    assert [(each.status_code, each.content) for each in (again, third)] == [(200, first.data)] * 2
    assert [each.headers["Idempotency-Replayed"] for each in (again, third)] == ["true"] * 2
    assert [each.headers["Content-Type"] for each in (first, again, third)] == ["application/json"] * 3
    assert bad == [401, 401]
    assert view.csrf_exempt is True  # type: ignore[attr-defined]
    assert view(RequestFactory().get("/opsiq")).status_code == 405
    assert done == [1042]


def test_events_go_to_the_first_pattern_that_fits_and_the_rest_is_accepted() -> None:
    made, got = receiver(), []
    made.event("invoice.*")(lambda given: got.append(("invoice", given.type)))
    made.event("*.paid")(lambda given: got.append(("paid", given.type)))
    assert made.handle(*event()) == opsiq.Reply(204)
    assert got == [("invoice", "invoice.paid")]
    assert receiver().handle(*event()).status == 204


@named(RECEIVED["messages"])
def test_a_signed_message_is_what_its_signed_body_says(case: dict[str, Any]) -> None:
    made, got = receiver(), []
    made.action("saas.refund_invoice")(lambda given: got.append("call"))
    made.event("*")(lambda given: got.append("event"))
    body = case["body"].encode() if "body" in case else base64.b64decode(case["body_base64"])
    reply = made.handle(body, [*headers(case["id"], body).items(), *case["headers"]])
    assert got == ([] if case["kind"] is None else [case["kind"]])
    assert reply.status == (400 if case["kind"] is None else 204)


@pytest.mark.parametrize("case", RECEIVED["patterns"], ids=lambda each: f"{each['pattern']} and {each['type']}")
def test_a_pattern_takes_these_events(case: dict[str, Any]) -> None:
    made, got = receiver(), []
    made.event(case["pattern"])(lambda given: got.append(given.type))
    made.handle(*event(case["type"]))
    assert got == ([case["type"]] if case["fits"] else [])


def test_an_action_nobody_does_here_is_404_and_not_remembered() -> None:
    made = receiver()
    assert made.handle(*call()).status == 404
    done = refunding(made)
    assert made.handle(*call()).status == 200
    assert done == [1042]


def test_a_handler_that_breaks_is_500_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    made, tries = receiver(), []

    @made.action("saas.refund_invoice")
    def refund(given: opsiq.ActionCall) -> None:
        tries.append(given.id)
        if len(tries) == 1:
            raise RuntimeError("the bank is closed")

    first = made.handle(*call())
    assert first.status == 500
    assert b"bank" not in first.body
    assert "the bank is closed" in caplog.text
    assert made.handle(*call()).status == 204
    assert tries == ["act_1"] * 2


def test_a_refusal_is_answered_and_final() -> None:
    made, tries = receiver(), []

    @made.action("saas.refund_invoice")
    def refund(given: opsiq.ActionCall) -> None:
        tries.append(given.id)
        raise opsiq.Refuse("It is not paid.", status=409)

    for _ in range(2):
        reply = made.handle(*call())
        assert (reply.status, json.loads(reply.body)["detail"]) == (409, "It is not paid.")
    assert tries == ["act_1"]


def test_while_it_is_being_done_a_repeat_is_told_to_come_again() -> None:
    made, begun, go = receiver(), threading.Event(), threading.Event()

    @made.action("saas.refund_invoice")
    def refund(_: opsiq.ActionCall) -> str:
        begun.set()
        go.wait(30)
        return "done"

    replies: list[opsiq.Reply] = []
    other = threading.Thread(target=lambda: replies.append(made.handle(*call())))
    other.start()
    begun.wait(30)
    busy = made.handle(*call())
    go.set()
    other.join(30)
    assert (busy.status, busy.headers["Retry-After"]) == (503, "1")
    assert (replies[0].status, replies[0].body) == (200, b'"done"')


def test_the_same_id_with_another_body_is_refused() -> None:
    made = receiver()
    done = refunding(made)
    made.handle(*call())
    assert made.handle(*call(params={"invoice_id": 7})).status == 422
    assert done == [1042]


def test_what_can_not_be_answered_is_done_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    made, done = receiver(), []
    made.action("saas.refund_invoice")(lambda given: done.append(given.id) or {1, 2})
    assert [made.handle(*call()).status for _ in range(2)] == [204, 204]
    assert done == ["act_1"]
    assert "can't be answered" in caplog.text


def test_a_reply_of_ones_own_goes_out_as_it_is() -> None:
    made = receiver()
    made.action("saas.refund_invoice")(lambda _: opsiq.Reply(201, b"made", {"X-A": "b"}))
    assert made.handle(*call()) == opsiq.Reply(201, b"made", {"X-A": "b"})


def test_an_asynchronous_handler_is_not_called_by_the_synchronous_door(caplog: pytest.LogCaptureFixture) -> None:
    made, done = receiver(), []

    @made.action("saas.refund_invoice")
    async def refund(given: opsiq.ActionCall) -> None:
        done.append(given.id)

    assert made.handle(*call()).status == 500
    assert "ahandle" in caplog.text
    assert done == []


async def test_the_asynchronous_door_does_all_of_it_too(caplog: pytest.LogCaptureFixture) -> None:
    made, tries = receiver(), []

    @made.action("saas.refund_invoice")
    async def refund(given: opsiq.ActionCall) -> None:
        tries.append(given.id)
        if len(tries) == 1:
            raise RuntimeError("closed")
        raise opsiq.Refuse("No.")

    assert [(await made.ahandle(*call())).status for _ in range(3)] == [500, 422, 422]
    assert len(tries) == 2
    assert (await made.ahandle(b"{}", {})).status == 401
    made.event("*")(lambda _: None)
    assert (await made.ahandle(*event())).status == 204


async def test_a_cancelled_handler_leaves_its_message_to_the_next_attempt() -> None:
    made, tries = receiver(), []

    @made.action("saas.refund_invoice")
    async def refund(given: opsiq.ActionCall) -> None:
        tries.append(given.id)
        if len(tries) == 1:
            await asyncio.sleep(60)

    task = asyncio.create_task(made.ahandle(*call()))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await made.ahandle(*call())).status == 204


def test_a_refused_message_is_logged_with_its_reason_and_answered_without(caplog: pytest.LogCaptureFixture) -> None:
    body, sent = call(at=NOW - 301)
    with caplog.at_level(logging.WARNING):
        reply = receiver().handle(body, sent)
    assert "too_old" in caplog.text
    assert b"old" not in reply.body
    assert SECRET[6:] not in caplog.text


def test_a_store_in_a_file_is_shared_and_outlives_its_process(tmp_path: Path) -> None:
    path = str(tmp_path / "received.db")
    first, second = opsiq.SqliteStore(path), opsiq.SqliteStore(path)
    done = refunding(a := receiver(store=first))
    more = refunding(b := receiver(store=second))
    assert a.handle(*call()).status == b.handle(*call()).status == 200
    first.close()
    second.close()
    third = opsiq.SqliteStore(path)
    again = refunding(c := receiver(store=third))
    assert c.handle(*call()).headers["Idempotency-Replayed"] == "true"
    assert (done, more, again) == ([1042], [], [])
    third.close()


def test_a_claim_whose_process_died_is_taken_over_and_answers_are_forgotten_at_last() -> None:
    now = [float(NOW)]
    store = opsiq.SqliteStore(":memory:", clock=lambda: now[0])
    assert store.claim("act_1", "f") == "fresh"
    now[0] += STALE_S
    assert store.claim("act_1", "f") == "busy"
    now[0] += 1
    assert store.claim("act_1", "other") == "reused"
    assert store.claim("act_1", "f") == "fresh"
    store.keep("act_1", opsiq.Reply(200, b"\xff", {"A": "b"}))
    store.release("act_1")
    assert store.claim("act_1", "f") == opsiq.Reply(200, b"\xff", {"A": "b"})
    now[0] += KEPT_S + 1
    assert store.claim("act_1", "f") == "fresh"
    store.close()

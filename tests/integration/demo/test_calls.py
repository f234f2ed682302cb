"""Action calls: verified, done once, by the platform's own rules."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import aiohttp
import jsonschema_rs
import pytest

from connectors.saas import SaasConnector
from core import webhook_signature
from executors.http.platform_client import HttpPlatformClient
from registry.connector import Settings
from tests.integration.demo.conftest import Http, Platform, signed

_KEYS = (f"act_{n}" for n in itertools.count())


def key() -> str:
    return next(_KEYS)


EVERY_ACTION: tuple[tuple[str, dict[str, Any]], ...] = (
    ("refund_invoice", {"invoice_id": 1044, "amount": 900, "currency": "EUR", "reason": "late"}),
    ("void_invoice", {"invoice_id": 1051}),
    ("resend_invoice", {"invoice_id": 1045}),
    ("apply_credit", {"customer_id": 401, "amount": 2000, "currency": "EUR", "note": "goodwill"}),
    ("void_credit", {"credit_id": 2}),
    ("cancel_subscription", {"subscription_id": 303, "when": "period_end"}),
    ("resume_subscription", {"subscription_id": 303}),
    ("change_plan", {"subscription_id": 300, "plan": "starter"}),
    ("extend_trial", {"subscription_id": 305, "days": 7}),
    ("update_email", {"customer_id": 404, "email": "hugo@example.net"}),
    ("suspend_customer", {"customer_id": 402, "reason": "fraud"}),
    ("unsuspend_customer", {"customer_id": 402}),
    ("send_kb_link", {"ticket_id": 5519, "article": "how-to-reset-password"}),
    ("reply_ticket", {"ticket_id": 5522, "message": "On it — =1+1 <b>now</b>"}),
    ("assign_ticket", {"ticket_id": 5523, "agent_id": 1}),
    ("set_ticket_priority", {"ticket_id": 5524, "priority": "urgent"}),
    ("close_ticket", {"ticket_id": 5525}),
    ("reopen_ticket", {"ticket_id": 5525}),
)


async def test_every_action_is_done_and_answers_as_its_contract_promises(
    platform: Platform, client: HttpPlatformClient, http: Http
) -> None:
    contracts = {each.name: each for each in SaasConnector(client, Settings(platform.url, {})).register_actions()}
    assert {f"saas.{name}" for name, _ in EVERY_ACTION} == set(contracts)
    for name, params in EVERY_ACTION:
        answer = await http.call(name, params, key=key())
        assert answer.status == 200, (name, answer.body)
        contract = contracts[f"saas.{name}"]
        jsonschema_rs.validate(dict(contract.parameters), params)
        jsonschema_rs.validate(contract.result or {}, answer.body)
    assert [call["action"] for call in reversed(await http.calls())] == [f"saas.{name}" for name, _ in EVERY_ACTION]


async def test_a_refund_is_seen_in_the_live_record(http: Http) -> None:
    answer = await http.call("refund_invoice", {"invoice_id": 1042}, key=key())
    assert answer.body["refunded"] == 4900
    row = (await http.get("/api/invoices/1042")).body
    assert (row["status"], row["refunded"], row["refundable"]) == ("refunded", 4900, 0)


@pytest.mark.parametrize(
    ("name", "params", "status", "code"),
    [
        ("refund_invoice", {"invoice_id": 1061}, 409, "wrong_state"),
        ("refund_invoice", {"invoice_id": 1050, "amount": 19601}, 422, "amount_too_high"),
        ("refund_invoice", {"invoice_id": 1050, "amount": 100, "currency": "EUR"}, 422, "wrong_currency"),
        ("refund_invoice", {"invoice_id": 1050, "amount": 0}, 422, "invalid_params"),
        ("refund_invoice", {"invoice_id": 1050, "amount": "100"}, 422, "invalid_params"),
        ("refund_invoice", {"invoice_id": True}, 422, "invalid_params"),
        ("refund_invoice", {"invoice_id": 1050, "__proto__": 1}, 422, "invalid_params"),
        ("refund_invoice", {"invoice_id": 999}, 404, "not_found"),
        ("cancel_subscription", {"subscription_id": 301, "when": ["now"]}, 422, "invalid_params"),
        ("update_email", {"customer_id": 421, "email": "ANNA.schmidt@example.de"}, 409, "email_taken"),
        ("update_email", {"customer_id": 421, "email": "a@b\r\nBcc: c@d"}, 422, "invalid_params"),
        ("send_kb_link", {"ticket_id": 5503, "article": "how-to-reset-password"}, 409, "wrong_state"),
        ("send_kb_link", {"ticket_id": 5520, "article": "no-such"}, 404, "not_found"),
    ],
)
async def test_what_the_rules_forbid_is_refused_and_changes_nothing(
    http: Http, name: str, params: dict[str, Any], status: int, code: str
) -> None:
    before = (await http.get("/api/invoices/1050")).body
    answer = await http.call(name, params, key=key())
    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await http.get("/api/invoices/1050")).body == before


async def test_the_same_call_twice_acts_once_and_answers_the_same(http: Http) -> None:
    mine, params = key(), {"invoice_id": 1054, "amount": 100, "currency": "GBP"}
    first, second = (
        await http.call("refund_invoice", params, key=mine),
        await http.call("refund_invoice", params, key=mine),
    )
    assert first.body == second.body
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert (await http.get("/api/invoices/1054")).body["refunded"] == 100
    (call,) = [each for each in await http.calls() if each["webhook_id"] == mine]
    assert call["times_received"] == 2


async def test_fifty_at_once_with_one_id_act_once(http: Http) -> None:
    mine, params = key(), {"customer_id": 414, "amount": 700, "currency": "EUR"}
    answers = await asyncio.gather(*(http.call("apply_credit", params, key=mine) for _ in range(50)))
    assert {str(answer.body) for answer in answers} == {str(answers[0].body)}
    assert (await http.get("/api/customers/414")).body["credit_balance"] == 700


async def test_a_refusal_is_repeated_too(http: Http) -> None:
    mine = key()
    first = await http.call("void_invoice", {"invoice_id": 1036}, key=mine)
    assert first.status == 409
    assert (await http.call("void_invoice", {"invoice_id": 1036}, key=mine)).body == first.body


async def test_the_same_id_with_another_body_is_refused(http: Http) -> None:
    mine = key()
    await http.call("apply_credit", {"customer_id": 415, "amount": 100, "currency": "EUR"}, key=mine)
    again = await http.call("apply_credit", {"customer_id": 415, "amount": 999, "currency": "EUR"}, key=mine)
    assert (again.status, again.body["code"]) == (422, "idempotency_key_reused")
    assert (await http.get("/api/customers/415")).body["credit_balance"] == 100


async def test_an_unsigned_or_tampered_call_is_refused_and_noted(http: Http) -> None:
    body = b'{"action":"saas.close_ticket","actor":{},"id":"act_x","params":{"ticket_id":5526}}'
    good = signed("act_x", body)
    other = webhook_signature.make_secret()
    for headers, sent in (
        ({}, body),
        (good, body.replace(b"5526", b"5523")),
        (signed("act_x", body, other), body),
        (good | {"webhook-timestamp": "1700000000"}, body),
        (good | {"webhook-timestamp": "nan"}, body),
        (good | {"webhook-signature": "v1"}, body),
        (good | {"webhook-signature": "v1,!!!"}, body),
        (good, b"\xff\xfe"),
    ):
        answer = await http.post("close_ticket", sent, headers)
        assert (answer.status, answer.body["code"]) == (401, "invalid_signature"), headers
    assert (await http.get("/api/tickets/5526")).body["status"] == "open"
    ledger = (await http.get("/ledger?format=json")).body
    assert len(ledger["rejected"]) == 8
    assert all(call["webhook_id"] != "act_x" for call in ledger["items"])


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"id":"act_y"}', b'{"action":"saas.close_ticket","actor":{},"id":"act_z","params":{}}',
     b'{"action":"saas.void_credit","actor":{},"id":"act_y","params":{}}',
     b'{"action":"saas.close_ticket","actor":{},"id":"act_y","params":{"ticket_id":NaN}}',
     b'{"action":"saas.close_ticket","actor":{"name":"\\ud800"},"id":"act_y","params":{}}', b"[" * 9000],
)  # fmt: skip
async def test_a_signed_body_in_another_shape_is_refused(http: Http, body: bytes) -> None:
    answer = await http.post("close_ticket", body, signed("act_y", body))
    assert (answer.status, answer.body["code"]) == (400, "bad_call")


async def test_a_body_that_is_too_large_is_refused(http: Http) -> None:
    body = b" " * 300_000
    assert (await http.post("close_ticket", body, signed("act_big", body))).status == 413


async def test_a_fault_of_500_does_not_act_and_the_retry_does(http: Http) -> None:
    mine, params = key(), {"ticket_id": 5526, "agent_id": 2}
    await http.faults({"status": 500})
    assert (await http.call("assign_ticket", params, key=mine)).status == 500
    assert (await http.get("/api/tickets/5526")).body["agent_id"] == 4
    assert (await http.call("assign_ticket", params, key=mine)).status == 200


async def test_a_connection_closed_before_acting_leaves_nothing_done(http: Http) -> None:
    mine, params = key(), {"customer_id": 416, "amount": 300, "currency": "EUR"}
    await http.faults({"close_before": True})
    with pytest.raises(aiohttp.ClientError):
        await http.call("apply_credit", params, key=mine)
    assert (await http.get("/api/customers/416")).body["credit_balance"] == 0


async def test_a_connection_closed_after_acting_has_acted_and_a_retry_gets_the_same_answer(http: Http) -> None:
    mine, params = key(), {"customer_id": 417, "amount": 300, "currency": "EUR"}
    await http.faults({"close_after_acting": True})
    with pytest.raises(aiohttp.ClientError):
        await http.call("apply_credit", params, key=mine)
    assert (await http.get("/api/customers/417")).body["credit_balance"] == 300
    again = await http.call("apply_credit", params, key=mine)
    assert (again.status, again.headers["idempotency-replayed"]) == (200, "true")
    assert (await http.get("/api/customers/417")).body["credit_balance"] == 300


async def test_a_call_that_hangs_past_its_callers_patience_still_acts_once(http: Http) -> None:
    mine, params = key(), {"customer_id": 418, "amount": 300, "currency": "PLN"}
    await http.faults({"hang_s": 0.3})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await http.call("apply_credit", params, key=mine)
    assert (await http.call("apply_credit", params, key=mine)).status == 200
    assert (await http.get("/api/customers/418")).body["credit_balance"] == 300


async def test_faults_come_in_the_order_queued(http: Http) -> None:
    await http.faults({}, {"status": 503})
    statuses = [(await http.call("resend_invoice", {"invoice_id": 1040}, key=key())).status for _ in range(3)]
    assert statuses == [200, 503, 200]
    assert (await http.send("POST", "/faults", json={"next": [{"explode": 1}]})).status == 422
    assert (await http.send("POST", "/faults", json={"next": []}, token="wrong")).status == 401

"""HTTP endpoints against a real server: what is sent, what its answers mean, and what is kept."""

from __future__ import annotations

import json
from typing import Any

from agent.credentials.kinds import read_credential
from agent.runs.states import as_planned
from agent.validate.payload import digest_plan
from executors.jobs.queue import Done, Reschedule
from tests.integration.agent.agent_harness import ADDRESS, AgentHarness
from tests.integration.agent.sending.api_server import LOST, Endpoints, open_endpoints
from web.api.run_views import make_run_json
from web.console.runs.card import make_card

TOKEN = "tok-3f9c81d2-very-secret"
BY_REF = {"url": "/log", "happened": {"at": "/entries", "some": {"/ref": {"call": "id"}}}}
EITHER = {**BY_REF, "not_happened": {"at": "/entries", "none": {"/ref": {"call": "id"}}}, "settles_after_s": 30}


async def test_what_was_confirmed_is_what_is_sent(endpoints: Endpoints) -> None:
    await endpoints.register(idempotency_header="Idempotency-Key", headers={"X-Kind": {"value": "change"}})
    run = await endpoints.send()
    assert run.state == "succeeded"
    assert run.plan is not None
    (step,), (sent,) = run.plan.steps, endpoints.api.requests
    assert (sent.method, endpoints.api.url + sent.path, sent.body) == (step.method, step.url, step.payload)
    assert {name: sent.headers[name] for name, _ in step.headers} == dict(step.headers)
    assert sent.headers["idempotency-key"] == step.call_id
    assert "webhook-signature" not in sent.headers


ANSWERS: list[tuple[Any, str, str]] = [
    ((201, {"ok": 1}, {}), "succeeded", ""),
    ((204, None, {}), "succeeded", ""),
    ((404, {"detail": "No such customer."}, {}), "failed", "It says: “No such customer.”"),
    ((422, {"errors": [{"message": "The address is taken."}]}, {}), "failed", "The address is taken."),
    ((301, {}, {"Location": "/elsewhere"}), "failed", "Redirects are never followed"),
    ((303, {}, {"Location": "/elsewhere"}), "unknown", "may have happened"),
    ((500, {"detail": "Oops"}, {}), "unknown", "It says: “Oops”. It may have happened"),
    ((401, {"detail": "Bad token"}, {}), "failed", "“saas”: its credentials were refused"),
    ((403, {}, {}), "failed", "“saas”: its credentials were refused"),
    (LOST, "unknown", "closed the connection"),
]


async def test_each_status_means_what_the_contract_says(endpoints: Endpoints) -> None:
    await endpoints.register(error=["/detail", "/errors/0/message"])
    for count, (answer, state, said) in enumerate(ANSWERS, 1):
        endpoints.api.answers = [answer]
        run = await endpoints.send()
        assert run.state == state, answer
        assert said in run.outcomes[0].detail
        assert len(endpoints.api.requests) == count, "nothing of this is sent twice"


async def test_the_card_and_the_history_show_the_request_and_the_digest_covers_it(endpoints: Endpoints) -> None:
    await endpoints.register(headers={"X-Kind": {"value": "change"}})
    bearer = read_credential({"type": "bearer", "token": TOKEN})
    await endpoints.vault.put(endpoints.harness.people["olivia"], "saas", bearer)
    run = await endpoints.harness.ask("olivia", ADDRESS)
    planned = as_planned(run)
    assert planned is not None
    (step,) = planned.plan.steps
    (call,) = make_card(planned, run.actor).calls
    assert call.request.splitlines()[:2] == [f"POST {step.url}", "x-kind: change"]
    assert "credentials of the connection “saas”" in call.request
    assert call.payload == step.payload
    (shown,) = make_run_json(run)["card"]["calls"]
    assert (shown["method"], shown["headers"]["x-kind"], shown["connection"]) == ("POST", "change", "saas")
    (held,) = [json.loads(each.data) for each in await endpoints.harness.entries(run.id) if each.kind == "held"]
    assert ["x-kind", "change"] in held["plan"]["calls"][0]["headers"]
    assert TOKEN not in run.model_dump_json()
    for changed in (
        {"method": "PUT"},
        {"headers": (("x-kind", "other"),)},
        {"payload": "{}"},
        {"url": step.url + "/x"},
    ):
        other = digest_plan((step.model_copy(update=changed),), run_id=run.id, actor=run.actor, surface=run.surface)
        assert other != planned.plan.digest, changed


async def test_try_again_waits_as_long_as_the_server_asks(endpoints: Endpoints) -> None:
    await endpoints.register()
    endpoints.api.answers = [(429, {}, {"Retry-After": "7"}), (200, {}, {})]
    run = await endpoints.send()
    assert run.state == "executing"
    again = await endpoints.harness.once(run)
    assert again == Done()
    assert (await endpoints.harness.run(run.id)).state == "succeeded"
    waits = [json.loads(entry.data)["retry_in_s"] for entry in await endpoints.harness.entries(run.id)
             if entry.kind == "call_attempted"]  # fmt: skip
    assert waits == [7.0]


async def test_an_idempotent_call_is_sent_again_under_its_key(endpoints: Endpoints) -> None:
    await endpoints.register(idempotent=True, idempotency_header="Idempotency-Key")
    endpoints.api.answers = [LOST, (200, {}, {})]
    run = await endpoints.send()
    run = await endpoints.harness.job(run.id)
    assert run.state == "succeeded"
    first, second = endpoints.api.requests
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.body == second.body


async def test_the_result_is_picked_from_the_answer_and_held_to_the_schema(endpoints: Endpoints) -> None:
    schema = {"type": "object", "required": ["change"], "properties": {"change": {"type": "integer"}}}
    await endpoints.register(schema=schema, result={"change": "/data/id"})
    endpoints.api.answers = [(200, {"data": {"id": 7}, "note": "x"}, {}), (200, {"data": {}}, {})]
    run = await endpoints.send()
    assert (run.state, run.outcomes[0].answer) == ("succeeded", '{"change":7}')
    run = await endpoints.send()
    assert run.state == "succeeded"
    assert "doesn't fit the contract's result schema" in run.outcomes[0].detail


async def test_a_connection_without_an_address_is_a_refusal_in_words(endpoints: Endpoints) -> None:
    await endpoints.register(connection="nowhere")
    run = await endpoints.harness.ask("olivia", ADDRESS)
    assert run.state == "refused"
    assert run.refusal is not None
    assert "The connection 'nowhere' is not set up here" in run.refusal.detail


async def test_a_connection_that_moved_meanwhile_makes_a_new_card(endpoints: Endpoints) -> None:
    await endpoints.register()
    run = await endpoints.harness.ask("olivia", ADDRESS)
    await endpoints.harness.workspace_admin.connect(
        endpoints.harness.people["olivia"], "saas", "https://other.example", {"read_token": "t"}
    )
    answer = await endpoints.harness.confirm("olivia", run)
    assert getattr(answer, "code", "") == "drifted" or getattr(answer, "drift", ())
    assert not endpoints.api.requests


async def test_a_private_address_is_never_called(harness: AgentHarness) -> None:
    async with open_endpoints(harness, allow=()) as endpoints:
        await endpoints.register()
        run = await endpoints.send()
        assert run.state == "failed"
        assert "may not be reached" in run.outcomes[0].detail
        assert not endpoints.api.requests


# ── credentials ──────────────────────────────────────────────────────────────────────────────────────────────────────


# ── reconciling reads ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_lost_call_that_a_read_finds_has_succeeded(endpoints: Endpoints) -> None:
    await endpoints.register(reconcile=BY_REF)
    endpoints.api.answers = [LOST]
    run = await endpoints.send()
    assert run.state == "unknown"
    ref = run.outcomes[0].call_id
    endpoints.api.reads = [(200, {"entries": [{"ref": "other"}]}), (200, {"entries": [{"ref": ref}]})]
    assert isinstance(await endpoints.reconcile(run), Reschedule)
    assert (await endpoints.harness.run(run.id)).state == "unknown"
    assert await endpoints.reconcile(run, attempt=2) == Done()
    run = await endpoints.harness.job(run.id)
    assert run.state == "succeeded"
    assert len(endpoints.api.of("POST")) == 1, "it only reads"
    reads = [json.loads(entry.data) for entry in await endpoints.harness.entries(run.id) if entry.kind == "reconciled"]
    assert [(each["read"], each["status"]) for each in reads] == [(1, 200), (2, 200)]


async def test_a_lost_call_that_no_read_finds_has_failed_after_a_while(endpoints: Endpoints) -> None:
    await endpoints.register(reconcile=EITHER)
    endpoints.api.answers, endpoints.api.reads = [LOST], [(200, {"entries": []})]
    run = await endpoints.send()
    assert isinstance(await endpoints.reconcile(run), Reschedule), "it may still be under way"
    endpoints.harness.clock.advance(seconds=31)
    assert await endpoints.reconcile(run, attempt=2) == Done()
    run = await endpoints.harness.job(run.id)
    assert run.state == "failed"
    assert "had not happened" in run.outcomes[0].detail
    assert len(endpoints.api.of("POST")) == 1


async def test_a_read_that_tells_nothing_settles_nothing(endpoints: Endpoints) -> None:
    await endpoints.register(reconcile=EITHER)
    endpoints.api.answers = [LOST]
    run = await endpoints.send()
    endpoints.harness.clock.advance(hours=1)
    for read in ((500, {}), (401, {}), (200, []), (200, {"entries": "none"}), (200, None)):
        endpoints.api.reads = [read]
        assert isinstance(await endpoints.reconcile(run), Reschedule), read
    assert await endpoints.reconcile(run, attempt=99) == Done(), "a person decides in the end"
    assert (await endpoints.harness.run(run.id)).state == "unknown"


async def test_what_a_person_settled_is_left_alone(endpoints: Endpoints) -> None:
    await endpoints.register(reconcile=BY_REF)
    endpoints.api.answers = [LOST]
    run = await endpoints.send()
    await endpoints.harness.decisions.decide(endpoints.harness.people["olivia"], run.id, "did_not_happen")
    await endpoints.harness.job(run.id)
    assert await endpoints.reconcile(run) == Done()
    assert not endpoints.api.of("GET")

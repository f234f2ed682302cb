"""Write access to the database gives no rights: what OpsIQ did not write is refused, and named.

Somebody has the database file, and no data key. They edit it behind a running server's back, or put older rows or a
whole older copy back.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import signal
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import store.jobs.enqueue
from agent.planning.planner import SEND_JOB
from agent.runs.run import Run
from agent.validate.payload import digest_plan
from cli.opener import make_opener
from core import canon
from registry import signing
from store.database import Database
from tests.acceptance.installation import Installation
from tests.security.tampering.tampering import (
    PAID,
    Keeper,
    anchored,
    ask,
    behind_its_back,
    copied,
    diagnosis,
    edit,
    named,
    offered,
    put_back,
    refusal,
    until,
    whole,
)
from web.console.session import COOKIE

# ── signing keys, contracts ──────────────────────────────────────────────────────────────────────────────────────────


def resigned(world: Installation, roles: list[str]) -> list[tuple[str, tuple[Any, ...]]]:
    """A signing key of one's own, and the contract for refunds opened to ``roles`` and signed with it, as good as OpsIQ
    would."""
    ((raw,),) = ask(world.folder, "SELECT raw FROM contracts WHERE name = 'saas.refund_invoice' AND state = 'active'")
    value = {**json.loads(raw), "roles": roles}
    mine, loose = signing.generate_key(), canon.dumps(value)
    at = ask(world.folder, "SELECT created_at FROM signing_keys")[0][0]
    return [
        (
            "INSERT INTO signing_keys (workspace, kid, public, sealed_private, created_at) VALUES (?, ?, ?, '', ?)",
            (world.workspace, mine.kid, mine.public, at),
        ),
        (
            "UPDATE contracts SET raw = ?, signature = ?, digest = ? WHERE name = 'saas.refund_invoice'",
            (loose, signing.sign(loose, mine), canon.digest_bytes(loose)),
        ),
        ("UPDATE contract_generations SET n = n + 1", ()),
    ]


def test_a_contract_signed_again_with_a_key_of_ones_own_is_not_offered(world: Installation) -> None:
    with behind_its_back(world, "signing_keys", "contracts", "contract_generations"):
        edit(world.folder, *resigned(world, ["owner", "support"]))
        assert offered(world, "sara") == offered(world, "amir") == set(), "nothing of a set that was changed is offered"
        assert world.ask("olivia", "refund Adam Nowak's last invoice")["state"] == "abstained"
        told = diagnosis(world)
        assert "signing_keys" in told
        assert "No contract is in force" in told
        verdict = world.verify()
        assert not verdict["ok"]
        assert any("signing_keys" in each for each in verdict["problems"])
    assert world.ask("olivia", "refund Adam Nowak's last invoice")["state"] == "held", (
        "and all is well once it is undone"
    )
    assert world.verify()["ok"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE contracts SET state = 'retired' WHERE name = 'saas.refund_invoice'",
        "DELETE FROM contracts WHERE name = 'saas.refund_invoice'",
        "UPDATE contracts SET state = 'retired'",
    ],
)
def test_no_contract_is_switched_off_silently(world: Installation, statement: str) -> None:
    with behind_its_back(world, "contracts", "contract_generations"):
        edit(world.folder, statement, "UPDATE contract_generations SET n = n + 1")
        assert offered(world, "sara") == set()
        assert "No contract is in force" in named(world)


def test_a_generation_of_contracts_that_is_over_can_not_be_put_back(world: Installation) -> None:
    """Rows and codes are all OpsIQ's own, from before a contract was tightened."""
    ((raw,),) = ask(world.folder, "SELECT raw FROM contracts WHERE name = 'saas.close_ticket' AND state = 'active'")
    assert "saas.close_ticket" in offered(world, "sara")
    before = whole(world.folder, "contracts", "contract_generations")
    tightened = json.loads(raw) | {"version": 2, "roles": ["owner"]}
    world.clients["olivia"].post("/v1/contracts", {"contracts": [tightened]})
    assert "saas.close_ticket" not in offered(world, "sara")
    after = whole(world.folder, *before)
    put_back(world.folder, before)
    assert offered(world, "sara") == set()
    assert "another than the end of the history tells of" in named(world)
    put_back(world.folder, after)
    assert named(world) == ""
    assert offered(world, "sara")


# ── roles ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("members", "UPDATE members SET role = 'owner' WHERE name = 'sara'"),
        (
            "keys",
            "UPDATE keys SET role = 'owner', person = (SELECT id FROM members WHERE name = 'olivia') WHERE name = "
            "'sara'",
        ),
        ("keys", "UPDATE keys SET scopes = scopes || ' runs:confirm' WHERE name = 'sara'"),
        ("keys", "UPDATE keys SET mac = NULL, role = 'owner' WHERE name = 'sara'"),
        ("keys", "UPDATE keys SET mac = (SELECT mac FROM keys WHERE name = 'olivia') WHERE name = 'sara'"),
    ],
)
def test_a_right_that_was_written_into_the_database_is_none(world: Installation, table: str, statement: str) -> None:
    assert world.clients["sara"].get("/v1/me")["role"] == "support"
    with behind_its_back(world, table):
        edit(world.folder, statement)
        assert refusal(lambda: world.clients["sara"].get("/v1/me")) == "invalid_signature"
        assert f"of {table} was written by something other than OpsIQ" in named(world)
    assert world.clients["sara"].get("/v1/me")["role"] == "support"


def test_a_sign_in_that_was_written_into_the_database_lets_nobody_in(world: Installation) -> None:
    def status() -> int:
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_: Any, **__: Any) -> None:
                return None

        opener = make_opener(Stay())
        request = urllib.request.Request(f"{world.url}/members", headers={"Cookie": f"{COOKIE}=mine"})
        try:
            with opener.open(request, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    with behind_its_back(world, "logins"):
        token = hashlib.sha256(b"mine").hexdigest()
        edit(
            world.folder,
            (
                "INSERT INTO logins (id, token_sha256, workspace, member_id, csrf, created_at, last_seen_at, "
                "expires_at, address, agent) "
                "SELECT 'ses_mine', ?, workspace, id, 'c', strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'), "
                "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'), '2999-01-01T00:00:00.000000Z', '', '' FROM members "
                "WHERE name = 'olivia'",
                (token,),
            ),
        )
        assert status() == 303
        assert "ses_mine of logins" in named(world)


def test_an_older_row_that_is_put_back_contradicts_the_history(world: Installation, tmp_path: Path) -> None:
    """Its code is OpsIQ's own, so it is the entries that tell: the key was revoked."""
    client = world.clients["olivia"]
    key = client.post("/v1/keys", {"name": "short lived", "scopes": ["me:read"]})["key"]
    was = ask(world.folder, "SELECT revoked_at, mac FROM keys WHERE id = ?", key["id"])[0]
    client.delete(f"/v1/keys/{key['id']}")
    copy = copied(world, tmp_path / "copy")
    edit(copy.folder, ("UPDATE keys SET revoked_at = ?, mac = ? WHERE id = ?", (*was, key["id"])))
    told = diagnosis(copy)
    assert f"The key {key['public']} has the state 'active' where AI History comes to 'revoked'." in told


# ── runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def rewritten(world: Installation, run: dict[str, Any], change: Callable[[Run], Run]) -> tuple[str, tuple[Any, ...]]:
    """The stored run changed as OpsIQ itself would write it: digests and columns fit."""
    ((document, state, revision),) = ask(
        world.folder, "SELECT document, state, revision FROM runs WHERE id = ?", run["id"]
    )
    made = change(Run.model_validate_json(document).with_(state=state, revision=revision))
    assert made.plan is not None
    return (
        "UPDATE runs SET document = ?, state = ?, plan_digest = ? WHERE id = ?",
        (made.model_dump_json(), made.state, made.plan.digest, made.id),
    )


def costlier(run: Run) -> Run:
    """The held plan, with a payload of one's own and the digest that fits it."""
    assert run.plan is not None
    step = run.plan.steps[0]
    steps = (step.model_copy(update={"payload": step.payload.replace("9100", "910000")}),)
    digest = digest_plan(steps, run_id=run.id, actor=run.actor, surface=run.surface)
    return run.with_(plan=run.plan.model_copy(update={"steps": steps, "digest": digest}))


def test_a_plan_of_ones_own_with_a_digest_that_fits_is_not_confirmed(world: Installation) -> None:
    run = world.ask("olivia", "give Hugo Bernard 91 EUR credit")
    assert run["state"] == "held", run
    with behind_its_back(world, "runs"):
        edit(world.folder, rewritten(world, run, costlier))
        ((digest,),) = ask(world.folder, "SELECT plan_digest FROM runs WHERE id = ?", run["id"])
        client = world.clients["olivia"]
        assert refusal(lambda: client.post(f"/v1/runs/{run['id']}/confirm", {"digest": digest})) == "not_authentic"
        assert not world.received(run["card"]["calls"][0]["call_id"])
        assert f"{run['id']} of runs" in named(world)
    assert world.confirm("olivia", run)["state"] == "succeeded"


def test_a_run_that_was_confirmed_in_the_database_is_not_sent(world: Installation) -> None:
    run = world.ask("olivia", "give Hugo Bernard 91 EUR credit")
    call_id = run["card"]["calls"][0]["call_id"]

    async def put_send() -> None:
        database = await Database.open(f"sqlite+aiosqlite:///{world.folder / 'opsiq.db'}")
        async with database.begin() as session:
            await store.jobs.enqueue.enqueue(
                session,
                key=f"{run['id']}:send:mine",
                kind=SEND_JOB,
                workspace=world.workspace,
                payload={"run_id": run["id"]},
            )
        await database.close()

    with behind_its_back(world, "runs"):
        edit(world.folder, rewritten(world, run, lambda held: costlier(held).with_(state="confirmed")))
        asyncio.run(put_send())
        until(
            lambda: ask(world.folder, "SELECT state FROM work WHERE key = ?", f"{run['id']}:send:mine") == [("dead",)]
        )
        assert not world.received(call_id)
    assert world.clients["olivia"].get(f"/v1/runs/{run['id']}")["state"] == "held"


def test_an_approval_that_was_written_into_a_card_counts_for_nobody(world: Installation) -> None:
    run = world.ask("amir", "suspend Hugo Bernard")
    if run["state"] == "asked":
        run = world.act("amir", run, "answer", slot=run["question"]["slot"], text="he asked for it")
    assert run["state"] == "held", run
    world.console("olivia").confirm(run["id"], run["card"]["digest"])
    with behind_its_back(world, "runs"):

        def twice(held: Run) -> Run:
            (first,) = held.approvals
            return held.with_(approvals=(first.model_copy(update={"person": "mem_other", "name": "Other"}),))

        edit(world.folder, rewritten(world, run, twice))
        again = {"digest": run["card"]["digest"]}
        assert refusal(lambda: world.clients["olivia"].post(f"/v1/runs/{run['id']}/confirm", again)) == "not_authentic"
        assert not world.received(run["card"]["calls"][0]["call_id"])


def test_a_confirmation_that_was_written_into_a_session_confirms_nothing(world: Installation) -> None:
    ((digest,),) = ask(
        world.folder, "SELECT digest FROM contracts WHERE name = 'saas.assign_ticket' AND state = 'active'"
    )
    first = world.ask("olivia", "assign ticket 5519 to Priya Raman", session="tampered")
    assert first["state"] == "held", first
    ((session_id, person),) = ask(world.folder, "SELECT session_id, person FROM runs WHERE id = ?", first["id"])
    with behind_its_back(world, "confirmations"):
        edit(
            world.folder,
            (
                "INSERT INTO confirmations (workspace, session_id, person, contract_digest, at) VALUES (?, ?, ?, ?, ?)",
                (world.workspace, session_id, person, digest, "2026-11-27T00:00:00.000000Z"),
            ),
        )
        assert world.ask("olivia", "assign ticket 5519 to Priya Raman", session="tampered")["state"] == "held"


# ── rules, connectors, endpoints ─────────────────────────────────────────────────────────────────────────────────────


def test_a_rule_and_a_webhook_endpoint_that_were_edited_are_refused(world: Installation, keeper: Keeper) -> None:
    client = world.clients["amir"]
    rule = client.post(
        "/v1/rules",
        {
            "name": "Credit", "event": "invoice.paid", "condition": "event.data.amount >= 100000", "action": "saas.apply_credit",  # noqa: E501
            "parameters": {
                "customer_id": {"from": "/data/customer_id"}, "amount": {"value": 500},
                "currency": {"from": "/data/currency"},
            },
            "mode": "shadow",
        },
    )  # fmt: skip
    olivia, base = world.clients["olivia"], keeper.url.removesuffix("anchors")
    hook, _sound = (
        olivia.post("/v1/webhooks/endpoints", {"url": f"{base}{path}", "events": ["invoice.*"]})
        for path in ("edited", "sound")
    )
    with behind_its_back(world, "rules", "webhook_endpoints", "connectors"):
        edit(
            world.folder,
            "UPDATE rules SET mode = 'on', author = replace(author, 'admin', 'owner')",
            f"UPDATE webhook_endpoints SET url = '{base}mine' WHERE id = '{hook['id']}'",
            "UPDATE connectors SET base_url = 'https://elsewhere.example'",
        )
        assert refusal(lambda: client.get(f"/v1/rules/{rule['id']}")) == "not_authentic"
        assert refusal(lambda: olivia.get(f"/v1/webhooks/endpoints/{hook['id']}")) == "not_authentic"
        olivia.post("/v1/events/fire", {"event": "invoice.paid", "data": PAID})
        until(lambda: keeper.events)
        assert len(keeper.events) == 1, "the sound endpoint hears of it, the edited one does not"
        told = named(world)
        for table in ("rules", "webhook_endpoints", "connectors"):
            assert f"of {table} was written" in told
    assert client.get(f"/v1/rules/{rule['id']}")["mode"] == "shadow"


# ── every table at once, and the sealing itself ──────────────────────────────────────────────────────────────────────

EVERYWHERE = {
    "members": "UPDATE members SET password_hash = 'mine' WHERE name = 'olivia'",
    "keys": "UPDATE keys SET scopes = 'me:read' WHERE name = 'amir'",
    "identities": "INSERT INTO identities (id, workspace, member_id, issuer, subject, email, created_at) "
    "SELECT 'idn_mine', workspace, id, 'https://i.example', 'me', '', created_at FROM members WHERE name = 'olivia'",
    "signing_keys": "UPDATE signing_keys SET public = 'mine'",
    "connectors": "UPDATE connectors SET base_url = 'https://elsewhere.example'",
    "runs": "UPDATE runs SET state = 'confirmed' WHERE id = (SELECT min(id) FROM runs)",
    "history_heads": "UPDATE history_heads SET generation = 0",
}


def test_the_doctor_names_a_row_of_every_table_that_was_written_behind_opsiqs_back(
    world: Installation, tmp_path: Path
) -> None:
    end = ask(world.folder, "SELECT seq FROM history_heads WHERE workspace = ?", world.workspace)
    until(lambda: anchored(world) >= end[0][0])  # who was a member is told by entries that an anchor vouches for
    copy = copied(world, tmp_path / "copy")
    edit(copy.folder, *EVERYWHERE.values(), "DELETE FROM members WHERE name = 'oscar'")
    told = diagnosis(copy)
    for table in EVERYWHERE:
        assert f" of {table} was written by something other than OpsIQ" in told, table
    assert "was taken out" in told


def test_codes_that_were_stripped_are_not_made_again(world: Installation, tmp_path: Path) -> None:
    """Not by a start, whether or not the file that says so is there; and a database that looks as if it never was
    sealed is refused."""
    copy = copied(world, tmp_path / "copy")
    tables = ("members", "keys", "signing_keys", "contract_generations", "runs", "history_heads")
    edit(
        copy.folder,
        "UPDATE members SET role = 'owner' WHERE name = 'sara'",
        "UPDATE keys SET role = 'owner' WHERE name = 'sara'",
        *(f"UPDATE {name} SET mac = NULL" for name in tables),
    )
    (copy.folder / "sealed").unlink()
    copy.start_server()
    try:
        assert refusal(lambda: copy.clients["sara"].get("/v1/me")) == "invalid_signature"
    finally:
        copy.stop()
    assert (copy.folder / "sealed").stat().st_mode & 0o077 == 0
    edit(copy.folder, "DELETE FROM data_keys")
    code, told = copy.opsiq("doctor", "--json")
    assert code == 1
    assert "data keys that seal its secrets were taken out" in told


def test_nothing_of_it_is_lost_to_a_change_of_the_data_key_or_to_a_backup(world: Installation, tmp_path: Path) -> None:
    copy = copied(world, tmp_path / "copy")
    for more in ([], ["--fresh-data-key"]):
        code, told = copy.opsiq("data-key", "rotate", *more)
        assert code == 0, told
    assert diagnosis(copy) == ""
    code, told = copy.opsiq("backup", "--with-key", str(tmp_path / "kept.tar"))
    assert code == 0, told
    there = replace(copy, folder=tmp_path / "there", processes={})
    code, told = there.opsiq("restore", "--unauthenticated", str(tmp_path / "kept.tar"))
    assert code == 0, told
    there.start_server()
    try:
        assert there.clients["sara"].get("/v1/me")["role"] == "support"
        assert there.verify()["ok"]
    finally:
        there.processes["server"].send_signal(signal.SIGTERM)
        there.stop()
    edit(there.folder, "UPDATE members SET role = 'owner' WHERE name = 'sara'")
    assert "of members was written" in there.opsiq("history", "verify")[1]

"""Write access to the database gives no rights and rewrites no history: what OpsIQ did not write is refused, and named.

Somebody has the database file, and no data key. They edit it behind a running server's back, or put older rows or a
whole older copy back.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import shutil
import signal
import sqlite3
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import store.jobs.enqueue
from agent.planning.planner import SEND_JOB
from agent.runs.run import Run
from agent.validate.payload import plan_digest
from cli.client import Refused
from core import canon, webhook_signature
from core.clock import from_iso
from registry import signing
from store.database import Database
from store.history.entries import GENESIS, HistoryRow, digest_of
from tests.acceptance.installation import Installation
from web.console.session import COOKIE

Rows = list[tuple[Any, ...]]
PAID = {"invoice_id": 1042, "customer_id": 7, "amount": 4900, "currency": "EUR"}


@dataclass
class Keeper:
    """A place outside that anchors are sent to: headers (in lower case) and body of each, as they came. ``events`` came
    elsewhere there."""

    url: str = ""
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    events: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture(scope="module")
def keeper() -> Iterator[Keeper]:
    made = Keeper()

    class Keeps(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            to = made.came if self.path == "/anchors" else made.events
            to.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keeps)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}/anchors"
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, keeper: Keeper) -> Iterator[Installation]:
    """An installation whose server writes anchors as soon as history has changed."""
    made = Installation(tmp_path_factory.mktemp("world"))
    try:
        made.start_platform()
        made.found()
        made.start_server(OPSIQ_ANCHOR_EVERY_S="1", OPSIQ_ANCHOR_URL=keeper.url)
        yield made
    finally:
        made.stop()


# ── somebody with the database ───────────────────────────────────────────────────────────────────────────────────────


def database(folder: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(folder / "opsiq.db", timeout=20))


def edit(folder: Path, *statements: str | tuple[str, tuple[Any, ...]]) -> None:
    """Each must change something."""
    with database(folder) as there, there:
        for each in statements:
            text, values = (each, ()) if isinstance(each, str) else each
            assert there.execute(text, values).rowcount > 0, text


def ask(folder: Path, statement: str, *values: Any) -> Rows:
    with database(folder) as there:
        return there.execute(statement, values).fetchall()


@contextmanager
def behind_its_back(world: Installation, *tables: str) -> Iterator[None]:
    """What is done to these tables in the block is undone after it: the next test finds them as OpsIQ left them."""
    kept = whole(world.folder, *tables)
    try:
        yield
    finally:
        put_back(world.folder, kept)


def whole(folder: Path, *tables: str) -> dict[str, Rows]:
    return {name: ask(folder, f"SELECT * FROM {name}") for name in tables}


def put_back(folder: Path, kept: dict[str, Rows]) -> None:
    with database(folder) as there, there:
        for name, rows in kept.items():
            there.execute(f"DELETE FROM {name}")
            if rows:
                there.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def copied(world: Installation, to: Path) -> Installation:
    """A second installation on a copy of the first one's folder, with the same data key; no server runs on it."""
    to.mkdir()
    with database(world.folder) as live, closing(sqlite3.connect(to / "opsiq.db")) as copy:
        live.backup(copy)
    for name in ("data.key", "sealed", "anchors.jsonl"):
        if (world.folder / name).exists():
            shutil.copy(world.folder / name, to / name)
    return replace(world, folder=to, processes={})


def offered(world: Installation, person: str) -> set[str]:
    """The contracts that this person may run."""
    return {each["name"] for each in world.clients[person].get("/v1/contracts")["data"]}


def refused_by(doctor: tuple[int, str]) -> list[str]:
    code, told = doctor
    failed = [each["detail"] for each in json.loads(told) if each["state"] == "fail"]
    assert code == (1 if failed else 0)
    return failed


def diagnosis(world: Installation) -> str:
    """What `opsiq doctor` says is wrong; empty where it finds nothing."""
    return " ".join(refused_by(world.opsiq("doctor", "--json")))


def named(world: Installation) -> str:
    """What the running server says is not as it was stored; empty where it finds nothing."""
    verdict = world.verify()
    assert verdict["ok"] is not bool(verdict["why"])
    return verdict["why"] or ""


def refusal(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    code: str = refused.value.problem["code"]
    return code


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

        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
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
    digest = plan_digest(steps, run_id=run.id, actor=run.actor, surface=run.surface)
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
    world.clients["olivia"].post(f"/v1/runs/{run['id']}/confirm", {"digest": run["card"]["digest"]})
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


# ── history ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def rechained(folder: Path, workspace: str, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> None:
    """Every entry after ``change`` (None: taken out), chained anew with digests that fit, the record of the end made to
    fit as well."""
    names = list(HistoryRow.model_fields)
    rows = ask(folder, f"SELECT {', '.join(names)} FROM history WHERE workspace = ? ORDER BY seq", workspace)
    made: list[dict[str, Any]] = []
    seq, prev = 0, GENESIS
    for row in rows:
        entry = change(dict(zip(names, row, strict=True)))
        if entry is None:
            continue
        seq += 1
        entry |= {"seq": seq, "prev": prev}
        prev = entry["digest"] = digest_of({**entry, "at": from_iso(entry["at"])})
        made.append(entry)
    with database(folder) as there, there:
        for (trigger,) in there.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            there.execute(f"DROP TRIGGER {trigger}")
        there.execute("DELETE FROM history WHERE workspace = ?", (workspace,))
        there.executemany(
            f"INSERT INTO history ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
            [tuple(entry[name] for name in names) for entry in made],
        )
        there.execute("UPDATE history_heads SET seq = ?, digest = ? WHERE workspace = ?", (seq, prev, workspace))


def cut(folder: Path, workspace: str, to: Rows) -> None:
    """The history as it was when ``to`` was the record of its end, which is OpsIQ's own and comes back as it was."""
    ((seq, digest, generation, mac),) = to
    with database(folder) as there, there:
        for (trigger,) in there.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            there.execute(f"DROP TRIGGER {trigger}")
        there.execute("DELETE FROM history WHERE workspace = ? AND seq > ?", (workspace, seq))
        there.execute(
            "UPDATE history_heads SET seq = ?, digest = ?, generation = ?, mac = ? WHERE workspace = ?",
            (seq, digest, generation, mac, workspace),
        )


def anchored(world: Installation) -> int:
    """The latest entry that an anchor tells of."""
    path = world.folder / "anchors.jsonl"
    return max((json.loads(line)["count"] for line in path.read_text().splitlines()), default=0) if path.exists() else 0


def until(what: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Polls another process; the bound only ends a test that fails."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not come to this in time"
        time.sleep(0.05)
    return found


END = "SELECT seq, digest, generation, mac FROM history_heads WHERE workspace = ?"


def test_a_history_whose_recorded_end_was_edited_is_not_gone_on_with(world: Installation) -> None:
    with behind_its_back(world, "history_heads"):
        edit(world.folder, "UPDATE history_heads SET seq = seq + 1")
        assert (
            refusal(lambda: world.clients["olivia"].post("/v1/runs", {"text": "close ticket 5519"})) == "not_authentic"
        )
    with behind_its_back(world, "history_heads"):
        edit(world.folder, "DELETE FROM history_heads")
        assert (
            refusal(lambda: world.clients["olivia"].post("/v1/runs", {"text": "close ticket 5519"})) == "not_authentic"
        )
    assert world.verify()["ok"]


def test_a_history_that_was_chained_anew_is_named_with_the_place(world: Installation, tmp_path: Path) -> None:
    verdict = until(lambda: (found := world.verify())["anchored"] and found)
    assert verdict["ok"], verdict
    copy = copied(world, tmp_path / "copy")
    forged = verdict["anchored"]

    def another(entry: dict[str, Any]) -> dict[str, Any]:
        return entry | {"person": "somebody else"} if entry["seq"] == forged else entry

    rechained(copy.folder, world.workspace, another)
    code, told = copy.opsiq("history", "verify")
    assert code == 1
    assert f"Entry {forged} is not the one the anchor" in told
    (copy.folder / "anchors.jsonl").unlink()
    code, told = copy.opsiq("history", "verify")
    assert code == 1, "and without any anchor, the record of the end is not OpsIQ's own"
    assert "Something other than OpsIQ wrote where the history ends" in told


def test_a_history_that_was_cut_to_an_end_of_its_own_is_shown_by_its_anchors(
    world: Installation, tmp_path: Path
) -> None:
    end = ask(world.folder, END, world.workspace)
    world.ask("olivia", "close ticket 5519")
    until(lambda: anchored(world) > end[0][0])
    copy = copied(world, tmp_path / "copy")
    cut(copy.folder, world.workspace, end)
    code, told = copy.opsiq("history", "verify")
    assert code == 1
    assert f"the history ends at {end[0][0]}" in told
    assert "anchor" in told
    (copy.folder / "anchors.jsonl").unlink()
    code, told = copy.opsiq("history", "verify")
    assert code == 1, "the counts of what was cut off are still there"
    assert "What was counted" in told


def test_an_older_copy_of_the_whole_database_is_told_by_the_anchors(world: Installation, tmp_path: Path) -> None:
    copy = copied(world, tmp_path / "copy")
    ((seq, *_),) = ask(copy.folder, END, world.workspace)
    world.ask("olivia", "close ticket 5519")
    until(lambda: anchored(world) > seq)
    shutil.copy(world.folder / "anchors.jsonl", copy.folder / "anchors.jsonl")
    told = diagnosis(copy)
    assert "an older copy of the database was put back" in told
    code, told = copy.opsiq("seal", "--accept")
    assert code == 0, told
    code, told = copy.opsiq("history", "verify")
    assert code == 0, f"whoever has the data key may say that it was on purpose: {told}"


def test_what_was_counted_by_day_is_checked_too(world: Installation, tmp_path: Path) -> None:
    copy = copied(world, tmp_path / "copy")
    edit(copy.folder, "UPDATE history_days SET n = n + 7")
    code, told = copy.opsiq("history", "verify")
    assert code == 1
    assert "What was counted for" in told


def test_an_anchor_that_nobody_here_signed_is_named_and_shows_nothing(world: Installation, tmp_path: Path) -> None:
    until(lambda: anchored(world) > 0)
    copy = copied(world, tmp_path / "copy")
    lines = (copy.folder / "anchors.jsonl").read_text().splitlines()
    forged = json.loads(lines[-1]) | {"count": 10**6}
    (copy.folder / "anchors.jsonl").write_text("\n".join([*lines, json.dumps(forged), "no json"]) + "\n")
    assert f"did not sign: {len(lines) + 1}, {len(lines) + 2}." in diagnosis(copy)
    code, told = copy.opsiq("history", "verify")
    assert code == 1
    assert f"line {len(lines) + 1} of" in told
    assert "unbroken" in told


def test_anchors_sent_elsewhere_show_what_those_beside_the_database_no_longer_do(
    world: Installation, keeper: Keeper, tmp_path: Path
) -> None:
    end = ask(world.folder, END, world.workspace)
    world.ask("olivia", "close ticket 5519")
    until(lambda: any(json.loads(body)["count"] > end[0][0] for _, body in keeper.came))
    code, keys = world.opsiq("history", "anchor-key")
    assert code == 0
    secret, (headers, body) = keys.split()[-1], keeper.came[-1]
    assert webhook_signature.verify([secret], headers, body, now=int(time.time()))
    told = json.loads(body)
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(keys.split()[2] + "="))
    public.verify(
        base64.urlsafe_b64decode(told["signature"] + "=="),
        canon.dumps({name: value for name, value in told.items() if name != "signature"}),
    )
    copy = copied(world, tmp_path / "copy")
    cut(copy.folder, world.workspace, end)
    (copy.folder / "anchors.jsonl").unlink()
    (tmp_path / "kept").write_bytes(b"\n".join(body for _, body in keeper.came))
    code, said = copy.opsiq("history", "verify", "--anchors", str(tmp_path / "kept"))
    assert code == 1
    assert "was taken at entry" in said


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

"""A workspace as it is after a year: a long history with a true chain, its runs, and many contracts, put straight into
the tables."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from agent.runs.run import Run
from agent.workspace.contract_admin import make_signing_key_context
from app.container import Container
from core import canon, ids
from core.actor import Actor
from registry import signing
from registry.contract import parse
from store import contracts as signed
from store.contracts import ContractRow
from store.dialect import upsert
from store.history import entries, stats
from store.history.entries import HistoryHeadRow, HistoryRow
from store.rows import add_all, compute_code, table
from store.runs.runs import RunRow

PIECE = 2000
RARE = "quetzalcoatl-1042"
"""Words that stand in three requests of all."""
_NAMES = [
    f"{first} {last}"
    for first in ("Ada", "Nora", "Liam", "Mina", "Jon", "Olga")
    for last in ("Novak", "Lind", "Berg", "Kraus", "Sato")
]
_ENDS = ("succeeded",) * 8 + ("failed", "unknown")
_RULES = (
    "You choose the one function that does what is asked, and copy every value from the words or from a record. " * 24
)


async def fill_contracts(container: Container, owner: Actor, count: int) -> None:
    """``count`` contracts, signed as the office signs them."""
    async with container.database.read() as session:
        key_row = next(row for row in await signed.signing_keys(session, owner.workspace) if row.retired_at is None)
    private = container.workspace_admin.box.open(
        key_row.sealed_private, context=make_signing_key_context(owner.workspace, key_row.kid)
    )
    key, now = signing.SigningKey.of_private(private), container.clock()
    rows = []
    for at in range(count):
        contract = parse(_contract(at))
        rows.append(
            ContractRow(
                workspace=owner.workspace,
                name=contract.name,
                version=1,
                raw=contract.canonical,
                signature=signing.sign(contract.canonical, key),
                digest=contract.digest,
                state="active",
                registered_by=owner.id,
                created_at=now,
                changed_at=now,
            )
        )
    async with container.database.begin() as session:
        for row in rows[:-1]:
            await session.execute(insert(table(ContractRow)), row.model_dump())
        await signed.seal_generation(session, owner.workspace)
    async with container.database.begin() as session:
        await signed.register(session, rows[-1])


async def fill_history(container: Container, owner: Actor, people: Sequence[Actor], count: int) -> str:
    """Entries up to ``count``, of runs over the last year, the newest last; and what they count as by day.
    Answers the id of the last run."""
    chance, now = random.Random(11), container.clock()
    runs = count // 7
    async with container.database.read() as session:
        head = await entries.head(session, owner.workspace)
    seq, digest, generation = (head.seq, head.digest, head.generation) if head else (0, entries.GENESIS, 0)
    written: list[dict[str, Any]] = []
    rows: list[RunRow] = []
    counts: list[tuple[str, str, stats.HistoryCount]] = []

    async def flush() -> None:
        async with container.database.begin() as session:
            await session.execute(insert(table(HistoryRow)), written)
            await add_all(session, rows)
            ends = update(table(HistoryHeadRow)).where(table(HistoryHeadRow).c.workspace == owner.workspace)
            end = {"workspace": owner.workspace, "seq": seq, "digest": digest, "generation": generation}
            await session.execute(ends.values(**end, mac=compute_code(session, HistoryHeadRow, end)))
        written.clear()
        rows.clear()

    for at in range(runs):
        begun = now - timedelta(days=365) + timedelta(days=365) * at / runs
        actor = chance.choice(people)
        run, told = _run(chance, at, runs, begun, actor)
        rows.append(run)
        for columns, data in told:
            seq += 1
            entry = {
                "workspace": owner.workspace,
                "seq": seq,
                "id": ids.make_id("his"),
                "run_id": run.id,
                "person": actor.person,
                "request_id": None,
                "contract": run.actions,
                "risk": "write",
                "outcome": None,
                "model": None,
                "prompt_version": None,
                "duration_ms": None,
                **columns,
                "actor": canon.dumps(actor.as_json()).decode(),
                "data": canon.dumps(data).decode(),
                "words": entries.collect_words(columns["kind"], actor.as_json(), data),
                "prev": digest,
            }
            digest = entry["digest"] = entries.digest_entry(entry)
            written.append(entry)
            counts += [(owner.workspace, stats.find_day(entry["at"]), each) for each in stats.list_counts(entry, data)]
        if len(written) >= PIECE:
            await flush()
    if written:
        await flush()
    async with container.database.begin() as session:
        kept = table(stats.HistoryDayRow)
        for one in stats.sum_counts(counts):
            await session.execute(upsert(session, kept).values(one).on_conflict_do_nothing())
    return run.id


def _run(
    chance: random.Random, at: int, of: int, begun: datetime, actor: Actor
) -> tuple[RunRow, Iterator[tuple[dict[str, Any], dict[str, Any]]]]:
    name = chance.choice(_NAMES)
    words = f"refund {name}'s invoice {1000 + at % 7919} for {chance.randrange(5, 500)} dollars"
    if at in (of // 5, of // 2, of - 5):
        words += f" of {RARE}"
    contract = f"bench.area{chance.randrange(40)}.act{min(int(chance.expovariate(0.02)), 249)}"
    model = chance.choice(["offline", "acme/large", "acme/large", "acme/small"])
    version = None if model == "offline" else chance.choice(["propose/v1", "propose/v2"])
    outcome, looked_s, took_ms = chance.choice(_ENDS), chance.expovariate(0.1), chance.lognormvariate(5, 1)
    trace: dict[str, Any] = {"resolver": model, "duration_ms": took_ms}
    if version:
        prompt = json.dumps([{"role": "system", "content": _RULES}, {"role": "user", "content": words}])
        trace |= {
            "model": model,
            "prompt_version": version,
            "prompt": prompt,
            "response": json.dumps({"action": contract, "params": {"invoice": at}}),
            "tokens_in": 900,
            "tokens_out": 60,
            "cost": "0.0021",
        }
    ends = begun + timedelta(seconds=looked_s + 2)
    run = Run(
        id=ids.make_id("run"),
        workspace=actor.workspace,
        session_id="bench",
        actor=actor,
        surface="admin",
        text=words,
        now=begun,
        state="succeeded",
        created_at=begun,
        updated_at=ends,
    )
    row = RunRow(
        id=run.id,
        workspace=run.workspace,
        session_id="bench",
        actor_id=actor.id,
        person=actor.person,
        role=actor.role,
        surface="admin",
        text=words,
        state=outcome,
        actions=contract,
        created_at=begun,
        updated_at=ends,
        document=run.model_dump_json(),
    )
    call = {"call_id": f"act_{at}", "state": outcome, "status": 200, "attempts": 1, "duration_ms": took_ms}
    by = {"model": model, "prompt_version": version}

    def told() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        yield {"kind": "prompt", "at": begun, "contract": None, "risk": None}, {"surface": "admin", "text": words}
        yield {"kind": "resolved", "at": begun, "duration_ms": took_ms, **by}, {"surface": "admin", "trace": trace}
        yield (
            {"kind": "held", "at": begun, "outcome": "held", "duration_ms": took_ms * 1.2, **by},
            {"plan": {"held": ["It is always confirmed."]}},
        )
        yield (
            {"kind": "confirmed", "at": ends, "outcome": "confirmed", **by},
            {"seconds_to_approve": looked_s, "digest": "sha256:" + "ab" * 32},
        )
        yield {"kind": "call_begun", "at": ends, **by}, {"payload": json.dumps({"invoice": at, "customer": name})}
        yield {"kind": "call_settled", "at": ends, "outcome": outcome, "duration_ms": took_ms, **by}, {"call": call}
        yield (
            {
                "kind": "finished",
                "at": ends,
                "outcome": outcome,
                "duration_ms": (ends - begun).total_seconds() * 1000,
                **by,
            },
            {"outcomes": [call]},
        )

    return row, told()


def _contract(at: int) -> dict[str, Any]:
    return {
        "schema": "opsiq/contract/v1", "name": f"bench.area{at // 250}.act{at % 250}", "version": 1,
        "title": f"Do thing {at} of area {at // 250}",
        "description": f"Does the thing that is numbered {at} on the platform of area {at // 250}.", "surfaces": ["admin"],  # noqa: E501
        "roles": ["owner", "admin"], "risk": "write", "examples": [f"do thing {at}"],
        "parameters": {
            "type": "object", "additionalProperties": False, "properties": {"order": {"type": "integer"}}, "required": ["order"],  # noqa: E501
        },
        "endpoint": {"url": f"https://area{at // 250}.example/act"},
    }  # fmt: skip

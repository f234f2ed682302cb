"""Audit log writer: the entries of AI History at each step, and their export as CSV. A new column of
what is shown and exported is one of ``COLUMNS``; the sealed columns of the table are in ``store.history.entries``.

Every entry is appended in the same transaction as the change it tells of (``store.history.log`` chains them by digest).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.history.log
from agent.pipeline import CallOutcome, Plan, Step, Trace, evidence_of
from agent.runs.run import Run
from agent.runs.test_mode import is_test
from core.actor import Actor, Mode
from registry.endpoints.types import McpEndpoint
from store.history.log import HistoryEntry, HistoryRow
from store.runs.calls import CallRow


class EntryType(StrEnum):
    """Entry types of AI History. Permanent: owners filter by them, exports carry them."""

    PROMPT = "prompt"
    RESOLVED = "resolved"
    ASKED = "asked"
    ANSWERED = "answered"
    EDITED = "edited"
    HELD = "held"
    APPROVED = "approved"
    CONFIRMED = "confirmed"
    AUTO_CONFIRMED = "auto_confirmed"
    DRIFTED = "drifted"
    REFUSED = "refused"
    ABSTAINED = "abstained"
    REPLIED = "replied"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CALL_BEGUN = "call_begun"
    CALL_ATTEMPTED = "call_attempted"
    CALL_SETTLED = "call_settled"
    TAKEN_UP = "taken_up"
    RECONCILED = "reconciled"
    FINISHED = "finished"
    DECIDED = "decided"
    CONTRACT_REGISTERED = "contract_registered"
    CONTRACT_RETIRED = "contract_retired"
    CONTRACT_SUSPENDED = "contract_suspended"
    CONTRACT_REINSTATED = "contract_reinstated"
    SIGNING_KEY_ROTATED = "signing_key_rotated"
    CONFIRM_REFUSED = "confirm_refused"
    WORKSPACE_CREATED = "workspace_created"
    CONNECTOR_CONFIGURED = "connector_configured"
    CONNECTOR_SECRET_SHARED = "connector_secret_shared"  # noqa: S105 - a kind of entry
    CREDENTIAL_SET = "credential_set"
    CREDENTIAL_REMOVED = "credential_removed"
    MIRROR_BEGUN = "mirror_begun"
    MEMBER_ADDED = "member_added"
    MEMBER_INVITED = "member_invited"
    MEMBER_JOINED = "member_joined"
    MEMBER_ROLE_CHANGED = "member_role_changed"
    MEMBER_DEACTIVATED = "member_deactivated"
    MEMBER_REACTIVATED = "member_reactivated"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of entry
    SIGNED_OUT_ELSEWHERE = "signed_out_elsewhere"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"
    SIGN_IN_REFUSED = "sign_in_refused"
    KEY_CREATED = "key_created"
    KEY_ROTATED = "key_rotated"
    KEY_REVOKED = "key_revoked"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    EXPORTED = "exported"
    EVENT_REFUSED = "event_refused"
    REACTION_FAILED = "reaction_failed"
    RULE_CREATED = "rule_created"
    RULE_CHANGED = "rule_changed"
    RULE_DELETED = "rule_deleted"
    RULE_HELD_BACK = "rule_held_back"
    RULE_PARKED = "rule_parked"
    WORK_PARKED = "work_parked"
    INSTRUCTION_CREATED = "instruction_created"
    INSTRUCTION_CHANGED = "instruction_changed"
    INSTRUCTION_DELETED = "instruction_deleted"
    EVAL_REPORT_KEPT = "eval_report_kept"
    EVAL_REPORT_DELETED = "eval_report_deleted"
    WEBHOOK_CREATED = "webhook_created"
    WEBHOOK_CHANGED = "webhook_changed"
    WEBHOOK_PAUSED = "webhook_paused"
    WEBHOOK_RESUMED = "webhook_resumed"
    WEBHOOK_DELETED = "webhook_deleted"
    WEBHOOK_ROTATED = "webhook_rotated"
    WEBHOOK_DISABLED = "webhook_disabled"
    WEBHOOK_RESENT = "webhook_resent"
    WEBHOOK_RECOVERED = "webhook_recovered"
    WEBHOOK_REPLAYED = "webhook_replayed"
    WEBHOOK_TESTED = "webhook_tested"


async def record(
    session: AsyncSession,
    run: Run,
    kind: EntryType,
    at: datetime,
    *,
    actor: Actor | None = None,
    outcome: str | None = None,
    duration_ms: float | None = None,
    **data: Any,
) -> HistoryRow:
    """Append one entry about ``run``, in the caller's transaction. ``actor`` is who caused it, by default the run's
    own."""
    told = make_entry(run, kind, at, actor=actor, outcome=outcome, duration_ms=duration_ms, **data)
    return (await store.history.log.append_all(session, run.workspace, [told]))[0]


def make_entry(
    run: Run,
    kind: EntryType,
    at: datetime,
    *,
    actor: Actor | None = None,
    outcome: str | None = None,
    duration_ms: float | None = None,
    **data: Any,
) -> HistoryEntry:
    """The entry that ``record`` appends, for callers that append several at once (``store.history.log.append_all``)."""
    return HistoryEntry(
        kind=kind.value,
        run_id=run.id,
        actor=(actor or run.actor).as_json(),
        data={
            "surface": run.surface,
            "thread_id": run.thread,
            **({"via": run.via} if run.via else {}),
            **({"mode": "test"} if is_test(run) else {}),
            **data,
        },
        at=at,
        request_id=run.request_id,
        contract=" ".join(run.actions) or None,
        outcome=outcome,
        risk=find_highest_risk(run.plan),
        model=run.trace.model or run.trace.resolver if run.trace else None,
        prompt_version=run.trace.prompt_version if run.trace else None,
        duration_ms=None if duration_ms is None else round(duration_ms, 3),
    )


async def record_act(
    session: AsyncSession, actor: Actor, kind: EntryType, at: datetime, *, request_id: str | None = None, **data: Any
) -> HistoryRow:
    """Append an entry about the workspace itself: a contract signed, a key made, a member added."""
    return await store.history.log.append(
        session,
        workspace=actor.workspace,
        kind=kind.value,
        run_id=None,
        actor=actor.as_json(),
        data=data,
        at=at,
        request_id=request_id,
        contract=data.get("contract"),
    )


def find_highest_risk(plan: Plan | None) -> str | None:
    order = ("read", "write", "irreversible")
    return max((step.risk.value for step in plan.steps), key=order.index) if plan and plan.steps else None


def trace_data(trace: Trace) -> dict[str, Any]:
    """What the resolver was asked and what it answered, as stored. Durations in ms, cost in US dollars."""
    return trace.model_dump(mode="json", exclude_none=True)


def plan_data(plan: Plan) -> dict[str, Any]:
    """The plan as confirmed or sent: payloads whole, sources, pins by digest."""
    return {
        "digest": plan.digest,
        "held": list(plan.held),
        "approvals": plan.approvals,
        "calls": [
            {
                "call_id": step.call_id,
                "contract": {"name": step.action, "version": step.version, "digest": step.contract_digest},
                "url": step.url,
                "payload": step.payload,
                **describe_request(step),
                "policy": step.policy.value,
                "risk": step.risk.value,
                "sources": {each.param: each.source.model_dump(mode="json") for each in step.filled},
                "evidence": {each.param: evidence_of(each.source) for each in step.filled},
                "pins": [{"kind": pin.record_kind, "id": pin.record_id, "digest": pin.digest} for pin in step.pins],
            }
            for step in plan.steps
        ],
    }


def describe_request(step: Step) -> dict[str, Any]:
    """The rest of an HTTP request, as it is sent but for credentials; nothing for a signed POST."""
    if step.endpoint is None:
        return {}
    told = {"method": step.method, "headers": [list(each) for each in step.headers]} if step.method else {}
    tool = {"tool": step.endpoint.tool} if isinstance(step.endpoint, McpEndpoint) else {}
    return {**told, **tool, "connection": step.endpoint.connection}


def outcome_of(call: CallRow, result_fits: bool | None = None, duration_ms: float = 0.0) -> CallOutcome:
    return CallOutcome(
        call_id=call.call_id,
        state=call.state,
        status=call.status,
        answer=call.answer,
        detail=call.detail,
        attempts=call.attempts,
        duration_ms=duration_ms,
        result_fits=result_fits,
    )


def describe_outcome(outcome: CallOutcome) -> dict[str, Any]:
    return outcome.model_dump(mode="json", exclude_none=True)


# ── CSV ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

COLUMNS: Final = (
    "seq", "at", "kind", "run_id", "request_id", "actor_id", "actor_name", "actor_role", "contract", "outcome", "risk",
    "model", "prompt_version", "duration_ms", "mode", "thread_id", "source", "data", "prev", "digest",
)  # fmt: skip

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def make_safe_cell(value: object) -> object:
    """A cell that no spreadsheet runs as a formula (OWASP CSV injection): text that starts like one gets a leading
    apostrophe."""
    if isinstance(value, str) and value.lstrip(" \u00a0\ufeff").startswith(_FORMULA_STARTS):
        return "'" + value
    return value


async def export_csv(rows: AsyncIterator[HistoryRow]) -> AsyncIterator[str]:
    """The export, a piece at a time: a header line, then one line an entry. Memory doesn't grow with the number of
    rows."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    held = 0
    async for row in rows:
        writer.writerow([make_safe_cell(cell) for cell in _list_cells(row)])
        held += 1
        if held == 200:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
            held = 0
    yield buffer.getvalue()


async def export_json(rows: AsyncIterator[HistoryRow]) -> AsyncIterator[str]:
    """The export as JSON lines: one entry a line, as the API shows it. Memory doesn't grow with the number of rows."""
    held: list[str] = []
    async for row in rows:
        held.append(json.dumps(describe_entry(row), ensure_ascii=False, separators=(",", ":")))
        if len(held) == 200:
            yield "\n".join(held) + "\n"
            held.clear()
    if held:
        yield "\n".join(held) + "\n"


def describe_entry(row: HistoryRow) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "id": row.id,
        "at": row.at.isoformat(),
        "kind": row.kind,
        "run_id": row.run_id,
        "request_id": row.request_id,
        "actor": json.loads(row.actor),
        "contract": row.contract,
        "outcome": row.outcome,
        "risk": row.risk,
        "model": row.model,
        "prompt_version": row.prompt_version,
        "duration_ms": row.duration_ms,
        "mode": mode_of(row),
        "thread_id": thread_of(row),
        "data": json.loads(row.data),
        "prev": row.prev,
        "digest": row.digest,
    }


def mode_of(row: HistoryRow) -> Mode:
    """The mode of an entry: whether a test key asked for it or did it. Read from what the hash chain covers; there is
    no column for it."""
    for told in (row.data, row.actor):
        if '"test"' in told and json.loads(told).get("mode") == "test":
            return "test"
    return "live"


def thread_of(row: HistoryRow) -> str | None:
    """The thread of the run that an entry tells of, by its first request; None for an entry of no run, or from before
    there were threads."""
    return json.loads(row.data).get("thread_id") if row.run_id and '"thread_id"' in row.data else None


def sources_of(row: HistoryRow) -> str:
    """How well each value of the plan that an entry tells of is supported, by slot: ``0.amount=read``. Empty for an
    entry without a plan."""
    if '"evidence"' not in row.data:
        return ""
    plan = json.loads(row.data).get("plan")
    calls = plan.get("calls", ()) if isinstance(plan, dict) else ()
    return " ".join(
        f"{at}.{param}={evidence}"
        for at, call in enumerate(calls)
        for param, evidence in call.get("evidence", {}).items()
    )


def _list_cells(row: HistoryRow) -> list[object]:
    actor: Mapping[str, Any] = json.loads(row.actor) if isinstance(row.actor, str) else row.actor
    return [
        row.seq,
        row.at.isoformat(),
        row.kind,
        row.run_id or "",
        row.request_id or "",
        actor.get("id", ""),
        actor.get("name", ""),
        actor.get("role", ""),
        row.contract or "",
        row.outcome or "",
        row.risk or "",
        row.model or "",
        row.prompt_version or "",
        "" if row.duration_ms is None else row.duration_ms,
        mode_of(row),
        thread_of(row) or "",
        sources_of(row),
        row.data,
        row.prev,
        row.digest,
    ]

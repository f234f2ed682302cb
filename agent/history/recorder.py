"""Audit log writer: appends an entry to AI History at each step. ``agent.history.columns`` says what is shown and
exported of an entry.

Every entry is appended in the transaction of the change that it records. ``store.history.log`` chains the entries by
digest.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

import store.history.log
from agent.pipeline import CallOutcome, Plan, Resolved, Step, grade_evidence
from agent.runs.run import Run
from agent.runs.test_mode import is_test
from core.actor import Actor
from core.clock import write_weekday
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
    EDIT_DROPPED = "edit_dropped"
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
    MEMBER_RENAMED = "member_renamed"
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
    request_id: str | None = None,
    **data: Any,
) -> HistoryRow:
    """Appends an entry about ``run`` in the caller's transaction. ``actor`` is who caused it and ``request_id`` the
    request by which they did, by default the run's own."""
    told = make_entry(
        run, kind, at, actor=actor, outcome=outcome, duration_ms=duration_ms, request_id=request_id, **data
    )
    return (await store.history.log.append_all(session, run.workspace, [told]))[0]


def make_entry(
    run: Run,
    kind: EntryType,
    at: datetime,
    *,
    actor: Actor | None = None,
    outcome: str | None = None,
    duration_ms: float | None = None,
    request_id: str | None = None,
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
        request_id=request_id or run.request_id,
        contract=" ".join(run.actions) or None,
        outcome=outcome,
        risk=find_highest_risk(run.plan),
        model=run.trace.model or run.trace.resolver if run.trace else None,
        prompt_version=run.trace.prompt_version if run.trace else None,
        duration_ms=None if duration_ms is None else round(duration_ms, 3),
    )


def make_resolved_entry(run: Run, resolved: Resolved, at: datetime) -> HistoryEntry:
    """The entry of what the resolver was asked and what it answered. Durations in ms, cost in US dollars.

    A search doesn't look at the prompts: nearly all of each is the same in every request, and the request itself has
    an entry of its own.
    """
    trace = resolved.trace.model_dump(mode="json", exclude_none=True)
    entry = make_entry(
        run,
        EntryType.RESOLVED,
        at,
        duration_ms=resolved.trace.duration_ms,
        trace=trace,
        resolution=resolved.resolution.model_dump(mode="json"),
    )
    return replace(entry, searched={**entry.data, "trace": _leave_out_prompts(trace)})


def _leave_out_prompts(trace: dict[str, Any]) -> dict[str, Any]:
    rest = {name: each for name, each in trace.items() if name != "prompt"}
    return {**rest, "second": _leave_out_prompts(rest["second"])} if "second" in rest else rest


async def record_act(
    session: AsyncSession, actor: Actor, kind: EntryType, at: datetime, *, request_id: str | None = None, **data: Any
) -> HistoryRow:
    """Appends an entry about the workspace itself: a contract signed, a key made, a member added."""
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


def list_sentences(plan: Plan | None) -> list[str]:
    """What the card of a plan says, a sentence a call. Empty without a plan."""
    return [step.preview for step in plan.steps] if plan else []


def describe_plan(plan: Plan, zone: str = "UTC") -> dict[str, Any]:
    """The plan as shown, confirmed or sent: the card's words, whole payloads, sources, and pins. ``zone`` is that of
    the request, whose clock the card's times are on."""
    return {
        "digest": plan.digest,
        "held": list(plan.held),
        "approvals": plan.approvals,
        "calls": [
            {
                "call_id": step.call_id,
                "contract": {"name": step.action, "version": step.version, "digest": step.contract_digest},
                "title": step.title,
                "sentence": step.preview,
                "shown": {
                    each.param: {"label": each.label, "value": write_weekday(each.value, zone) or each.shown}
                    for each in step.filled
                },
                "url": step.url,
                "payload": step.payload,
                **describe_request(step),
                "policy": step.policy.value,
                "risk": step.risk.value,
                "sources": {each.param: each.source.model_dump(mode="json") for each in step.filled},
                "evidence": {each.param: grade_evidence(each.source) for each in step.filled},
                "pins": [
                    {
                        "kind": pin.record_kind,
                        "id": pin.record_id,
                        "label": pin.label,
                        "values": dict(pin.values),
                        "digest": pin.digest,
                    }
                    for pin in step.pins
                ],
            }
            for step in plan.steps
        ],
    }


def describe_request(step: Step) -> dict[str, Any]:
    """The rest of an HTTP request, as it is sent but without credentials. Empty for a signed POST."""
    if step.endpoint is None:
        return {}
    told = {"method": step.method, "headers": [list(each) for each in step.headers]} if step.method else {}
    tool = {"tool": step.endpoint.tool} if isinstance(step.endpoint, McpEndpoint) else {}
    return {**told, **tool, "connection": step.endpoint.connection}


def make_outcome(call: CallRow, result_fits: bool | None = None, duration_ms: float = 0.0) -> CallOutcome:
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

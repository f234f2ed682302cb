"""Rows for tests, with only what a test cares about said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from store.accounts.members import MemberRow
from store.runs.calls import CallRow
from store.runs.runs import RunRow

AT = datetime(2026, 11, 24, 15, 43, 4, 123456, tzinfo=UTC)
ACTOR = {"id": "mem_1", "kind": "member", "name": "Ada", "role": "owner", "person": "mem_1"}


def later(**units: float) -> datetime:
    return AT + timedelta(**units)


def a_run(run_id: str = "run_1", **given: Any) -> RunRow:
    row: dict[str, Any] = {
        "id": run_id,
        "workspace": "ws_1",
        "session_id": "ses_1",
        "actor_id": "mem_1",
        "person": "mem_1",
        "role": "owner",
        "surface": "admin",
        "text": "refund Adam's last invoice",
        "state": "held",
        "created_at": AT,
        "updated_at": AT,
        "document": "{}",
    }
    return RunRow(**{**row, **given})


def a_call(call_id: str = "act_1", **given: Any) -> CallRow:
    row: dict[str, Any] = {
        "call_id": call_id,
        "workspace": "ws_1",
        "run_id": "run_1",
        "seq": 0,
        "action": "invoice.refund",
        "version": 1,
        "state": "planned",
        "url": "https://shop.example/refund",
        "payload": "{}",
    }
    return CallRow(**{**row, **given})


def a_member(member_id: str = "mem_1", **given: Any) -> MemberRow:
    row: dict[str, Any] = {
        "id": member_id,
        "workspace": "ws_1",
        "email": f"{member_id}@example.org",
        "name": member_id,
        "role": "owner",
        "state": "active",
        "created_at": AT,
    }
    return MemberRow(**{**row, **given})

"""Audit log entries in plain words: the name of each type, what an entry says, and an entry as one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from agent.history.columns import read_mode
from agent.history.recorder import EntryType
from core.display_text import to_display_text
from store.history.log import HistoryRow

_LABELS: Final[Mapping[EntryType, str]] = {
    EntryType.PROMPT: "request",
    EntryType.RESOLVED: "request read",
    EntryType.ASKED: "question asked",
    EntryType.ANSWERED: "question answered",
    EntryType.EDITED: "value changed",
    EntryType.EDIT_DROPPED: "card kept as it was",
    EntryType.HELD: "card to confirm",
    EntryType.APPROVED: "approved by one of two",
    EntryType.AUTO_CONFIRMED: "no confirmation needed",
    EntryType.DRIFTED: "changed since the card",
    EntryType.ABSTAINED: "no action fits",
    EntryType.REPLIED: "answer given",
    EntryType.EXPIRED: "card expired",
    EntryType.SIGNING_KEY_ROTATED: "signing key changed",
    EntryType.CALL_BEGUN: "sending begun",
    EntryType.CALL_ATTEMPTED: "call sent",
    EntryType.CALL_SETTLED: "call finished",
    EntryType.TAKEN_UP: "taken up again",
    EntryType.RECONCILED: "outcome looked up",
    EntryType.FINISHED: "run finished",
    EntryType.DECIDED: "outcome decided by a person",
    EntryType.MEMBER_RENAMED: "name changed",
    EntryType.CONFIRM_REFUSED: "confirmation refused",
    EntryType.CONNECTOR_CONFIGURED: "connection configured",
    EntryType.CONNECTOR_SECRET_SHARED: "signing secret shared",
    EntryType.MIRROR_BEGUN: "copying of records begun",
    EntryType.SIGN_IN_REFUSED: "sign-in refused",
    EntryType.IDENTITY_LINKED: "sign-in account linked",
    EntryType.IDENTITY_UNLINKED: "sign-in account unlinked",
    EntryType.RULE_PARKED: "rule set aside",
    EntryType.WORK_PARKED: "work set aside",
    EntryType.REACTION_FAILED: "reaction to an event failed",
    EntryType.WEBHOOK_ROTATED: "webhook secret changed",
    EntryType.WEBHOOK_RESENT: "webhook sent again",
    EntryType.KEY_ROTATED: "key replaced",
}


def label_entry(kind: str) -> str:
    """Label of an entry's type: ``call_settled`` → “call finished”. A type of a later version keeps its name."""
    known = next((each for each in EntryType if each.value == kind), None)
    return _LABELS.get(known, kind.replace("_", " ")) if known else kind.replace("_", " ")


_TELLING: Final = ("text", "detail", "reason", "email", "name", "verdict", "connector", "query", "event")


def summarize_entry(data: dict[str, Any]) -> str:
    """What the card said, with the reason of who rejected it or what the platform answered, or else the first value in
    the entry that tells a person something."""
    call, plan = data.get("call") or {}, data.get("plan")
    if sentences := _list_sentences(data):
        why = f"Reason: {data['reason']}" if data.get("reason") else call.get("detail", "")
        return to_display_text(" ".join(filter(None, [*sentences, why])), limit=160)
    for holder in (
        data,
        *(
            data[name]
            for name in ("question", "refusal", "reply", "answer", "outcome")
            if isinstance(data.get(name), dict)
        ),
    ):
        for name in _TELLING:
            if isinstance(holder.get(name), str) and holder[name]:
                return to_display_text(holder[name], limit=160)
    if "endpoint" in data and isinstance(data.get("url"), str):  # a webhook's
        return to_display_text(data["url"], limit=160)
    if isinstance(plan, dict) and plan.get("held"):
        return to_display_text(str(plan["held"][0]), limit=160)
    trace = data.get("trace")
    if isinstance(trace, dict) and trace.get("resolver"):
        return to_display_text(
            f"by {trace['model']}" if trace.get("model") else "by the rules, without a model", limit=160
        )
    drift = data.get("drift")
    return to_display_text(str(drift[0]), limit=160) if isinstance(drift, list) and drift else ""


def _list_sentences(data: Mapping[str, Any]) -> list[str]:
    """The sentences of the card that an entry is about, one a call. Entries of earlier versions have none."""
    plan = data.get("plan")
    calls = plan.get("calls", ()) if isinstance(plan, dict) else ()
    return [each["sentence"] for each in calls if "sentence" in each] or list(data.get("sentences", ()))


def name_actor(actor: Mapping[str, Any], people: Mapping[str, str]) -> str:
    """The name of who acted. For a key, its owner and its name. ``people`` maps member ids to names."""
    name = to_display_text(str(actor.get("name", "")), limit=60)
    holder = people.get(str(actor.get("person"))) if actor.get("kind") == "key" else None
    return f"{to_display_text(holder, limit=60)} (key “{name}”)" if holder else name


def write_entry(row: HistoryRow, people: Mapping[str, str]) -> tuple[str, str]:
    """An entry in two lines: who, and what happened with what outcome. ``people`` maps member ids to names, because a
    key acts for a member."""
    name = name_actor(json.loads(row.actor), people)
    # Omits an outcome that only repeats the entry's type.
    outcome = "" if row.outcome == row.kind else row.outcome
    summary, contract = summarize_entry(json.loads(row.data)), row.contract or ""
    if contract and summary.startswith(contract):  # a call that was asked for as data names its own action
        contract = ""
    told = [contract, summary.removesuffix("."), outcome, "test" if read_mode(row) == "test" else ""]
    what = ", ".join(each for each in told if each)
    return name, f"{label_entry(row.kind)}: {what}" if what else label_entry(row.kind)

"""How a run looks from outside, as JSON. One shape for REST, the terminal and whoever builds a console of their own."""

from __future__ import annotations

from typing import Any

from agent.pipeline import Filled, Plan, Question
from agent.run import Run


def run_json(run: Run) -> dict[str, Any]:
    """The run as the API answers it. Rendered prompts and raw responses are not in it: they are in AI History, for owners."""
    return {
        "id": run.id,
        "state": run.state,
        "text": run.text,
        "surface": run.surface,
        "cause": run.cause.model_dump(mode="json") if run.cause else None,
        "actor": {"id": run.actor.id, "name": run.actor.name, "role": run.actor.role},
        "created_at": run.created_at.isoformat(),
        "updated_at": run.updated_at.isoformat(),
        "expires_at": run.expires_at.isoformat() if run.expires_at else None,
        "question": question_json(run.question) if run.question and run.state == "asked" else None,
        "card": card_json(run, run.plan) if run.plan else None,
        "refusal": (
            {"code": run.refusal.code, "detail": run.refusal.detail, "nearest": list(run.refusal.nearest)}
            if run.refusal
            else None
        ),
        "reason": run.reason,
        "outcomes": [outcome.model_dump(mode="json") for outcome in run.outcomes],
    }


def question_json(question: Question) -> dict[str, Any]:
    return {
        "slot": question.slot,
        "code": question.code,
        "text": question.text,
        "missing": list(question.missing),
        "free_text": question.free_text,
        "candidates": [each.model_dump(mode="json") for each in question.candidates],
    }


def card_json(run: Run, plan: Plan) -> dict[str, Any]:
    """Exactly what will be sent, where, and where each value comes from."""
    return {
        "digest": plan.digest,
        "held": list(plan.held),
        "approvals_needed": plan.approvals,
        "approvals": [{"name": each.name, "at": each.at.isoformat()} for each in run.approvals],
        "drift": list(run.drift),
        "calls": [
            {
                "call_id": step.call_id,
                "action": step.action,
                "version": step.version,
                "title": step.title,
                "preview": step.preview,
                "risk": step.risk.value,
                "url": step.url,
                "payload": step.payload,
                "params": [_filled_json(each) for each in step.filled],
            }
            for step in plan.steps
        ],
    }


def _filled_json(filled: Filled) -> dict[str, Any]:
    return {
        "name": filled.param,
        "label": filled.label,
        "value": filled.value,
        "shown": filled.shown,
        "source": filled.source.model_dump(mode="json"),
    }

"""Result of one case, as scored, stored and reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Call = Mapping[str, Any]
"""``{"action": name, "params": {name: value}}``"""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case's answer. ``decision`` is act, clarify, abstain or noop. ``calls`` are in order; for a question, as far
    as they are known. ``missing`` are required parameters asked for. ``candidates`` are the choices of a question, as
    shown.

    ``held`` says why a person would have to confirm, None if no contract required it. ``changes`` says whether a call
    changes anything. ``confidence`` is the resolver's in its likeliest calls, ``proposed`` those it only proposed.
    ``take`` counts repetitions from 0. ``cost`` is US dollars, None if the price is unknown. ``ms`` is the duration of
    the whole answer. ``attack`` is the result of an attack, if there was one (``evals.attacks.run_attacked``).
    """

    id: str
    decision: str
    calls: tuple[Call, ...] = ()
    missing: tuple[str, ...] = ()
    question: str = ""
    sources: Mapping[str, Any] | None = None
    ms: float = 0.0
    tokens: int = 0
    cost: str | None = None
    error: str = ""
    take: int = 0
    candidates: tuple[str, ...] = ()
    held: tuple[str, ...] | None = None
    changes: bool = True
    confidence: float | None = None
    proposed: tuple[Call, ...] = ()
    notes: tuple[str, ...] = ()
    attack: Mapping[str, Any] | None = None
    answer: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "decision": self.decision,
            "calls": [dict(call) for call in self.calls],
            "missing": list(self.missing),
            "question": self.question,
            "sources": dict(self.sources or {}),
            "ms": round(self.ms, 3),
            "tokens": self.tokens,
            "cost": self.cost,
            "error": self.error,
            "take": self.take,
            "candidates": list(self.candidates),
            "held": None if self.held is None else list(self.held),
            "changes": self.changes,
            "confidence": self.confidence,
            "proposed": [dict(call) for call in self.proposed],
            "notes": list(self.notes),
            "attack": None if self.attack is None else dict(self.attack),
            "answer": None if self.answer is None else dict(self.answer),
        }


def parse_result(value: Mapping[str, Any]) -> CaseResult:
    """Parses an entry from its JSON, ignoring other keys. Raises KeyError or TypeError."""
    held = value.get("held")
    return CaseResult(
        id=value["id"],
        decision=value["decision"],
        calls=tuple(value["calls"]),
        missing=tuple(value["missing"]),
        question=value["question"],
        sources=value["sources"],
        ms=value["ms"],
        tokens=value["tokens"],
        cost=value["cost"],
        error=value["error"],
        take=value.get("take", 0),
        candidates=tuple(value.get("candidates", ())),
        held=None if held is None else tuple(held),
        changes=value.get("changes", True),
        confidence=value.get("confidence"),
        proposed=tuple(value.get("proposed", ())),
        notes=tuple(value.get("notes", ())),
        attack=value.get("attack"),
        answer=value.get("answer"),
    )

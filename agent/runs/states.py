"""Run states as types: a held run has a plan, a confirmed run has a plan and a confirmation, an asked run has an open
question. Only this module makes them, from stored runs."""

from __future__ import annotations

from dataclasses import dataclass

from agent.pipeline import Plan, Question
from agent.runs.run import Approval, Run


@dataclass(frozen=True)
class Planned:
    """A run with a plan, in any later state. Cards are drawn from it."""

    run: Run
    plan: Plan

    @property
    def needs_two_people(self) -> bool:
        return self.plan.approvals > 1


@dataclass(frozen=True)
class Held(Planned):
    """A run whose card waits for a confirmation."""


@dataclass(frozen=True)
class PlanConfirmation:
    """Why a plan may be sent: people's approvals, or none if its contracts' policy needs none."""

    digest: str
    approvals: tuple[Approval, ...]


@dataclass(frozen=True)
class Confirmed(Planned):
    """A run whose calls may be sent, or are being sent."""

    confirmation: PlanConfirmation


@dataclass(frozen=True)
class Asked:
    """A run that waits for an answer."""

    run: Run
    question: Question


def as_planned(run: Run) -> Planned | None:
    return Planned(run, run.plan) if run.plan is not None else None


def as_held(run: Run) -> Held | None:
    return Held(run, run.plan) if run.state == "held" and run.plan is not None else None


def as_confirmed(run: Run) -> Confirmed | None:
    """The run as confirmed. None in any other state, and for a plan with too few approvals: nothing is sent then."""
    if run.state not in ("confirmed", "executing") or run.plan is None or len(run.approvals) < run.plan.approvals:
        return None
    return Confirmed(run, run.plan, PlanConfirmation(run.plan.digest, run.approvals))


def as_asked(run: Run) -> Asked | None:
    return Asked(run, run.question) if run.state == "asked" and run.question is not None else None

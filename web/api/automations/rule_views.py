"""API views of rules, instructions and their firings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from core.actor import Surface
from core.clock import format_iso
from events.automations.rules import Evaluation, Mode, summarize
from events.automations.service import describe_instruction, describe_rule
from events.subscribers import FiredEvent
from store.automations import FiringRow, InstructionRow, RuleRow
from web.api.view import Moment, View


class AuthorView(View):
    """The member in whose name an automation acts."""

    id: str
    name: str


class FromView(View):
    """A parameter's value from the event, at this JSON Pointer."""

    pointer: Annotated[str, Field(alias="from")]


class ConstantView(View):
    """A parameter's constant value."""

    value: Any


class RuleView(View):
    """A rule: runs ``action`` with these parameters on events that match ``event`` and meet ``condition``. In
    ``shadow`` mode it only records what it would have sent. ``blocked``: why it does nothing although nobody switched
    it off, or null if it works."""

    id: str
    name: str
    event: str
    condition: str
    action: str
    surface: Surface
    parameters: dict[str, FromView | ConstantView]
    mode: Mode
    max_per_hour: int
    note: str
    author: AuthorView
    blocked: str | None
    created_at: Moment
    updated_at: Moment
    revision: int


class RuleList(View):
    data: Sequence[RuleView]


class InstructionView(View):
    """An instruction: words for the AI brain on events that match ``event``. It may choose only among ``actions``.
    ``blocked`` is as in a rule."""

    id: str
    name: str
    event: str
    text: str
    actions: tuple[str, ...]
    surface: Surface
    mode: Mode
    max_per_hour: int
    allow_unattended: bool
    author: AuthorView
    blocked: str | None
    created_at: Moment
    updated_at: Moment
    revision: int


class InstructionList(View):
    data: Sequence[InstructionView]


NONE: Final[Mapping[str, str]] = {}
FiringVerdict = Literal["run", "shadow", "unmet", "over_limit", "untold"]


class FiringView(View):
    """A firing: one event that the automation reacted to. ``would`` is what shadow mode would have sent. It is null for
    readers who may not see the records in it."""

    event_id: str
    at: Moment
    verdict: FiringVerdict
    run_id: str | None
    detail: str
    would: dict[str, Any] | None


class FiringPage(View):
    """A page of firings. ``next`` is the ``before`` of the next page, null at the end."""

    data: Sequence[FiringView]
    next: str | None


class MetView(View):
    """Dry run of a rule on one past event. ``would`` holds the calls or the refusal."""

    event_id: str
    event: str
    occurred_at: Moment
    verdict: Literal["met", "unmet", "untold"]
    detail: str
    would: dict[str, Any] | None


class DryRunView(View):
    data: Sequence[MetView]


def make_rule_view(row: RuleRow, obstacles: Mapping[str, str] = NONE) -> RuleView:
    """The view of a rule. ``obstacles`` come from ``AutomationService.find_obstacles``. A new rule has none."""
    return RuleView.model_validate({"id": row.id, **describe_rule(row), **_common(row, obstacles)})


def make_rule_json(row: RuleRow) -> dict[str, Any]:
    return make_rule_view(row).json_value()


def make_instruction_view(row: InstructionRow, obstacles: Mapping[str, str] = NONE) -> InstructionView:
    """The view of an instruction. ``obstacles`` are as in ``make_rule_view``."""
    return InstructionView.model_validate({"id": row.id, **describe_instruction(row), **_common(row, obstacles)})


def make_instruction_json(row: InstructionRow) -> dict[str, Any]:
    return make_instruction_view(row).json_value()


def make_firing_view(row: FiringRow, *, inside: bool) -> FiringView:
    """The view of a firing. ``inside``: whether the reader may see the records in what shadow mode would have sent."""
    return FiringView(
        event_id=row.event_id,
        at=format_iso(row.at),
        verdict=row.verdict,
        run_id=row.run_id,
        detail=row.detail if inside or row.verdict != "shadow" else "",
        would=json.loads(row.document) if row.document and inside else None,
    )


def make_met_view(event: FiredEvent, met: Evaluation) -> MetView:
    return MetView(
        event_id=event.id,
        event=event.name,
        occurred_at=format_iso(event.occurred_at),
        verdict=met.verdict,
        detail=met.detail,
        would=summarize(met.judged.verdict) if met.judged else None,
    )


def _common(row: RuleRow | InstructionRow, obstacles: Mapping[str, str]) -> dict[str, Any]:
    author = json.loads(row.author)
    return {
        "author": {"id": author["id"], "name": author["name"]},
        "blocked": obstacles.get(row.id),
        "created_at": format_iso(row.created_at),
        "updated_at": format_iso(row.updated_at),
        "revision": row.revision,
    }

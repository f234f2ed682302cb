"""API views of rules, instructions and what they did."""

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
    """In whose name it acts."""

    id: str
    name: str


class FromView(View):
    """The value is taken from the event at this JSON Pointer."""

    pointer: Annotated[str, Field(alias="from")]


class ConstantView(View):
    """The value is this one."""

    value: Any


class RuleView(View):
    """A rule: on events that fit ``event`` and meet ``condition``, run ``action`` with these parameters. ``shadow``
    only says what would have been sent. ``blocked``: why it does nothing although nobody switched it off, null where it
    works."""

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
    """Words for the AI brain on events that fit ``event``; it may choose among ``actions`` alone. ``blocked``: as of a
    rule."""

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
    """One event met. ``would`` is what shadow mode would have sent: for those who may see the records in it."""

    event_id: str
    at: Moment
    verdict: FiringVerdict
    run_id: str | None
    detail: str
    would: dict[str, Any] | None


class FiringPage(View):
    """``next`` goes into ``before`` for the page after this one; null at the end."""

    data: Sequence[FiringView]
    next: str | None


class MetView(View):
    """What the rule would have made of one past event: ``would`` holds the calls, or the refusal."""

    event_id: str
    event: str
    occurred_at: Moment
    verdict: Literal["met", "unmet", "untold"]
    detail: str
    would: dict[str, Any] | None


class DryRunView(View):
    data: Sequence[MetView]


def make_rule_view(row: RuleRow, obstacles: Mapping[str, str] = NONE) -> RuleView:
    """``obstacles`` are of ``AutomationService.find_obstacles``; a rule that was just made has none."""
    return RuleView.model_validate({"id": row.id, **describe_rule(row), **_common(row, obstacles)})


def make_rule_json(row: RuleRow) -> dict[str, Any]:
    return make_rule_view(row).json_value()


def make_instruction_view(row: InstructionRow, obstacles: Mapping[str, str] = NONE) -> InstructionView:
    """``obstacles`` as of ``rule_view``."""
    return InstructionView.model_validate({"id": row.id, **describe_instruction(row), **_common(row, obstacles)})


def make_instruction_json(row: InstructionRow) -> dict[str, Any]:
    return make_instruction_view(row).json_value()


def make_firing_view(row: FiringRow, *, inside: bool) -> FiringView:
    """``inside``: whether the reader may see the records in what shadow mode would have sent."""
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

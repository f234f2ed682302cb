"""Form fields that rules and instructions share, as posted and in the API's form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar, get_args

from pydantic import BaseModel

from core.actor import SURFACES, Surface
from core.errors import InvalidInput
from events.automations.rules import Mode
from events.automations.service import PER_HOUR
from store.automations import InstructionRow, RuleRow
from web.console.forms import Form, validate

OTHER: Final = "?"
"""Value of a picker when a person writes their own value."""
MODES: Final = get_args(Mode)
_HINTS: Final = {
    "name": "Give it a name of 1 to 120 characters.",
    "event": "Pick the event that it waits for.",
    "max_per_hour": "The ceiling is a whole number from 1 to 10000 an hour.",
}
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomationFormData:
    """Fields that the forms of rules and instructions share. ``own_event``: the event's name is typed, not chosen.
    ``find`` filters the offered actions."""

    name: str = ""
    event: str = ""
    own_event: bool = False
    find: str = ""
    surface: Surface = "admin"
    mode: Mode = "shadow"
    per_hour: str = str(PER_HOUR)


def read_form(form: Form) -> dict[str, Any]:
    """The fields of ``AutomationFormData`` as posted, valid or not."""
    event, own = form.get("event", limit=100).strip(), form.get("own_event", limit=200).strip()
    return {
        "name": form.get("name", limit=1000).strip(),
        "event": own if event == OTHER else event,
        "own_event": event == OTHER,
        "find": form.get("find", limit=200).strip(),
        "surface": next((each for each in SURFACES if each == form.get("surface", limit=20)), "admin"),
        "mode": next((each for each in MODES if each == form.get("mode", limit=10)), "shadow"),
        "per_hour": form.get("per_hour", limit=10).strip(),
    }


def read_row(row: RuleRow | InstructionRow) -> dict[str, Any]:
    """The fields of ``AutomationFormData`` of an existing automation."""
    return {
        "name": row.name,
        "event": row.pattern,
        "surface": row.surface,
        "mode": row.mode,
        "per_hour": str(row.max_per_hour),
    }


def parse_model(model: type[M], given: AutomationFormData, more: Mapping[str, object], hints: Mapping[str, str]) -> M:
    """Validates ``given`` and the fields in ``more`` as the API's form. Raises InvalidInput with what to correct, using
    ``hints`` for the fields in ``more``."""
    both = {
        "name": given.name,
        "event": given.event,
        "surface": given.surface,
        "mode": given.mode,
        "max_per_hour": given.per_hour or PER_HOUR,
    }
    form, trouble = validate(model, {**both, **more}, {**_HINTS, **hints})
    if form is None:
        raise InvalidInput(trouble)
    return form

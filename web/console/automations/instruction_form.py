"""Instruction form: as posted, and in the API's form."""

from __future__ import annotations

from dataclasses import dataclass

from events.automations.service import InstructionForm
from store.automations import InstructionRow
from web.console.automations.automation_form import AutomationFormData, parse_model, read_form, read_row
from web.console.forms import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionFormData(AutomationFormData):
    """Form of an instruction, as posted or shown. ``actions`` are the ones it may choose among. ``unattended``: it may
    write without a card."""

    text: str = ""
    actions: tuple[str, ...] = ()
    unattended: bool = False


def read_form_data(form: Form) -> InstructionFormData:
    return InstructionFormData(
        **read_form(form),
        text=form.get("text").strip(),
        actions=tuple(dict.fromkeys(form.every("action"))),
        unattended=form.get("unattended", limit=5) == "yes",
    )


def make_form_data(row: InstructionRow) -> InstructionFormData:
    return InstructionFormData(
        **read_row(row),
        text=row.text,
        actions=tuple(row.contracts.split()),
        unattended=bool(row.unattended_by),
    )


def parse_form(given: InstructionFormData) -> InstructionForm:
    return parse_model(
        InstructionForm,
        given,
        {"text": given.text, "actions": list(given.actions), "allow_unattended": given.unattended},
        {
            "text": "Say what it should do, in at most 2000 characters.",
            "actions": "Tick 1 to 20 actions that it may choose among.",
        },
    )

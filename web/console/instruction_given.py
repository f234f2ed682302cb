"""The form of an instruction: as it is filled in, and as the API takes it."""

from __future__ import annotations

from dataclasses import dataclass

from core.actor import SURFACES, Surface
from core.errors import InvalidInput
from events.rulebook import PER_HOUR, InstructionForm
from events.rules import Mode
from store.rules import InstructionRow
from web.console.forms import Form, checked
from web.console.rule_given import MODES, OTHER


@dataclass(frozen=True, slots=True)
class Given:
    """The form as it is filled in."""

    name: str = ""
    event: str = ""
    text: str = ""
    actions: tuple[str, ...] = ()
    find: str = ""
    surface: Surface = "admin"
    mode: Mode = "shadow"
    per_hour: str = str(PER_HOUR)
    unattended: bool = False
    own_event: bool = False


def given_of(form: Form) -> Given:
    event, own = form.get("event", limit=100).strip(), form.get("own_event", limit=200).strip()
    return Given(
        name=form.get("name", limit=1000).strip(),
        event=own if event == OTHER else event,
        own_event=event == OTHER,
        text=form.get("text").strip(),
        actions=tuple(dict.fromkeys(form.every("action"))),
        find=form.get("find", limit=200).strip(),
        surface=next((each for each in SURFACES if each == form.get("surface", limit=20)), "admin"),
        mode=next((each for each in MODES if each == form.get("mode", limit=10)), "shadow"),
        per_hour=form.get("per_hour", limit=10).strip(),
        unattended=form.get("unattended", limit=5) == "yes",
    )


def given_of_row(row: InstructionRow) -> Given:
    return Given(
        name=row.name,
        event=row.pattern,
        text=row.text,
        actions=tuple(row.contracts.split()),
        surface=next(each for each in SURFACES if each == row.surface),
        mode=next(each for each in MODES if each == row.mode),
        per_hour=str(row.max_per_hour),
        unattended=bool(row.unattended_by),
    )


def form_of(given: Given) -> InstructionForm:
    form, trouble = checked(
        InstructionForm,
        {
            "name": given.name, "event": given.event, "text": given.text, "actions": list(given.actions), "surface": given.surface,
            "mode": given.mode, "max_per_hour": given.per_hour or PER_HOUR, "allow_unattended": given.unattended,
        },
        {
            "name": "Give it a name of 1 to 120 characters.",
            "event": "Pick the event that it waits for.",
            "text": "Say what it shall do, in at most 2000 characters.",
            "actions": "Tick 1 to 20 actions that it may choose among.",
            "max_per_hour": "The ceiling is a whole number from 1 to 10000 an hour.",
        },
    )  # fmt: skip
    if form is None:
        raise InvalidInput(trouble)
    return form

"""Things whose names are codes of letters and figures, though no field of theirs is a number: lockers of a bath."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agent.pipeline import Proposed, Request
from agent.resolve.rules.resolver import RuleResolver
from registry.contract import Annotation
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist
from registry.records import Field, RecordKind, Relation

BATHER = RecordKind(
    name="bather",
    title="Bather",
    nouns=("bather", "bathers"),
    fields=(
        Field("id", "id", "Id"),
        Field("name", "string", "Name", search="name"),
        Field("email", "email", "E-mail", search="email"),
    ),
)
LOCKER = RecordKind(
    name="locker",
    title="Locker",
    nouns=("locker", "lockers"),
    fields=(
        Field("id", "id", "Id"),
        Field("label", "string", "Label", search="name"),
        Field("state", "enum", "State", values=("vacant", "in_use")),
        Field("bather_id", "id", "Bather"),
    ),
    relations=(Relation("bather", "bather_id"),),
    states={"vacant": {"state": ("vacant",)}},
)
HIRE = RecordKind(
    name="hire",
    title="Hire",
    nouns=("hire", "hires"),
    fields=(
        Field("id", "id", "Id", search="number"),
        Field("locker_id", "id", "Locker"),
        Field("until", "date", "Until"),
    ),
    relations=(Relation("locker", "locker_id"),),
)
ID = {"type": "integer"}


def action(name: str, title: str, annotations: dict[str, Annotation], types: dict[str, Any]) -> Offer:
    parameters = {"type": "object", "properties": types, "required": list(types)}
    return Offer(f"bath.{name}", 1, title, f"{title}.", parameters=parameters, annotations=annotations)


BATH = Shortlist(
    [
        action("note_locker", "Write a note on a locker", {"locker": Annotation(record="locker"), "text": Annotation()},
               {"locker": ID, "text": {"type": "string", "maxLength": 200}}),
        action("end_hire", "End a hire", {"hire": Annotation(record="hire"), "day": Annotation()},
               {"hire": ID, "day": {"type": "string", "format": "date"}}),
        action("warn_bather", "Warn a bather", {"bather": Annotation(record="bather")}, {"bather": ID}),
    ]
)  # fmt: skip


async def resolve(text: str) -> str:
    request = Request(text=text, now=datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
    made = (await RuleResolver().resolve(request, BATH, (BATHER, LOCKER, HIRE))).resolution
    assert isinstance(made, Proposed), made
    return made.proposal.model_dump_json(exclude_none=True)


@pytest.mark.parametrize(
    "text", ["note for K12: hinge is loose", "write a note on k12: hinge is loose", "K12 needs a note: hinge is loose"]
)
async def test_a_thing_is_named_by_its_code(text: str) -> None:
    said = (await resolve(text)).lower()
    assert '"action":"bath.note_locker"' in said
    assert '"record":"locker","said":{"text":"k12"' in said


@pytest.mark.parametrize("text", ["is K12 vacant?", "is locker K12 vacant?"])
async def test_a_question_about_a_code_is_about_the_thing_and_no_person(text: str) -> None:
    said = await resolve(text)
    assert '"record":"locker","said":{"text":"K12"' in said
    assert '"record":"bather"' not in said


async def test_what_belongs_to_a_thing_is_named_by_the_code_of_the_thing() -> None:
    said = await resolve("end the hire of K12 on friday")
    assert '"action":"bath.end_hire"' in said
    assert "K12" in said

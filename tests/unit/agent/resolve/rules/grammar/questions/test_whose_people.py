"""Who is told of, where people belong to other people: the pupil of a lesson, not whoever pays for the pupil."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows

_ID = {"name": "id", "type": "id", "search": "number"}
_NAME = {"name": "name", "search": "name"}
_STUDIO = FrozenWorld(
    {
        "contracts": [],
        "kinds": [
            define("payer", ["payer", "payers", "guardian"], [_ID, _NAME, {"name": "email", "type": "email"}],
                label="{name}"),
            define("pupil", ["pupil", "pupils"], [_ID, _NAME, {"name": "payer_id", "type": "id"},
                {"name": "place", "type": "enum", "values": ["taken", "waiting"]}], label="{name}",
                relations=[{"kind": "payer", "via": "payer_id"}],
                states={"taken": {"place": ["taken"]}, "waiting": {"place": ["waiting"]}}),
            define("lesson", ["lesson", "lessons"], [_ID, {"name": "pupil_id", "type": "id"},
                {"name": "payer_id", "type": "id"}, {"name": "day", "type": "date", "ranged": True},
                {"name": "went", "type": "enum", "values": ["planned", "held", "missed"]}], label="lesson {id}",
                order="day", relations=[{"kind": "pupil", "via": "pupil_id"}, {"kind": "payer", "via": "payer_id"}],
                states={"planned": {"went": ["planned"]}, "missed": {"went": ["missed"]}}),
        ],
        "records": {
            "payer": list_rows("id name email", (1, "Olga Reed", "o@reed.example"), (2, "Per Lind", "p@lind.example")),
            "pupil": list_rows("id name payer_id place", (11, "Tove Reed", 1, "taken"), (12, "Emil Lind", 2, "waiting"),
                (13, "Nils Lind", 2, "taken")),
            "lesson": list_rows("id pupil_id payer_id day went", (71, 11, 1, "2026-11-24", "missed"),
                (72, 13, 2, "2026-11-24", "planned"), (73, 11, 1, "2026-11-27", "planned")),
        },
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("who is missed today", ["Tove Reed"]),
        ("who is planned for friday", ["Tove Reed"]),
        ("who is waiting?", ["Emil Lind"]),
    ],
)
async def test_those_are_told_who_have_it_themselves(text: str, who: list[str]) -> None:
    made = (await ask(_STUDIO, text)).verdict
    assert isinstance(made, Reply), made
    assert [each.label for each in made.records] == who


async def test_a_denial_is_not_answered_by_those_whom_they_belong_to() -> None:
    made = (await ask(_STUDIO, "who is not missed yet today?")).verdict
    assert not isinstance(made, Reply) or made.partial, made


_SCHOOL = FrozenWorld(
    {
        "contracts": [],
        "kinds": [
            define("person", ["person", "people"], [_ID, _NAME], label="{name}"),
            define("interview", ["interview", "interviews"], [_ID, {"name": "guest_id", "type": "id"},
                {"name": "interviewer_id", "type": "id"}, {"name": "guest_name"},
                {"name": "day", "type": "date", "ranged": True}], label="interview {id}: {guest_name}", order="day",
                relations=[{"kind": "person", "via": "guest_id"}, {"kind": "person", "via": "interviewer_id"}]),
        ],
        "records": {
            "person": list_rows("id name", (1, "Olga Reed"), (2, "Per Lind")),
            "interview": list_rows("id guest_id interviewer_id guest_name day",
                (71, 1, 2, "Olga Reed", "2026-11-26"), (72, 2, 1, "Per Lind", "2026-11-27")),
        },
    }
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "who is Olga's interviewer",
        "who is the interviewer of interview 71",
        "who is interviewing Olga",
        "who is on interview 71",
    ],
)
async def test_of_two_people_of_one_kind_none_is_told_for_the_other(text: str) -> None:
    made = (await ask(_SCHOOL, text)).verdict
    assert not isinstance(made, Reply) or made.partial, made


async def test_whose_something_is_is_told_where_two_people_have_a_part_in_it() -> None:
    made = (await ask(_SCHOOL, "whose interview is on Thursday")).verdict
    assert isinstance(made, Reply), made
    assert [each.label for each in made.records] == ["Olga Reed"]

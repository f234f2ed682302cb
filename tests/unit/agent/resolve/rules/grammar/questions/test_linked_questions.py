"""Questions for one field of one record, by whatever words the field goes by, for who is there on a day, and for the
next and last time."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows

_ROCK_HALL = FrozenWorld(
    {
        "contracts": [],
        "kinds": [
            define("climber", ["climber", "climbers"], [{"name": "id", "type": "id"},
                {"name": "name", "search": "name"}, {"name": "email", "type": "email", "label": "E-mail"},
                {"name": "speaks", "search": "text"}, {"name": "joined_on", "type": "date", "ranged": True}],
                label="{name}", order="joined_on"),
            define("guard", ["guard", "guards"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
                {"name": "locker", "type": "string"}, {"name": "next_duty", "type": "date", "ranged": True},
                {"name": "status", "type": "enum", "values": ["guarding", "away"]}], label="{name}",
                order="next_duty", states={"guarding": {"status": ["guarding"]}, "away": {"status": ["away"]}}),
            define("lesson", ["lesson", "lessons"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "climber_id", "type": "id"}, {"name": "climber_name"},
                {"name": "day", "type": "date", "ranged": True},
                {"name": "status", "type": "enum", "values": ["booked", "held", "cancelled"]}], label="lesson {id}",
                relations=[{"kind": "climber", "via": "climber_id"}], order="day",
                states={"booked": {"status": ["booked"]}, "cancelled": {"status": ["cancelled"]}}),
            define("rope", ["rope", "ropes"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
                {"name": "hook", "type": "string"}, {"name": "strands", "type": "integer", "ranged": True},
                {"name": "warning_days", "type": "integer", "ranged": True},
                {"name": "fee", "type": "money_minor", "currency_field": "currency", "ranged": True,
                    "label": "Evening fee"}, {"name": "currency", "type": "currency"},
                {"name": "status", "type": "enum", "values": ["in", "lent"]},
                {"name": "due_on", "type": "date", "ranged": True, "label": "Due back"}], label="{name}"),
        ],
        "records": {
            "climber": list_rows("id name email speaks joined_on",
                (1, "Ida Moss", "ida@moss.example", "Norwegian", "2025-03-01"),
                (2, "Per Lund", "per@lund.example", "Danish", "2025-04-01")),
            "guard": list_rows("id name locker next_duty status", (11, "Wilma Stark", "L-4", "2026-11-24", "guarding"),
                (12, "Hugo Brandt", "L-7", "2026-11-27", "guarding"), (13, "Olga Reiss", "L-9", "2026-11-30", "away")),
            "lesson": list_rows("id climber_id climber_name day status", (21, 1, "Ida Moss", "2026-11-20", "held"),
                (22, 1, "Ida Moss", "2026-11-25", "cancelled"), (23, 1, "Ida Moss", "2026-11-26", "booked"),
                (24, 2, "Per Lund", "2026-11-25", "booked")),
            "rope": list_rows("id name hook strands warning_days fee currency status due_on",
                (31, "Blue Whale", "B2", 32, 3, 450, "EUR", "lent", "2026-11-21"),
                (32, "Danish Dynamite", "C1", 48, 1, 600, "EUR", "in", None)),
        },
    }
)  # fmt: skip


async def tell(text: str) -> str | None:
    made = (await ask(_ROCK_HALL, text)).verdict
    return made.text if isinstance(made, Reply) and not made.partial else None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("whats idas email", "Ida Moss: ida@moss.example."),
        ("on which hook is the blue whale?", "Blue Whale: hook B2."),
        ("which locker does Wilma have", "Wilma Stark: locker L-4."),
        ("how many strands of the blue whale do we have", "Blue Whale: 32 strands."),
        ("how much warning do we need for the blue whale", "Blue Whale: 3 warning days."),
        ("how much is an evening with the blue whale", None),
        ("how much is an evening for the blue whale", "Blue Whale: evening fee 4.50 EUR."),
        ("is the blue whale back yet?", "Blue Whale: lent; due back 21 Nov 2026."),
        ("what does an evening for the blue whale cost", "Blue Whale: evening fee 4.50 EUR."),
        ("which locker does Wilma paint", None),
        ("which locker does Wilma not have", None),
        ("how many strands of the blue whale are out", None),
        ("how many strands of the blue whale will we get", None),
        ("how many strands of the blue whale do we need", None),
        ("how many days has the blue whale", None),  # days of warning
        ("how much does the blue whale cost a strand", None),
        ("which hook does the blue whale have tomorrow", None),
        ("is the blue whale back today?", None),
        ("what does the blue whale's locker say", None),
    ],
)
async def test_a_field_is_told_where_every_word_is_its_own_or_the_name(text: str, told: str | None) -> None:
    assert await tell(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("who speaks Danish?", "Per Lund."),
        ("which climbers speak norwegian", "Ida Moss."),
        ("who is guarding today", "Wilma Stark."),
        ("who is away today", "Olga Reiss."),
        ("who's in tomorrow?", "Per Lund."),
        ("who's in today?", "No climbers with lessons on 24 Nov 2026"),
        ("how many lessons does Ida Moss have this week", "2 lessons of Ida Moss"),
    ],
)
async def test_who_is_told_by_what_is_said_of_them_and_of_that_day(text: str, told: str) -> None:
    made = await tell(text)
    assert made is not None
    assert made.replace(" (", ". (").startswith(told), made


async def test_what_is_said_of_them_is_not_told_of_another_day() -> None:
    assert await tell("who speaks Danish today?") is None


async def test_what_is_called_off_is_said_to_be_so() -> None:
    assert "(1 cancelled)" in (await tell("how many lessons do we have this week") or "")
    assert "cancelled)" not in (await tell("which lessons are cancelled?") or "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("when is Hugo next in", "Hugo Brandt: next duty 27 Nov 2026."),
        ("when is Ida next in", "Lesson 23: 26 Nov 2026."),
        ("when does Ida come next", "Lesson 23: 26 Nov 2026."),
        ("when did Ida last come", "Lesson 21: 20 Nov 2026."),
        ("when did Ida last pay", None),
        ("when is Ida's next lesson?", "Lesson 23: 26 Nov 2026."),
        ("when is the next cancelled lesson?", "Lesson 22: 25 Nov 2026."),
    ],
)
async def test_the_next_and_the_last_time_are_those_that_take_place(text: str, told: str | None) -> None:
    assert await tell(text) == told

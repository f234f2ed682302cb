"""Questions about what is missing, about what belongs to somebody, about states in everyday words, and about debts both
ways."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows

_FERRY = FrozenWorld(
    {
        "contracts": [],
        "kinds": [
            define("rider", ["rider", "riders"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
                {"name": "email", "type": "email"}], label="{name}"),
            define("pass", ["pass", "passes"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "rider_id", "type": "id"}, {"name": "rides_left", "type": "integer", "ranged": True}],
                label="pass {id}", relations=[{"kind": "rider", "via": "rider_id"}]),
            define("mate", ["mate", "mates"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
                {"name": "status", "type": "enum", "values": ["aboard", "ill"]}], label="{name}",
                states={"aboard": {"status": ["aboard"]}, "sick": {"status": ["ill"]}}),
            define("crossing", ["crossing", "crossings"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "pilot_id", "type": "id"}, {"name": "pilot_name", "label": "Steered by", "words": ["helm"]},
                {"name": "day", "type": "date", "ranged": True},
                {"name": "status", "type": "enum", "values": ["planned", "sailed", "stopped"]}],
                label="crossing {id}", relations=[{"kind": "mate", "via": "pilot_id"}], order="day",
                states={"sailed": {"status": ["sailed"]}, "stopped": {"status": ["stopped"]}}),
            define("talk", ["talk", "talks"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "deck_id", "type": "id"}, {"name": "rider_id", "type": "id"},
                {"name": "day", "type": "date", "ranged": True},
                {"name": "status", "type": "enum", "values": ["booked", "cancelled"]}], label="talk {id}", order="day",
                relations=[{"kind": "rider", "via": "rider_id"}, {"kind": "deck", "via": "deck_id"}],
                states={"cancelled": {"status": ["cancelled"]}}),
            define("deck", ["deck", "decks"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
                label="{name}"),
            define("meal", ["meal", "meals"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
                label="{name}"),
            define("plan", ["plan", "plans"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "rider_id", "type": "id"}, {"name": "meal_id", "type": "id"},
                {"name": "pickup_on", "type": "date", "ranged": True},
                {"name": "status", "type": "enum", "values": ["running", "ended"]}], label="plan {id}",
                relations=[{"kind": "rider", "via": "rider_id"}, {"kind": "meal", "via": "meal_id"}],
                order="pickup_on"),
            define("letter", ["letter", "letters"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "due_on", "type": "date", "ranged": True},
                {"name": "status", "type": "enum", "values": ["written", "sent", "answered"]}], label="letter {id}",
                states={"answered": {"status": ["answered"]}}, order="due_on",
                relations=[{"kind": "mate", "via": "mate_id"}]),
            define("chandler", ["chandler", "chandlers"], [{"name": "id", "type": "id"},
                {"name": "name", "search": "name"}, {"name": "owed", "type": "money_minor",
                    "currency_field": "currency", "ranged": True}, {"name": "currency", "type": "currency"}],
                label="{name}"),
            define("parcel", ["parcel", "parcels"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "sender_name", "search": "name"},
                {"name": "fee", "type": "money_minor", "currency_field": "currency", "ranged": True},
                {"name": "currency", "type": "currency"}, {"name": "paid", "type": "enum", "values": ["yes", "no"]}],
                label="parcel {id}", size="fee", states={"unpaid": {"paid": ["no"]}, "paid": {"paid": ["yes"]}}),
        ],
        "records": {
            "rider": list_rows("id name email", (1, "Ida Moss", "i@x.example"), (2, "Per Lund", "p@x.example")),
            "pass": list_rows("id rider_id rides_left", (11, 1, 1), (12, 2, 9)),
            "talk": list_rows("id deck_id rider_id day status", (71, 81, 1, "2026-11-27", "booked"),
                (72, 82, 2, "2026-11-27", "booked"), (73, 81, 2, "2026-11-27", "cancelled")),
            "deck": list_rows("id name", (81, "Sun deck"), (82, "Lower saloon")),
            "meal": list_rows("id name", (91, "Herring plate"), (92, "Pea soup")),
            "plan": list_rows("id rider_id meal_id pickup_on status", (95, 1, 91, "2026-12-03", "running"),
                (96, 2, 91, "2026-12-03", "ended"), (97, 2, 92, "2026-12-04", "running")),
            "mate": list_rows("id name status", (21, "Hugo Brandt", "aboard"), (22, "Olga Reiss", "ill")),
            "crossing": list_rows("id pilot_id pilot_name day status", (31, 21, "Hugo Brandt", "2026-11-17", "stopped"),
                (32, None, None, "2026-11-25", "planned"), (33, 21, "Hugo Brandt", "2026-11-10", "stopped")),
            "letter": list_rows("id due_on status mate_id", (41, "2026-11-25", "written", 21),
                (42, "2026-11-26", "sent", 21), (43, "2026-12-09", "answered", 21)),
            "chandler": list_rows("id name owed currency", (51, "Rope and Tar", 12000, "EUR"),
                (52, "Oakum Brothers", 4000, "EUR"), (53, "Sailmaker Voss", 0, "EUR")),
            "parcel": list_rows("id sender_name fee currency paid", (61, "Mill Lane Books", 1500, "EUR", "no"),
                (62, "Mill Lane Books", 900, "EUR", "yes"), (63, "Ada Berg", 700, "EUR", "no")),
        },
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("which crossings have no pilot yet?", ["32"]),
        ("which crossings have a helm", ["31", "33"]),
        ("crossings without a pilot", ["32"]),
        ("who has fewer than 3 rides left", ["1"]),
        ("which riders have more than 5 rides left?", ["2"]),
        ("who is off sick?", ["22"]),
        ("which crossings stopped last week", ["31"]),
        ("which letters haven't gone out yet", ["41"]),
        ("what is due this week?", ["41", "42"]),
        ("which chandler do we owe the most?", ["51"]),
        ("who do we still owe money", ["51", "52"]),
        ("how much do we owe Oakum Brothers", ["52"]),
        ("how much does Mill Lane Books owe us", ["61"]),
        ("what does Ada Berg still owe", ["63"]),
        ("what's in the sun deck on friday?", ["71"]),
        ("anything for Per Lund on Friday?", ["72"]),
        ("is anything in the lower saloon on Friday", ["72"]),
        ("what's on this week?", ["32", "71", "72"]),
    ],
)
async def test_they_are_found(text: str, found: list[str]) -> None:
    made = (await ask(_FERRY, text)).verdict
    assert isinstance(made, Reply), made
    assert sorted(each.id for each in made.records) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("which crossings have no pilot yet?", "Crossing 32"),
        ("how many crossings have no pilot?", "1 crossing with no pilot"),
        ("who do we owe?", "2 chandlers (some owed)"),
        ("how much do we owe", "Owed: 160.00 EUR"),
        ("how much does Mill Lane Books owe us", "Fee: 15.00 EUR in 1 unpaid parcel"),
        ("what's on this week?", "1 crossing from 23 Nov 2026 to 29 Nov 2026"),
        ("anything for Ida Moss tomorrow?", "No talks of Ida Moss"),
        ("anything on Friday?", "Yes: 2 talks on 27 Nov 2026"),
        ("how many plans are there next week", "3 plans (pickup from 30 Nov 2026 to 6 Dec 2026)"),
    ],
)
async def test_they_are_said_in_words(text: str, said: str) -> None:
    made = (await ask(_FERRY, text)).verdict
    assert isinstance(made, Reply), made
    assert made.text.startswith(said)


@pytest.mark.parametrize(
    "text",
    [
        "which crossings have no captain",
        "who has fewer than 3 dogs left",
        "which rider do we owe the most",
        "how much do we owe Ida Moss",
        "how much do we owe Oakum Brothers for tar",
        "which letters have gone out",
        "what's in the engine room on friday?",
        "who gets the anchor",
    ],
)
async def test_what_nothing_holds_is_not_answered(text: str) -> None:
    made = (await ask(_FERRY, text)).verdict
    assert not isinstance(made, Reply) or made.partial

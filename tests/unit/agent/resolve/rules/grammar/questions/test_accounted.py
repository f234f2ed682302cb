"""A question is answered only by what has a place for the words that restrict, measure or date it."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Reply
from agent.planning.proposal import CountOf, Find, Has, RecordsAnswer, StateIs, TotalOf, ValueAnswer, Words
from agent.resolve.rules.grammar.questions.accounted import accounts_for
from agent.resolve.rules.grammar.reader import Reader
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows
from tests.unit.own_worlds import NOW

_ID = {"name": "id", "type": "id", "search": "number"}
_MONEY = [
    {"name": "fee", "type": "money_minor", "currency_field": "currency"},
    {"name": "currency", "type": "currency"},
]
_PERSON = [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}, {"name": "email", "type": "email"}]


def _make(people: list[str]) -> FrozenWorld:
    """A sailing school, whose ``people`` are its pupils or those who work there."""
    who = people[0]
    of = {"kind": who, "via": f"{who}_id"}
    owner = [{"name": f"{who}_id", "type": "id"}, {"name": f"{who}_name"}]
    day = {"name": "day", "type": "date", "ranged": True}
    return FrozenWorld(
        {
            "contracts": [],
            "kinds": [
                define(who, people, [*_PERSON, {"name": "wage", "type": "integer"}], label="{name}"),
                define("berth", ["berth", "berths"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
                    {"name": "bunks", "type": "integer"}, {"name": "filled", "type": "integer"}], label="{name}"),
                define("trip", ["trip", "trips"], [_ID, *owner, day], label="trip {id}", order="day", relations=[of]),
                define("mate", ["mate", "mates"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
                    label="{name}"),
                define("case", ["case", "cases"], [_ID, *owner, {"name": "mate_id", "type": "id"},
                    {"name": "mate_name", "label": "Assigned to"}, {"name": "assigned", "type": "boolean"}],
                    label="case {id}", relations=[of, {"kind": "mate", "via": "mate_id"}],
                    states={"assigned": {"assigned": [True]}, "unassigned": {"assigned": [False]}}),
                define("bill", ["bill", "bills"], [_ID, *owner, *_MONEY,
                    {"name": "due_on", "type": "date"}, {"name": "sent_on", "type": "date"},
                    {"name": "status", "type": "enum", "values": ["open", "paid"]}], label="bill {id}", size="fee",
                    order="sent_on", relations=[of],
                    states={"unpaid": {"status": ["open"]}, "paid": {"status": ["paid"]}}),
                define("absence", ["absence", "absences"], [_ID, *owner,
                    {"name": "starts_on", "type": "date", "ranged": True},
                    {"name": "ends_on", "type": "date", "ranged": True}, {"name": "shifts", "type": "integer"}],
                    label="absence {id}", order="starts_on", relations=[of]),
            ],
            "records": {
                who: list_rows("id name email wage", (1, "Ida Moss", "i@x.example", 5),
                    (2, "Per Lund", "p@x.example", 6)),
                "mate": list_rows("id name", (51, "Hugo Brandt"), (52, "Olga Reiss")),
                "case": list_rows(f"id {who}_id mate_id mate_name assigned", (61, 1, 51, "Hugo Brandt", True),
                    (62, 1, 52, "Olga Reiss", True), (63, 2, None, None, False)),
                "berth": list_rows("id name bunks filled", (11, "Sea Holly", 8, 6)),
                "trip": list_rows(f"id {who}_id {who}_name day", (21, 1, "Ida Moss", "2026-11-10"),
                    (22, 1, "Ida Moss", "2026-12-20")),
                "bill": list_rows(f"id {who}_id {who}_name fee currency due_on sent_on status",
                    (31, 1, "Ida Moss", 900, "EUR", "2026-12-30", "2026-11-20", "open"),
                    (32, 1, "Ida Moss", 900, "EUR", "2026-11-01", "2026-10-20", "paid"),
                    (33, 2, "Per Lund", 700, "EUR", "2026-11-01", "2026-10-21", "paid")),
                "absence": list_rows(f"id {who}_id {who}_name starts_on ends_on shifts",
                    (41, 2, "Per Lund", "2026-12-28", "2026-12-30", 3)),
            },
        }
    )  # fmt: skip


_SCHOOL, _OFFICE = _make(["pupil", "pupils"]), _make(["colleague", "colleagues"])


@pytest.mark.parametrize(
    "text",
    [
        "which pupils have only paid bills?",
        "which pupils are on absence?",
        "how many days do pupils have absences?",
    ],
)
async def test_what_has_no_place_for_a_weighty_word_is_no_answer(text: str) -> None:
    made = (await ask(_SCHOOL, text)).verdict
    assert not isinstance(made, Reply) or made.partial, made


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("which pupils have paid bills?", ["1", "2"]),
        ("who owes us money?", ["1"]),
        ("when was the last trip of Ida Moss?", ["21"]),
        ("when was the last bill of Ida Moss?", ["31"]),
        ("when is the last trip of Ida Moss?", ["22"]),
        ("how many bunks does Sea Holly have?", ["11"]),
        ("which cases are not assigned to Hugo Brandt?", ["62", "63"]),
        ("which cases are assigned to Hugo Brandt?", ["61"]),
    ],
)
async def test_what_has_one_is_found(text: str, found: list[str]) -> None:
    made = (await ask(_SCHOOL, text)).verdict
    assert isinstance(made, Reply), made
    assert not made.partial
    assert sorted(each.id for each in made.records) == found


async def test_nobody_who_works_here_is_a_debtor() -> None:
    made = (await ask(_OFFICE, "who owes us money?")).verdict
    assert not isinstance(made, Reply) or made.partial, made


_PUPILS, _BERTHS = (Find(record=name, pick="all") for name in ("pupil", "berth"))
_AWAY = _PUPILS.model_copy(update={"where": (Has(related=Find(record="absence", pick="all")),)})
_OWING = Find(record="bill", where=(StateIs(state="unpaid"),), pick="all")


@pytest.mark.parametrize(
    ("text", "answer", "stands"),
    [
        ("which pupils have only paid bills", RecordsAnswer(records=_AWAY), False),
        ("how many bunks are left", RecordsAnswer(records=_BERTHS, fields=("bunks",)), False),
        ("how many bunks are there", RecordsAnswer(records=_BERTHS, fields=("bunks",)), True),
        ("how many berths are left", ValueAnswer(value=CountOf(of=_BERTHS)), False),
        ("how many days are pupils away", ValueAnswer(value=CountOf(of=_PUPILS)), False),
        ("total shifts of absences", ValueAnswer(value=TotalOf(field="wage", of=_AWAY)), False),
        ("total wage of pupils", ValueAnswer(value=TotalOf(field="wage", of=_PUPILS)), True),
        ("who is on absence", RecordsAnswer(records=_AWAY), False),
        ("who has an absence", RecordsAnswer(records=_AWAY), True),
        ("which bills are unpaid", RecordsAnswer(records=_OWING), True),
    ],
)
def test_each_weighty_word_is_looked_for_in_the_query(text: str, answer: Any, stands: bool) -> None:
    kinds = tuple(_SCHOOL.context(_SCHOOL.provider({})).kinds)
    reader = Reader(text, kinds, NOW, lambda start, end: Words(text=text[start:end], start=start))
    assert accounts_for(reader, answer) is stands

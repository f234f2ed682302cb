"""Short questions as busy staff type them: what is ours, what is so until a day, what is left or out, who is in a place
or takes part, what is next, and yes or no with what decides it."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows

_ID = {"name": "id", "type": "id", "search": "number"}
_PLAIN_ID = {"name": "id", "type": "id"}
_NAME = {"name": "name", "search": "name"}
_OF_MEMBER = [{"name": "member_id", "type": "id"}, {"name": "member_name"}]


def _day(name: str) -> dict[str, object]:
    return {"name": name, "type": "date", "ranged": True}


def _one_of(name: str, *values: str) -> dict[str, object]:
    return {"name": name, "type": "enum", "values": [*values]}


def _be(field: str, *values: str) -> dict[str, object]:
    return {each.replace("_", " "): {field: [each]} for each in values}


_CAMP_SITE = FrozenWorld(
    {
        "contracts": [],
        "kinds": [
            define("member", ["member", "members"], [_PLAIN_ID, _NAME, {"name": "email", "type": "email"},
                _one_of("status", "active", "paused"), _day("paused_until")], label="{name}",
                states=_be("status", "active", "paused")),
            define("pitch", ["pitch", "pitches"], [_PLAIN_ID,
                {"name": "code", "search": "number", "pattern": "P[0-9]"}, {"name": "shade", "type": "boolean"},
                _one_of("state", "free", "taken")], label="pitch {code}", states=_be("state", "free", "taken")),
            define("caravan", ["caravan", "caravans"], [_PLAIN_ID, _NAME, *_OF_MEMBER,
                {"name": "pitch_id", "type": "id"}, _day("stays_until"), _day("covered_until")], label="{name}",
                order="stays_until", relations=[{"kind": "member", "via": "member_id"},
                    {"kind": "pitch", "via": "pitch_id"}]),
            define("fitter", ["fitter", "fitters"], [_PLAIN_ID, _NAME, {"name": "welder", "type": "boolean"}],
                label="{name}"),
            define("repair", ["repair", "repairs"], [_ID, {"name": "caravan_id", "type": "id"}, *_OF_MEMBER,
                {"name": "fitter_id", "type": "id"}, _one_of("state", "planned", "in_progress", "done"),
                _day("day")], label="repair {id}", order="day", relations=[{"kind": "caravan", "via": "caravan_id"},
                    {"kind": "member", "via": "member_id"}, {"kind": "fitter", "via": "fitter_id"}],
                states=_be("state", "planned", "in_progress", "done")),
            define("fee", ["fee", "fees"], [_ID, *_OF_MEMBER, _one_of("item", "water", "parking"),
                _one_of("status", "open", "paid"), {"name": "amount", "type": "money_minor",
                    "currency_field": "currency"}, {"name": "currency", "type": "currency"}], label="fee {id}",
                size="amount", relations=[{"kind": "member", "via": "member_id"}],
                states={**_be("status", "open", "paid"), "unpaid": {"status": ["open"]}}),
            define("walk", ["walk", "walks"], [_PLAIN_ID, _NAME, {"name": "capacity", "type": "integer"},
                {"name": "booked", "type": "integer"}, _day("day")],
                label="{name}", order="day"),
            define("signup", ["signup", "signups"], [_ID, *_OF_MEMBER, {"name": "walk_id", "type": "id"},
                _one_of("status", "made", "cancelled"), _one_of("how", "collection", "post")], label="signup {id}",
                states={**_be("status", "made", "cancelled"), **_be("how", "collection", "post")},
                relations=[{"kind": "member", "via": "member_id"}, {"kind": "walk", "via": "walk_id"}]),
            define("bike", ["bike", "bikes"], [_PLAIN_ID, {"name": "code", "search": "number", "pattern": "B-[0-9]"},
                *_OF_MEMBER, _day("lent_on"), _day("returned_on")], label="{code}",
                relations=[{"kind": "member", "via": "member_id"}]),
            define("tent", ["tent", "tents"], [_ID, _one_of("status", "out", "late", "home")], label="tent {id}"),
        ],
        "records": {
            "member": list_rows("id name email status paused_until", (1, "Ida Price", "i@x.example", "active", None),
                (2, "Grace Lund", "g@x.example", "paused", "2027-01-11"),
                (3, "Per Vik", "p@x.example", "paused", "2026-12-07")),
            "pitch": list_rows("id code shade state", (11, "P1", True, "taken"), (12, "P2", True, "free"),
                (13, "P3", False, "free")),
            "caravan": list_rows("id name member_id member_name pitch_id stays_until covered_until",
                (21, "Robin", 1, "Ida Price", 11, "2026-11-27", "2026-12-15"),
                (22, "Wren", 2, "Grace Lund", None, "2027-03-31", "2026-11-20")),
            "fitter": list_rows("id name welder", (31, "Hugo Brandt", True), (32, "Olga Reiss", False)),
            "repair": list_rows("id caravan_id member_id member_name fitter_id state day",
                (41, 21, 1, "Ida Price", 31, "in_progress", "2026-11-24"),
                (42, 22, 2, "Grace Lund", 31, "planned", "2026-11-26"),
                (43, 22, 2, "Grace Lund", 31, "planned", "2026-12-09")),
            "fee": list_rows("id member_id member_name item status amount currency",
                (51, 1, "Ida Price", "water", "open", 900, "EUR"),
                (52, 1, "Ida Price", "parking", "paid", 700, "EUR")),
            "walk": list_rows("id name capacity booked day", (61, "Cliff walk", 12, 9, "2026-11-28")),
            "signup": list_rows("id member_id member_name walk_id status how",
                (71, 2, "Grace Lund", 61, "made", "collection"), (72, 3, "Per Vik", 61, "cancelled", "post")),
            "bike": list_rows("id code member_id member_name lent_on returned_on",
                (81, "B-1", 1, "Ida Price", "2026-11-02", None), (82, "B-2", None, None, None, None),
                (83, "B-3", 2, "Grace Lund", "2026-10-01", "2026-10-14")),
            "tent": list_rows("id status", (91, "out"), (92, "late"), (93, "home")),
        },
    }
)  # fmt: skip


async def tell(text: str) -> str | None:
    made = (await ask(_CAMP_SITE, text)).verdict
    return made.text if isinstance(made, Reply) and not made.partial else None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "my planned repairs",
            "2 planned repairs: repair 43 (Grace Lund, 9 Dec 2026); repair 42 (Grace Lund, 26 Nov 2026).",
        ),
        ("list my free pitches", "2 free pitches: pitch P2; pitch P3."),
        (
            "do i have any repairs planned",
            "Yes: 2 planned repairs: repair 43 (Grace Lund, 9 Dec 2026); repair 42 (Grace Lund, 26 Nov 2026).",
        ),
        ("is there a free pitch with shade", "Yes: 1 free pitch (shade): pitch P2."),
        ("pitches without shade", "Pitch P3."),
        ("is wren covered", "No: Wren (covered until 20 Nov 2026)."),
        ("is robin covered", "Yes: Robin (covered until 15 Dec 2026)."),
        ("whose cover has run out", "Wren."),
        ("which caravans leave this week", "Robin."),
        ("when is robin due to leave", "Robin: stays until 27 Nov 2026."),
        ("when is grace lund back", "Grace Lund: paused until 11 Jan 2027."),
        ("who is paused until january", "Grace Lund."),
        ("who is back in december", "Per Vik."),
        ("who's in p1", "Robin."),
        ("who's in p2", None),
        ("who is on the cliff walk", "Grace Lund."),
        ("how many places are left on cliff walk", "Cliff walk: 3 (capacity 12 − booked 9)."),
        ("any seats left on cliff walk", "Cliff walk: 3 (capacity 12 − booked 9)."),
        ("which bikes are out", "B-1."),
        ("which bikes are not back yet", "B-1."),
        ("is b-3 back", "Yes: B-3 (returned on 14 Oct 2026)."),
        ("is b-1 back", "No: B-1."),
        ("who has a bike", "Ida Price."),
        ("which tents are out", "2 tents that are out or that are late: tent 91; tent 92."),
        ("what's next for wren", "Repair 42 (26 Nov 2026)."),
        (
            "has ida price paid",
            "No: 1 paid fee of Ida Price: fee 52 (7.00 EUR); 1 unpaid fee of Ida Price: fee 51 (open, 9.00 EUR).",
        ),
        (
            "has ida price paid for her parking",
            "Yes: 1 paid fee of Ida Price (item parking): fee 52 (7.00 EUR).",
        ),
        (
            "what's still planned for hugo",
            "2 planned repairs of Hugo Brandt: repair 43 (Grace Lund, 9 Dec 2026); "
            "repair 42 (Grace Lund, 26 Nov 2026).",
        ),
        ("who welds", "Hugo Brandt."),
        ("did grace lund collect her signup", None),
        ("is hugo in tomorrow", None),
    ],
)
async def test_a_short_question_is_answered_or_left(text: str, told: str | None) -> None:
    assert await tell(text) == told

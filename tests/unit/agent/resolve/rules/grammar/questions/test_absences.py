"""Who is away at a time, why, and what somebody's own fields hold, on a platform with a crew and its absences."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows

_CREW = FrozenWorld(
    {
        "contracts": [],
        "kinds": [
            define("sailor", ["sailor", "sailors"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
                {"name": "email", "type": "email", "search": "email"}, {"name": "berth_credit", "type": "integer"},
                {"name": "watch", "type": "enum", "values": ["port", "starboard"]},
                {"name": "rank", "type": "enum", "values": ["deckhand", "mate"]},
                {"name": "joined_on", "type": "date", "ranged": True}, {"name": "last_voyage", "type": "date"}],
                label="{name}", order="joined_on", states={"port": {"watch": ["port"]}, "mate": {"rank": ["mate"]}}),
            define("shore_leave", ["shore leave", "time off"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "sailor_id", "type": "id"}, {"name": "sailor_name"},
                {"name": "sort", "type": "enum", "values": ["family", "ill"]},
                {"name": "status", "type": "enum", "values": ["asked", "granted", "refused"]},
                {"name": "starts_on", "type": "date", "ranged": True},
                {"name": "ends_on", "type": "date", "ranged": True}, {"name": "reason", "type": "string"},
                {"name": "answer", "type": "string"}], label="leave {id} of {sailor_name}",
                relations=[{"kind": "sailor", "via": "sailor_id"}], order="starts_on", states={
                    "granted": {"status": ["granted"]}, "refused": {"status": ["refused"]}, "ill": {"sort": ["ill"]}}),
        ],
        "records": {
            "sailor": list_rows("id name email berth_credit watch rank joined_on last_voyage",
                (1, "Runa Voss", "runa@ship.example", 4, "port", "mate", "2020-01-05", "2026-12-18"),
                (2, "Milo Faber", "milo@ship.example", 9, "starboard", "deckhand", "2021-02-07", None),
                (3, "Ines Voss", "ines@ship.example", 0, "port", "deckhand", "2022-03-09", None)),
            "shore_leave": list_rows("id sailor_id sailor_name sort status starts_on ends_on reason answer",
                (51, 1, "Runa Voss", "ill", "granted", "2026-11-20", "2026-11-25", "flu", None),
                (52, 2, "Milo Faber", "family", "asked", "2026-11-24", "2026-11-26", "a wedding", None),
                (53, 3, "Ines Voss", "family", "granted", "2026-11-26", "2026-11-30", "a move", None),
                (54, 2, "Milo Faber", "family", "refused", "2026-12-01", "2026-12-04", "a trip", "too few hands")),
        },
    }
)  # fmt: skip


async def answered(text: str) -> str:
    made = (await ask(_CREW, text)).verdict
    assert isinstance(made, Reply), made
    return "" if made.partial else made.text


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("who's off today", [51]),
        ("who is off", [51]),
        ("who is off on thursday", [53]),
        ("who is away ill today", [51]),
        ("who is off in port this week", [51, 53]),
    ],
)
async def test_only_what_was_granted_and_lasts_then_is_told(text: str, ids: list[int]) -> None:
    told = await answered(text)
    assert [each for each in (51, 52, 53, 54) if f"eave {each}" in told] == ids


async def test_somebody_is_asked_for() -> None:
    assert (await answered("is runa off today")).startswith("Yes")
    assert (await answered("is milo off today")).startswith("No")


@pytest.mark.parametrize("text", ["who isn't off today", "is nobody off today", "who is off for a swim today"])
async def test_no_word_beside_is_passed_over(text: str) -> None:
    made = (await ask(_CREW, text)).verdict
    assert not isinstance(made, Reply) or made.partial, made


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("why was milo refused", "Leave 54 of Milo Faber: reason a trip; answer too few hands."),
        ("when is runas last voyage", "Runa Voss: last voyage 18 Dec 2026."),
        ("does milo have any berth credit left", "Milo Faber: berth credit 9."),
        ("is voss a mate", "Not all: Runa Voss (rank mate); Ines Voss (rank deckhand)."),
        ("Milo Faber a mate?", "No: Milo Faber (rank deckhand)."),
        ("who at the ship joined", ""),
    ],
)
async def test_the_field_that_is_asked_for_is_told(text: str, told: str) -> None:
    made = (await ask(_CREW, text)).verdict
    assert (made.text if isinstance(made, Reply) and not made.partial else "") == told

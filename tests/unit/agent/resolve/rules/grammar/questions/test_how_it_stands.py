"""Yes/no questions about the state of somebody's records: each is told with what decides."""

from __future__ import annotations

from typing import Final

import pytest

from agent.pipeline import Reply
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows, offer, refer
from tests.unit.pottery import ask_pottery

_NUMBER: Final = {"type": "integer", "minimum": 1}
_YARD: Final = FrozenWorld(
    {
        "contracts": [offer("settle", "Settle a fee", "Write a fee down as paid.", {"fee_id": _NUMBER}, {
            "fee_id": refer("fee", status=["open"])})],
        "kinds": [
            define("sailor", ["sailor", "sailors"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
                label="{name}"),
            define("boat", ["boat", "boats"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
                {"name": "sailor_id", "type": "id"}], label="{name}",
                relations=[{"kind": "sailor", "via": "sailor_id"}]),
            define("winter", ["winter", "winters"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "boat_id", "type": "id"}, {"name": "boat_name", "search": "name"},
                {"name": "place", "type": "enum", "values": ["afloat", "ashore"]}], label="winter {id}: {boat_name}",
                relations=[{"kind": "boat", "via": "boat_id"}], states={"afloat": {"place": ["afloat"]}}),
            define("fee", ["fee", "fees"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "sailor_id", "type": "id"}, {"name": "winter_id", "type": "id"},
                {"name": "status", "type": "enum", "values": ["open", "paid"]}], label="fee {id}",
                relations=[{"kind": "sailor", "via": "sailor_id"}, {"kind": "winter", "via": "winter_id"}],
                states={"open": {"status": ["open"]}, "unpaid": {"status": ["open"]}, "paid": {"status": ["paid"]}}),
        ],
        "records": {
            "sailor": list_rows("id name", (1, "Ulla Berg"), (2, "Finn Moor")),
            "boat": list_rows("id name sailor_id", (11, "Curlew", 1), (12, "Petrel", 2)),
            "winter": list_rows("id boat_id boat_name place", (21, 11, "Curlew", "ashore"),
                (22, 11, "Curlew", "afloat"), (23, 12, "Petrel", "ashore")),
            "fee": list_rows("id sailor_id winter_id status", (31, 1, 21, "paid"), (32, 2, 23, "open"),
                (33, 1, None, "open")),
        },
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told", "value"),
    [
        ("is fee 32 paid", "No: fee 32 (open).", "no"),
        ("is fee 31 paid", "Yes: fee 31 (paid).", "yes"),
        ("is curlew's fee paid", "Yes: 1 paid fee of Curlew: fee 31.", "yes"),  # of its winter, which is called like it
        ("is petrel's fee paid", "No: fee 32 (open).", "no"),
        ("is Ulla Berg's fee paid", "Not all: fee 31 (paid); fee 33 (open).", "no"),
        ("are Ulla Berg's fees paid", "Not all: fee 31 (paid); fee 33 (open).", "no"),
        ("is curlew afloat", "Yes: winter 22: Curlew (place afloat).", "yes"),  # one of that name is
        ("are any fees paid", "Yes: 1 paid fee: fee 31.", "yes"),
        (
            "is Ulla Berg all paid up",
            "No: 1 paid fee of Ulla Berg: fee 31; 1 unpaid fee of Ulla Berg: fee 33 (open).",
            "no",
        ),
        ("has finn moor fully paid", "No: 1 unpaid fee of Finn Moor: fee 32 (open).", "no"),
    ],
)
async def test_it_is_told_with_the_value_that_decides(text: str, told: str, value: str) -> None:
    made = (await ask(_YARD, text)).verdict
    assert isinstance(made, Reply), made
    assert (made.text, made.values) == (told, (value,))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("is session 302 still on", "Yes: session 302 of Edda Frost (booked)."),
        ("is session 302 on?", "Yes: session 302 of Edda Frost (booked)."),
    ],
)
async def test_what_is_not_cancelled_is_still_on(text: str, told: str) -> None:
    made = (await ask_pottery(text)).verdict
    assert isinstance(made, Reply), made
    assert made.text == told


@pytest.mark.parametrize("text", ["is session 302 on fire", "is Edda all paid up and booked", "is Edda all glazed up"])
async def test_no_more_is_read_into_it(text: str) -> None:
    made = (await ask_pottery(text)).verdict
    assert not isinstance(made, Reply) or made.partial

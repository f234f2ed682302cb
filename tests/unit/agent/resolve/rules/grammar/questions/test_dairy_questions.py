"""Questions over a platform whose orders have a day behind them and one ahead, and whose things have a stock and a
price."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from tests.unit.agent.resolve.rules.grammar.questions.test_questions import ids
from tests.unit.dairy import ask_dairy


async def tell(text: str) -> Reply | None:
    verdict = (await ask_dairy(text)).verdict
    return verdict if isinstance(verdict, Reply) else None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("which orders of the valley tour aren't paid", ["3001"]),
        ("which orders on the lake tour are delivered", ["3004"]),
        ("orders on the lake tour that are packed", ["3003"]),
        ("which orders on the lake tour aren't packed", ["3004", "3005"]),
        ("which claims of order 3004 are open", ["51"]),
        ("which orders of buyers in Brugg are new", ["3005"]),
        ("buyers whose orders are packed", ["2", "3"]),  # here the predicate is the nested phrase's
        ("who has an order that is packed", ["2", "3"]),
    ],
)
async def test_a_predicate_behind_an_owner_is_about_what_is_asked_for(text: str, found: list[str]) -> None:
    assert ids(await tell(text)) == found


async def test_a_state_behind_an_owner_is_told() -> None:
    reply = await tell("how many packed orders on the lake tour are unpaid")
    assert reply is not None
    assert reply.text.startswith("1 packed unpaid order of Lake Tour")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cheeses under 5 euros", ["12"]),
        ("cheeses over 40 euro", ["11"]),
        ("which cheeses cost more than 5 euros", ["11", "13"]),
        ("cheeses between 4 and 10 euros", ["12", "13"]),
        ("cheeses under 5", ["11", "13"]),  # no currency: the stock, which the kind's size is
        ("which cheeses have fewer than 10 in stock", ["11", "13"]),
        ("cheeses with under 10 left", ["11", "13"]),
        ("which cheeses have more than 50 in stock", ["12"]),
    ],
)
async def test_a_price_is_no_count_of_pieces(text: str, found: list[str]) -> None:
    assert ids(await tell(text)) == found


async def test_one_price_is_compared() -> None:
    reply = await tell("is Alpine Blue under 5 euros?")
    assert reply is not None
    assert reply.text.startswith("No")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("deliveries on thursday", ["3001", "3002"]),
        ("orders for tomorrow", ["3003"]),
        ("which orders go out tomorrow?", ["3003"]),
        ("deliveries between 25 and 26 november", ["3001", "3002", "3003"]),
        ("deliveries in november", ["3001", "3002", "3003", "3004"]),
        ("orders of the lake tour next week", ["3005"]),
        ("orders on the lake tour tomorrow", ["3003"]),  # when the order is for, and not the tour
        ("which orders are delivered on wednesday", ["3003"]),
        ("orders delivered last month", []),
        ("which orders were delivered this month", ["3004"]),
        ("orders due tomorrow", ["3003"]),
        ("buyers with a delivery next week", ["2"]),
        ("upcoming deliveries", ["3001", "3002", "3003", "3005"]),
        ("when is the next delivery of Jonas Keel", ["3002"]),
        ("orders last week", ["3001", "3002", "3003"]),  # what lies behind is about the ordering
        ("orders from sunday", ["3001", "3005"]),
        ("orders ordered on sunday", ["3001"]),
        ("which claims were opened on monday", ["51"]),
        ("claims on sunday", ["53"]),
        ("tours on friday", ["22"]),  # a day that may lie ahead is no last one
        ("coupons expiring on thursday", []),
    ],
)
async def test_what_lies_ahead_is_asked_of_the_day_that_may(text: str, found: list[str]) -> None:
    assert ids(await tell(text)) == found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("when is Hotel Linde's delivery", "order 3003: delivery day 2026-11-25."),
        ("when was 3004 delivered", "order 3004: delivery day 2026-11-12."),
        ("when is 3005 delivered", "order 3005: delivery day 2026-12-02."),
        ("deliveries today", "No orders whose delivery day is on 24 Nov 2026."),
    ],
)
async def test_the_day_of_a_deed_is_told(text: str, told: str) -> None:
    reply = await tell(text)
    assert reply is not None
    assert reply.text == told


@pytest.mark.parametrize("text", ["when was coupon 61 issued", "coupons issued in december"])
async def test_a_day_of_expiry_does_not_tell_when_a_record_was_made(text: str) -> None:
    assert await tell(text) is None

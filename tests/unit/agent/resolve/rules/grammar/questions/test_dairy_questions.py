"""Questions over a platform whose orders have a day behind them and one ahead, and whose things have a stock and a
price."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from tests.unit.agent.resolve.rules.grammar.questions.test_questions import answered, ids
from tests.unit.dairy import ask_dairy


async def tell(text: str) -> Reply | None:
    verdict = (await ask_dairy(text)).verdict
    return verdict if isinstance(verdict, Reply) and not verdict.partial else None


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
        ("which orders will be delivered on wednesday", ["3003"]),
        ("orders due tomorrow", ["3003"]),
        ("buyers with a delivery next week", ["2"]),
        ("upcoming deliveries", ["3001", "3002", "3003", "3005"]),
        ("when is the next delivery of Jonas Keel", ["3002"]),
        ("orders last week", ["3001", "3002", "3003"]),  # what lies behind is about the ordering
        ("orders from sunday", ["3001", "3005"]),
        ("orders ordered on sunday", ["3001"]),
        ("which claims were opened on monday", ["51"]),
        ("claims on sunday", ["53"]),
        ("claims before sunday", ["52"]),
        ("tours on friday", ["22"]),  # a day that may lie ahead is no last one
        ("coupons expiring on thursday", []),
    ],
)
async def test_what_lies_ahead_is_asked_of_the_day_that_may(text: str, found: list[str]) -> None:
    assert ids(await tell(text)) == found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("when is Hotel Linde's delivery", "Order 3003: delivery day 25 Nov 2026."),
        ("when was 3004 delivered", "Order 3004: delivery day 12 Nov 2026."),
        ("when is 3005 delivered", "Order 3005: delivery day 2 Dec 2026."),
        ("when will Hotel Linde's order be delivered", "Order 3003: delivery day 25 Nov 2026."),
        ("deliveries today", "No orders whose delivery day is on 24 Nov 2026."),
        ("claims for friday", "No claims opened on 27 Nov 2026."),  # "for" looks ahead
    ],
)
async def test_the_day_of_a_deed_is_told(text: str, told: str) -> None:
    reply = await tell(text)
    assert reply is not None
    assert reply.text == told


async def test_what_will_be_so_is_not_so_yet() -> None:
    assert await tell("which orders will be packed") is None


async def test_what_is_due_on_a_day_is_not_what_was_charged_the_week_before() -> None:
    assert not isinstance(await answered("which fines are due on friday", "lending"), Reply)


async def test_a_preposition_is_no_deed() -> None:
    reply = await answered("how many bookings on room Saffron are held", "hotel")
    assert isinstance(reply, Reply)
    assert reply.text.startswith("1 held booking of room 301 Saffron")  # not those with a charge posted on it


@pytest.mark.parametrize("text", ["when was coupon 61 issued", "coupons issued in december"])
async def test_a_day_of_expiry_does_not_tell_when_a_record_was_made(text: str) -> None:
    assert await tell(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("who lives in Aarau or Brugg", ["1", "2"]),
        ("buyers in Brugg and Chur", ["2", "3"]),
        ("orders of buyers in Aarau or in Chur", ["3001", "3003", "3004"]),
        ("who in Chur ordered gouda", ["3"]),  # no place is called "Chur ordered Gouda"
        ("who ordered the Alpine Blue", ["1", "2"]),
        ("which buyers ordered Young Gouda last week", ["1", "3"]),
        ("coupons expiring before christmas", ["61"]),  # a used one isn't still to expire
        ("which cheeses are sold out", ["13"]),
    ],
)
async def test_each_place_and_thing_is_one_of_its_own(text: str, found: list[str]) -> None:
    assert ids(await tell(text)) == found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("buyers in Brugg and Chur", "2 buyers (town with ‘Brugg’ or ‘Chur’)"),
        ("how many young goudas have we got", "Young Gouda: stock 60."),
        ("how many goat logs are left", "Goat Log: stock 0."),
        ("how much does the goat log cost", "Goat Log: price 9.00 EUR."),
        ("how much is coupon 61 worth", "Coupon 61: 20.00 EUR."),
        ("who drives the lake tour?", "Lake Tour: driver Nora Weiss."),
        (
            "who ordered the Alpine Blue",
            "2 buyers with orders of Alpine Blue ordered by 24 Nov 2026",
        ),  # the deed counts
        ("what did Mila order", "2 orders of Mila Brandt ordered by 24 Nov 2026: order 3001 (cheese Young Gouda)"),
        ("is 3002 packed", "Yes: order 3002 (packed)."),
        ("are all orders on the valley tour packed?", "No: 1 order of Valley Tour (not packed): order 3001"),
        ("is any order on the lake tour delivered?", "Yes: 1 delivered order of Lake Tour: order 3004"),
        ("is 3002 on the lake tour", "No: order 3002."),
        ("has claim 52 been closed", "Yes: claim 52 (closed)."),
        ("has Jonas Keel's claim been closed", "No"),
    ],
)
async def test_what_is_asked_is_told(text: str, told: str) -> None:
    reply = await tell(text)
    assert reply is not None
    assert reply.text.startswith(told), reply.text


async def test_a_bare_number_is_of_the_kind_that_what_is_told_fits() -> None:
    reply = await answered("is 501 back", "lending")  # a loan; a member goes by a number too
    assert isinstance(reply, Reply)
    assert reply.text.startswith("No: loan 501")

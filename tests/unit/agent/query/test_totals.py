"""Sums of what was charged and paid: over a time, by month, currency and person, and what of it was given back."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows

_ALLOTMENTS = FrozenWorld(
    {
        "contracts": [],
        "kinds": [
            define("gardener", ["gardener", "gardeners"], [{"name": "id", "type": "id"},
                {"name": "name", "search": "name"}], label="{name}"),
            define("bill", ["bill", "bills"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "gardener_id", "type": "id"}, {"name": "gardener_name"},
                {"name": "sum", "type": "money_minor", "currency_field": "currency", "ranged": True},
                {"name": "currency", "type": "currency"},
                {"name": "repaid", "label": "Repaid so far", "type": "money_minor", "currency_field": "currency",
                    "ranged": True},
                {"name": "billed_on", "label": "Billed", "type": "date", "ranged": True},
                {"name": "paid_on", "label": "Paid", "type": "date", "ranged": True},
                {"name": "status", "type": "enum", "values": ["open", "paid"]}], label="bill {id}", size="sum",
                order="billed_on", states={"open": {"status": ["open"]}, "unpaid": {"status": ["open"]},
                    "paid": {"status": ["paid"]}}, relations=[{"kind": "gardener", "via": "gardener_id"}]),
            define("plot", ["plot", "plots"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "gardener_id", "type": "id"}, {"name": "gardener_name"},
                {"name": "rent", "type": "money_minor", "currency_field": "currency", "ranged": True},
                {"name": "currency", "type": "currency"},
                {"name": "interval", "type": "enum", "values": ["month", "year"]}], label="plot {id}", size="rent",
                relations=[{"kind": "gardener", "via": "gardener_id"}]),
        ],
        "records": {
            "plot": list_rows("id gardener_id gardener_name rent currency interval",
                (11, 1, "Edda Lorenz", 1200, "EUR", "month"), (12, 2, "Tariq Sand", 13000, "EUR", "year")),
            "gardener": list_rows("id name", (1, "Edda Lorenz"), (2, "Tariq Sand"), (3, "Noa Quist"), (4, "Noa Falk")),
            "bill": list_rows("id gardener_id gardener_name sum currency repaid billed_on paid_on status",
                (31, 1, "Edda Lorenz", 4000, "EUR", 0, "2026-09-03", "2026-09-20", "paid"),
                (32, 1, "Edda Lorenz", 6000, "EUR", 1500, "2026-10-04", "2026-10-30", "paid"),
                (33, 2, "Tariq Sand", 2500, "GBP", 0, "2026-10-05", "2026-11-02", "paid"),
                (34, 2, "Tariq Sand", 3000, "EUR", 0, "2026-10-06", None, "open"),
                (35, 3, "Noa Quist", 9000, "EUR", 0, "2026-11-07", None, "open")),
        },
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sums", "found"),
    [
        ("how much did we bill in October?", ("90.00 EUR", "25.00 GBP"), {"32", "33", "34"}),
        ("how much have we billed this month", ("90.00 EUR",), {"35"}),
        ("revenue in October", ("60.00 EUR",), {"32"}),
        ("what was our turnover last month?", ("60.00 EUR",), {"32"}),
        ("bills from October total", ("90.00 EUR", "25.00 GBP"), {"32", "33", "34"}),
        ("open bills, sum", ("120.00 EUR",), {"34", "35"}),
        ("total repaid", ("15.00 EUR",), {"32"}),
    ],
)
async def test_a_sum_is_over_what_was_charged_paid_or_given_back(
    text: str, sums: tuple[str, ...], found: set[str]
) -> None:
    reply = (await ask(_ALLOTMENTS, text)).verdict
    assert isinstance(reply, Reply), reply
    assert reply.values == sums
    assert {each.id for each in reply.records} == found


async def test_a_sum_of_what_was_paid_says_what_of_it_was_given_back() -> None:
    reply = (await ask(_ALLOTMENTS, "how much has Edda Lorenz paid in total?")).verdict
    assert isinstance(reply, Reply)
    assert reply.values == ("100.00 EUR",)
    assert "This includes 15.00 EUR repaid so far." in reply.text
    still = (await ask(_ALLOTMENTS, "open bills, sum")).verdict
    assert isinstance(still, Reply)
    assert "includes" not in still.text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "sum of paid bills per month",
            "November 2026: 25.00 GBP; October 2026: 60.00 EUR; September 2026: 40.00 EUR.",
        ),
        ("how many bills are there per month?", "1 in November 2026, 3 in October 2026, 1 in September 2026"),
        ("sum of the bills by currency", "220.00 EUR in 4, 25.00 GBP in 1"),
    ],
)
async def test_a_sum_or_a_count_is_told_for_each_month_or_currency(text: str, told: str) -> None:
    reply = (await ask(_ALLOTMENTS, text)).verdict
    assert isinstance(reply, Reply)
    assert told in reply.text


async def test_who_owes_most_stands_first() -> None:
    reply = (await ask(_ALLOTMENTS, "who owes us the most?")).verdict
    assert isinstance(reply, Reply)
    assert reply.text.startswith(
        "Sum: Noa Quist 90.00 EUR, Tariq Sand 30.00 EUR. In all 120.00 EUR across 2 unpaid bills"
    )


@pytest.mark.parametrize(("name", "told"), [("Edda", "rent 12.00 EUR"), ("Tariq", "rent 130.00 EUR; interval year")])
async def test_what_is_paid_at_another_interval_is_told_with_it(name: str, told: str) -> None:
    reply = (await ask(_ALLOTMENTS, f"what does {name} pay per month?")).verdict
    assert isinstance(reply, Reply)
    assert told in reply.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("when did Edda Lorenz last pay?", "32"),
        ("when did Edda Lorenz first pay?", "31"),
        ("when did Tariq Sand last pay?", "33"),  # and not their latest bill, which is open
    ],
)
async def test_when_somebody_last_did_something_is_the_day_of_the_last_time(text: str, shown: str) -> None:
    reply = (await ask(_ALLOTMENTS, text)).verdict
    assert isinstance(reply, Reply)
    assert [each.id for each in reply.records] == [shown]


async def test_who_never_did_it_has_no_day_of_it() -> None:
    reply = (await ask(_ALLOTMENTS, "when did Noa Quist last pay?")).verdict
    assert isinstance(reply, Reply)
    assert "paid: none" in reply.text


async def test_an_answer_names_who_is_called_so_too_and_has_none() -> None:
    reply = (await ask(_ALLOTMENTS, "how many open bills does Noa have?")).verdict
    assert isinstance(reply, Reply)
    assert reply.text == "1 open bill of Noa Quist: bill 35 (sum 90.00 EUR, billed 7 Nov 2026). Noa Falk has none."

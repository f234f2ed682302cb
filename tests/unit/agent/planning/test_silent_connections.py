"""A connection that gives no answer: a question is answered from the others and says so, and nothing else is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from agent.pipeline import Reply, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from core.errors import PlatformUnavailable
from registry.catalogue import Catalogue
from registry.records import ContextProvider, Kinds, Place, Query, Record
from tests.unit.agent.validate.fake_platform import contract
from tests.unit.own_worlds import NOW, OWNER, world
from tests.unit.registry.test_kinds import CUSTOMER, LEAD, ORDER, Memory

GREET = contract(
    name="shop.greet",
    title="Greet a customer",
    description="Greets a customer.",
    parameters={"type": "object", "required": ["customer_id"], "properties": {"customer_id": {"type": "string"}}},
    annotations={"customer_id": {"record": "customer"}},
)
SHOP, CRM, DEPOT = Place("shop", "Shop"), Place("crm", "CRM"), Place("depot", "Shop Depot")


class Silent(Memory):
    async def search(self, query: Query) -> Sequence[Record]:
        raise PlatformUnavailable(f"The platform did not answer for {query.kind} in time.")


async def ask(text: str, *connections: tuple[ContextProvider, Place], **more: Any) -> Verdict:
    kinds = Kinds([each for each, _ in connections], [place for _, place in connections])
    catalogue = Catalogue([GREET]).bound(kinds)
    task = Task(
        Request(text=text, now=NOW),
        OWNER,
        replace(world("garage"), kinds=kinds, catalogue=catalogue),
        "run_" + "0" * 25 + "1",
        **more,
    )
    return (await propose(task, RuleResolver())).verdict


DOWN = (Silent("shop", CUSTOMER, ORDER), SHOP)
UP = (Memory("crm", CUSTOMER, LEAD), CRM)


@pytest.mark.parametrize("text", ["how many customers are there?", "show customer 1"])
async def test_a_question_is_answered_from_the_others_and_says_who_did_not_answer(text: str) -> None:
    made = await ask(text, DOWN, UP)
    assert isinstance(made, Reply)
    assert made.text.endswith(
        "Not all connections could be searched. Shop: the platform did not answer for customer in time."
    )
    assert made.record_kind == "crm.customer"


@pytest.mark.parametrize(
    "text",
    ["how many shop customers are there?", "how many orders are there?", "what is the name of customer 1 of the shop"],
)
async def test_a_question_about_the_silent_one_is_not_answered_from_others(text: str) -> None:
    with pytest.raises(PlatformUnavailable, match=r"^Shop: the platform did not answer"):
        await ask(text, DOWN, UP)


async def test_a_longer_title_names_no_other_connection_whose_title_begins_it() -> None:
    made = await ask("how many shop depot customers are there?", DOWN, (Memory("depot", CUSTOMER), DEPOT))
    assert isinstance(made, Reply)


async def test_an_order_is_not_carried_out_on_what_only_the_others_have() -> None:
    with pytest.raises(PlatformUnavailable):
        await ask("greet customer 1", DOWN, UP)


async def test_records_of_the_thread_that_are_the_silent_ones_are_not_sought_elsewhere() -> None:
    with pytest.raises(PlatformUnavailable):
        await ask("how many customers are there?", DOWN, UP, thread={"@1": (("shop.customer", "1"),)})


async def test_nothing_is_answered_where_nobody_answers_or_there_is_no_other() -> None:
    with pytest.raises(PlatformUnavailable):
        await ask("how many customers are there?", DOWN, (Silent("crm", CUSTOMER), CRM))
    with pytest.raises(PlatformUnavailable, match=r"^The platform did not answer"):
        await ask("how many customers are there?", DOWN)

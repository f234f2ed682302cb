"""Nouns that two connections share: an answer says whose records it is about, unless the words said so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.pipeline import Question, Reply, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.query.other_connections import note_other_connections
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world
from tests.unit.registry.test_kinds import two


@pytest.mark.parametrize(
    ("name", "text", "note"),
    [
        (
            "shop.customer",
            "how many customers have we?",
            "That is Shop alone; say “CRM customers” for those of CRM.",
        ),
        ("crm.customer", "List every customer", "That is CRM alone; say “Shop customer” for those of Shop."),
        ("shop.customer", "how many shop customers are there?", ""),
        ("shop.customer", "who is not in the CRM, of all customers?", ""),
        ("order", "how many orders are there?", ""),
        ("shop.customer", "how many are there?", ""),
        ("nothing", "how many customers have we?", ""),
    ],
)
def test_an_answer_says_whose_records_it_is_about_where_the_words_could_mean_others(
    name: str, text: str, note: str
) -> None:
    assert note_other_connections(two(), name, text) == note


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("how many customers are there?", "That is Shop alone; say “CRM customers” for those of CRM."),
        ("show customer 9", "That is Shop alone; say “CRM customer” for those of CRM."),
        ("show Hugo's orders", "Only Shop was searched, not CRM."),
    ],
)
async def test_counts_and_records_that_are_not_found_say_it_too(text: str, note: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, replace(world("garage"), kinds=two()), "run_" + "0" * 25 + "1")
    made = (await propose(task, RuleResolver())).verdict
    assert isinstance(made, Reply | Question)
    assert made.text.endswith(note)

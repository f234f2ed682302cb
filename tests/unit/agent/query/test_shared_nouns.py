"""Nouns that two connections share: an answer says whose records it is about, unless the words said so."""

from __future__ import annotations

import pytest

from agent.query.other_connections import note_other_connections
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

"""Words that only look like a list of wishes are one draft, and an order after another may speak of the same record."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import resources

import pytest

from agent.pipeline import Calls, Draft, Request, list_spans
from agent.resolve.rules.resolver import RuleResolver
from connectors.saas.kinds import KINDS
from registry.catalogue import Catalogue
from registry.contract import parse
from registry.contract_file import with_base_url
from registry.offers.shortlist import Shortlist

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FILE = json.loads(resources.files("connectors.saas").joinpath("actions.json").read_text("utf-8"))
SHORTLIST = Shortlist(
    Catalogue(parse(each) for each in with_base_url(FILE, "http://platform.example")["actions"]).offers(
        "owner", "admin"
    )
)


async def drafts(text: str) -> tuple[Draft, ...]:
    made = (await RuleResolver().resolve(Request(text=text, now=NOW, given="event"), SHORTLIST, KINDS)).resolution
    assert isinstance(made, Calls), made
    for draft in made.drafts:
        for argument in draft.arguments.values():
            assert all(text[span.start : span.end] == span.text for span in list_spans(argument))
    return made.drafts


def words(draft: Draft, *names: str) -> tuple[str, ...]:
    return tuple(" ".join(span.text for span in list_spans(draft.arguments[name])) for name in names)


@pytest.mark.parametrize(
    "text",
    [
        "refund 20 EUR of the last invoices of Emma Fischer and Hugo Bernard",  # 20 each, or 20 in all?
        "reply to ticket 5519: we are sorry, and Emma Fischer will call",
        "reply to ticket 5519 saying 'Emma and Hugo will call'",
        "extend Mia's trial by 3 days and thank her",
    ],
)
async def test_what_is_no_list_of_wishes_is_one_draft(text: str) -> None:
    made = (await RuleResolver().resolve(Request(text=text, now=NOW, given="event"), SHORTLIST, KINDS)).resolution
    assert not isinstance(made, Calls) or len(made.drafts) == 1


async def test_a_name_in_an_example_says_nothing_of_an_action() -> None:
    (made,) = await drafts("close Emma Fischer's ticket")
    assert made.action == "saas.close_ticket"

"""A list says verb and thing once and means several calls: each part is made whole with words of the others, or there
is one draft."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import resources

import pytest

from agent.pipeline import Calls, Choice, Draft, Request, spans_of
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
    made = (await RuleResolver().draft(Request(text=text, now=NOW), SHORTLIST, KINDS)).resolution
    assert isinstance(made, Calls), made
    for draft in made.drafts:
        for argument in draft.arguments.values():
            assert all(text[span.start : span.end] == span.text for span in spans_of(argument))
    return made.drafts


def words(draft: Draft, *names: str) -> tuple[str, ...]:
    return tuple(" ".join(span.text for span in spans_of(draft.arguments[name])) for name in names)


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("extend Mia's trial by 3 days and Oskar's by 5", [("Mia's trial", "3"), ("Oskar's trial", "5")]),
        ("extend Mia's trial by a week and Oskar's by ten days", [("Mia's trial", "a week"), ("Oskar's trial", "ten")]),
        (
            "extend the trial of Mia by 3 days and that of Oskar by 5",
            [("the trial of Mia", "3"), ("the trial of Oskar", "5")],
        ),
        ("please extend Mia's and Oskar's trials by 3 days", [("Mia's trials", "3"), ("Oskar's trials", "3")]),
        ("extend the trials of Mia and Oskar by 3 days", [("the trials of Mia", "3"), ("the trials of Oskar", "3")]),
        ("extend Mia's trial by 3 days and Oskar's too", [("Mia's trial", "3"), ("Oskar's trial", "3")]),
    ],
)
async def test_each_part_is_a_call_with_what_it_leaves_out(text: str, calls: list[tuple[str, str]]) -> None:
    made = await drafts(text)
    assert {draft.action for draft in made} == {"saas.extend_trial"}
    assert [words(draft, "subscription_id", "days") for draft in made] == calls


@pytest.mark.parametrize(
    "text",
    [
        "cancel the subscriptions of Emma Fischer and Hugo Bernard",
        "cancel Emma Fischer's subscription and Hugo Bernard's",
        "cancel Emma Fischer's and Hugo Bernard's subscriptions",
        "cancel the subscription of Emma Fischer and the one of Hugo Bernard",
        "cancel Emma Fischer's subscription as well as Hugo Bernard's",
    ],
)
async def test_however_two_owners_are_joined_there_are_two_calls(text: str) -> None:
    one, other = await drafts(text)
    assert "Emma Fischer" in words(one, "subscription_id")[0]
    assert "Hugo Bernard" in words(other, "subscription_id")[0]
    assert all("subscription" in words(each, "subscription_id")[0] for each in (one, other))


async def test_what_is_said_behind_the_list_goes_for_all_of_it() -> None:
    made = await drafts("cancel the subscriptions of Emma Fischer, Hugo Bernard and Mia Keller immediately")
    assert len(made) == 3
    assert [draft.arguments["when"].value for draft in made if isinstance(draft.arguments["when"], Choice)] == [
        "now"
    ] * 3


async def test_numbers_take_the_noun_before_them() -> None:
    made = await drafts("set ticket 5519 to urgent and 5524 to low")
    assert [words(draft, "ticket_id", "priority") for draft in made] == [
        ("ticket 5519", "urgent"),
        ("ticket 5524", "low"),
    ]


async def test_each_sum_goes_with_its_own_record() -> None:
    made = await drafts("refund 20 EUR of INV-1042 and 30 EUR of INV-1044")
    assert [words(draft, "invoice_id", "amount") for draft in made] == [("INV-1042", "20 EUR"), ("INV-1044", "30 EUR")]


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
    made = (await RuleResolver().draft(Request(text=text, now=NOW), SHORTLIST, KINDS)).resolution
    assert not isinstance(made, Calls) or len(made.drafts) == 1


async def test_it_is_what_the_part_before_spoke_of() -> None:
    assign, urgent = await drafts("assign ticket 5522 to Priya Raman and set it to urgent")
    assert words(assign, "ticket_id") == ("ticket 5522",)
    assert words(urgent, "ticket_id", "priority") == ("it", "urgent")


async def test_a_name_in_an_example_says_nothing_of_an_action() -> None:
    (made,) = await drafts("close Emma Fischer's ticket")
    assert made.action == "saas.close_ticket"

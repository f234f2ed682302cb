"""Several records in one breath are several calls, and what nothing works on is not done."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import resources

import pytest

from agent.pipeline import Abstain, Ask, Calls, Request, Resolution, list_spans
from agent.resolve.rules.clauses import begins_like_an_order, gives_order
from agent.resolve.rules.resolver import RuleResolver
from connectors.saas.kinds import KINDS
from registry.catalogue import Catalogue
from registry.contract import parse
from registry.contract_file import with_base_url
from registry.offers.shortlist import Shortlist

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FILE = json.loads(resources.files("connectors.saas").joinpath("actions.json").read_text("utf-8"))
CATALOGUE = Catalogue(parse(each) for each in with_base_url(FILE, "http://platform.example")["actions"])


async def resolution(text: str, role: str = "owner") -> Resolution:
    shortlist = Shortlist(CATALOGUE.offers(role, "admin"))
    return (await RuleResolver().resolve(Request(text=text, now=NOW, given="event"), shortlist, KINDS)).resolution


def said(made: Resolution) -> list[tuple[str, list[str]]]:
    assert isinstance(made, Calls)
    return [
        (draft.action, [span.text for each in draft.arguments.values() for span in list_spans(each)])
        for draft in made.drafts
    ]


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("refund invoice 1042 and 1050", ["invoice 1042", "1050"]),
        ("refund INV-1042, INV-1044 and invoice INV-1052", ["INV-1042", "INV-1044", "invoice INV-1052"]),
        ("void invoice 1051", ["invoice 1051"]),
    ],
)
async def test_each_listed_record_is_a_call(text: str, calls: list[str]) -> None:
    assert [words for _, (words,) in said(await resolution(text))] == calls


async def test_a_sum_for_several_records_is_not_given_to_each() -> None:
    assert len(said(await resolution("refund 20 EUR of invoices 1042 and 1050"))) == 1


async def test_an_order_about_what_no_action_works_on_is_not_done() -> None:
    for text in ("delete all customers", "erase the database", "write me a poem about invoices"):
        assert isinstance(await resolution(text), Abstain), text


async def test_an_action_that_is_not_offered_is_not_replaced_by_a_like_one() -> None:
    assert isinstance(await resolution("cancel Nora Lindqvist's subscription", "billing"), Abstain | Ask)


async def test_the_owner_of_what_was_named_is_no_other_thing() -> None:
    assert said(await resolution("reimburse the customer for invoice 1042")) == [
        ("saas.refund_invoice", ["invoice 1042"])
    ]


async def test_where_it_shall_go_is_not_what_is_meant() -> None:
    assert said(await resolution("move Adam Novak to the business plan")) == [("saas.change_plan", ["business plan"])]


async def test_a_sum_that_a_record_would_give_is_taken_from_the_words() -> None:
    ((_, words),) = said(await resolution("refund 20 euros of Adam Novak's last invoice"))
    assert words == ["Adam Novak's last invoice", "20 euros"]


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("close ticket 5519 plus ticket 5520", ["ticket 5519", "ticket 5520"]),
        ("close ticket 5519 along with 5525", ["ticket 5519", "5525"]),
        ("unsuspend Hugo Bernard and Emma Fischer", ["Hugo Bernard", "Emma Fischer"]),
    ],
)
async def test_records_listed_by_number_or_name_are_a_call_each(text: str, calls: list[str]) -> None:
    assert [words[0] for _, words in said(await resolution(text))] == calls


async def test_a_sum_for_several_is_each_ones_only_where_that_is_said() -> None:
    each = await resolution("give Nora Lindqvist and Emma Fischer 10 euros credit each")
    assert [words[0] for _, words in said(each)] == ["Nora Lindqvist", "Emma Fischer"]
    together = await resolution("give Nora Lindqvist and Emma Fischer 10 euros credit")
    ((_, words),) = said(together)
    assert words[:2] == ["Nora Lindqvist", "Emma Fischer"]  # one call that names both: validation asks


@pytest.mark.parametrize(
    "text",
    [
        "refund INV-1042 before voiding INV-1061",
        "after closing ticket 5519 send the reset guide in ticket 5520",
        "void INV-1061 and let Emma Fischer know in ticket 5520",
    ],
)
async def test_an_order_in_other_clothes_is_not_dropped(text: str) -> None:
    made = await resolution(text)
    assert isinstance(made, Ask) or len(said(made)) == 2


@pytest.mark.parametrize("word", ["resend", "unsuspend", "reassign", "uncancel"])
def test_orders_that_do_something_again_or_undo_it_are_orders(word: str) -> None:
    assert begins_like_an_order(f"{word} the last invoice")


def test_names_are_no_orders() -> None:
    assert not gives_order("Running Shoes of order 5", sure=True)

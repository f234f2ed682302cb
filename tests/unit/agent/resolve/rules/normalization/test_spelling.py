"""Requests with slips, in other words and with politeness around them come to the same calls, whose words are those
that were typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.pipeline import Abstain, Ask, Request
from agent.resolve.rules.clauses import begins_like_an_order
from agent.resolve.rules.normalization import AlignedText, correct_spelling
from agent.resolve.rules.resolver import RuleResolver
from connectors.saas.kinds import KINDS
from tests.unit.agent.resolve.rules.test_coordination import NOW, SHORTLIST, drafts, words


@pytest.mark.parametrize(
    ("text", "action", "name", "typed"),
    [
        ("refnd Adam Novak's latset invocie", "saas.refund_invoice", "invoice_id", "Adam Novak's latset invocie"),
        ("colse tciket 5519", "saas.close_ticket", "ticket_id", "tciket 5519"),
        ("please wrap up tikcet 5519, thanks a lot!", "saas.close_ticket", "ticket_id", "tikcet 5519"),
        ("When you get a moment, rseend invoice INV-1042", "saas.resend_invoice", "invoice_id", "invoice INV-1042"),
        ("When you get a moment, credit Liam O'Brien five dollars", "saas.apply_credit", "customer_id", "Liam O'Brien"),
    ],
)
async def test_what_was_meant_is_done_with_the_words_that_were_typed(
    text: str, action: str, name: str, typed: str
) -> None:
    (made,) = await drafts(text)
    assert (made.action, words(made, name)) == (action, (typed,))


async def test_what_is_read_otherwise_is_told_in_the_trace() -> None:
    trace = (
        await RuleResolver().resolve(Request(text="colse tciket 5519", now=NOW, given="event"), SHORTLIST, KINDS)
    ).trace
    assert trace.notes[0] == "read as 'close ticket 5519'"


async def test_general_english_helps_a_verb_that_no_action_knows() -> None:
    (made,) = await drafts("hand Emma Fischer 10 euros of credit")
    assert made.action == "saas.apply_credit"


@pytest.mark.parametrize("text", ["exterminate Adam Novak", "sing for Adam Novak"])
async def test_a_like_verb_is_no_licence(text: str) -> None:
    assert isinstance(
        (await RuleResolver().resolve(Request(text=text, now=NOW, given="event"), SHORTLIST, KINDS)).resolution,
        Abstain | Ask,
    )


def test_another_form_of_an_offers_word_is_known_with_a_slip_too() -> None:
    assert correct_spelling("the cancelation of an emal", SHORTLIST, KINDS)[-1][2] == "email"
    assert correct_spelling("his paymnet", SHORTLIST, KINDS) == [(4, 11, "payment")]


def test_names_quotes_and_codes_are_never_respelt() -> None:
    text = "refund Tciket, 'colse it', invocie@example.com and #invocie"
    assert correct_spelling(text, SHORTLIST, KINDS) == []


@pytest.mark.parametrize(
    ("text", "order"), [("repeal the plan", True), ("dismiss Emma", True), ("material prices", False)]
)
def test_a_verb_akin_to_an_order_is_one_where_something_follows_that_it_is_done_to(text: str, order: bool) -> None:
    assert begins_like_an_order(text) is order


@given(st.text(alphabet="ab c", max_size=20), st.data())
def test_every_place_of_other_words_lies_in_the_words_as_typed(typed: str, data: st.DataObject) -> None:
    first, last = sorted((data.draw(st.integers(0, len(typed))), data.draw(st.integers(0, len(typed)))))
    made = AlignedText.of(typed)
    if first < last:
        made = made.put([(first, last, data.draw(st.text(alphabet="xyz", max_size=6)))])
    assert len(made.places) == len(made.text) + 1
    assert list(made.places) == sorted(made.places)
    assert made.places[-1] == len(typed)
    assert made.text[:first] == typed[:first]

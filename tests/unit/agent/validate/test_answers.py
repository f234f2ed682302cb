"""What a person answers decides, whichever way the question came about; what their answer does not settle is offered
again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.pipeline import Plan, Question, Refusal
from registry.records import Field, RecordKind, Relation
from tests.unit.agent.validate.fake_platform import Case, contract, customer, params, refund, town

REFUND, SUSPEND = "saas.refund_invoice", "saas.suspend_customer"


def _passed_over() -> Case:
    """The name stands on no argument, and with a slip of the pen: whose invoice it is comes of the rest of the
    request."""
    return Case("refund adams last invoice", (REFUND, {"invoice_id": "last invoice"}))


def _shops() -> Case:
    rows = town()
    rows["customer"][0]["company"] = "Novak Brewing"
    rows["customer"][1]["company"] = "Nowak Transport"
    return Case("refund Adam's last invoice", (REFUND, {"invoice_id": "Adam's last invoice"}), rows=rows)


async def test_who_was_picked_for_a_name_in_passing_is_whose_it_is() -> None:
    case = _passed_over()
    asked = await case.question()
    assert {each.id for each in asked.candidates} == {"1", "2"}
    assert params(await case.choose("2").plan())["invoice_id"] == 21


async def test_who_was_typed_for_a_name_in_passing_is_whose_it_is() -> None:
    case = _passed_over()
    await case.question()
    assert params(await case.say("adam.nowak@example.com").plan())["invoice_id"] == 21


@pytest.mark.parametrize("made", [_passed_over, _shops])
async def test_an_answer_that_settles_nothing_is_asked_again_with_what_was_offered(made: Callable[[], Case]) -> None:
    case = made()
    offered = (await case.question()).candidates
    again = await case.say("the czech one").question()
    assert again.candidates == offered
    assert again.text.startswith("I can't tell which one you mean by ‘the czech one’.")


@pytest.mark.parametrize("made", [_passed_over, _shops])
async def test_only_the_latest_answer_that_settles_nothing_is_quoted(made: Callable[[], Case]) -> None:
    case = made()
    await case.question()
    await case.say("the czech one").question()
    again = await case.say("her basket?").question()
    assert again.text.startswith("I can't tell which one you mean by ‘her basket?’.")
    assert "the czech one" not in again.text


async def test_an_answer_may_say_what_is_shown_of_one_candidate() -> None:
    case = _shops()
    await case.question()
    assert params(await case.say("the one with the brewery").plan())["invoice_id"] == 12


async def test_an_answer_that_is_said_of_two_candidates_picks_neither() -> None:
    rows = town()
    rows["customer"] = [
        customer(1, "Adam Novak", company="North Brewing"),
        customer(2, "Adam Nowak", company="South Brewing"),
    ]
    case = Case("suspend Adam", (SUSPEND, {"customer_id": "Adam"}), rows=rows)
    await case.question()
    assert len((await case.say("the brewery").question()).candidates) == 2


# ── answers that say nothing ─────────────────────────────────────────────────────────────────────────────────────────

REQUESTS = (
    "refund Adam's last invoice",
    "refund adam",
    "refund the invoice of Cleo",
    "refund Berta's first invoice",
    "refund invoice 1013",
)
POINTING = (
    "neither, leave it",
    "the one",
    "it",
    "that one",
    "him",
    "his",
    "them all",
    "the other one",
    "me",
)
WORDS = st.sampled_from(
    (
        "neither leave it the one that other last first invoice customer of Adam Novak Nowak Berta adam novak his "
        "her their him them "
        + "it me my all none both INV-1011 1011 #11 11 paid open 20 EUR tomorrow because , . ? ! ' \" ( ) and or "
        "not no yes no. one " + "ones this these customer's"
    ).split(" ")
)
ANSWERS = st.one_of(
    st.lists(WORDS, min_size=1, max_size=8).map(" ".join), st.text(min_size=1, max_size=30), st.sampled_from(POINTING)
)


@pytest.mark.parametrize("words", POINTING)
async def test_words_that_only_point_are_asked_again(words: str) -> None:
    case = refund("refund Adam's last invoice")
    before = await case.question()
    again = await case.say(words).ask()
    assert isinstance(again, Question)
    assert again.slot == before.slot


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(REQUESTS), st.lists(ANSWERS, min_size=1, max_size=3))
async def test_an_answer_of_any_kind_ends_in_a_verdict(request_: str, answers: list[str]) -> None:
    case = refund(request_)
    verdict = await case.ask()
    for words in answers:
        if not isinstance(verdict, Question) or not words.strip():
            break
        verdict = await case.say(words).ask()
    assert isinstance(verdict, Plan | Question | Refusal)


async def test_records_that_belong_to_their_own_kind_are_looked_through_once() -> None:
    """Whose manager is whose: words that name nobody go up the line no further than there are kinds."""
    person = RecordKind(
        name="person", title="Person", nouns=("person", "people"), label="{name}", relations=(Relation("person", "manager_id"),),  # noqa: E501
        fields=(Field("id", "id", "Id", search="number"), Field("name", "string", "Name", search="name"),
                Field("manager_id", "id", "Manager")),
    )  # fmt: skip
    greet = contract(
        parameters={
            "type": "object",
            "additionalProperties": False,
            "required": ["person_id"],
            "properties": {"person_id": {"type": "integer"}},
        },
        annotations={"person_id": {"record": "person"}},
    )
    rows = {"person": [{"id": 1, "name": "Ada", "manager_id": 1}, {"id": 2, "name": "Bob", "manager_id": 1}]}
    case = Case("greet Zoe", ("test.act", {"person_id": "Zoe"}), rows=rows, contracts=[greet], kinds=[person])
    assert isinstance(await case.ask(), Question)
    assert len(case.platform.asked) < 40

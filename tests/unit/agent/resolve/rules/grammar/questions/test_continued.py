"""Questions that go on from the latest one, without a model."""

from __future__ import annotations

import pytest

from agent.pipeline import EarlierRecords, Plan, Reply, Request, Turn
from agent.planning.proposal import AnswerResult
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from evals.cases.frozen_world import FrozenWorld
from tests.unit.own_worlds import NOW, OWNER, world


async def went_on(first: str, then: str, at: str | FrozenWorld) -> Reply | None:
    """What the second question comes to after the first. None if it is no answer."""
    verdict = await go_on(first, then, at)
    return verdict if isinstance(verdict, Reply) else None


async def go_on(first: str, then: str, at: str | FrozenWorld) -> Verdict:
    """What a request comes to after a question."""
    context, resolver = world(at) if isinstance(at, str) else at.context(at.provider({})), RuleResolver()
    task = Task(Request(text=first, now=NOW), OWNER, context, "run_00000000000000000000000001")
    before = await propose(task, resolver)
    assert before.proposal is not None
    assert isinstance(before.proposal.result, AnswerResult)
    assert isinstance(before.verdict, Reply)
    kind, found = before.verdict.record_kind or "", before.verdict.records
    records = (EarlierRecords(handle="@set1", kind=kind, count=len(found)),) if found else ()
    turn = Turn(words=first, came="answered", records=records, answered=before.proposal.result.answer)
    handles = {"@set1": tuple((kind, each.id) for each in found)} if found else {}
    request = Request(text=then, now=NOW, thread=(turn,))
    task = Task(request, OWNER, context, "run_00000000000000000000000002", thread=handles)
    return (await propose(task, resolver)).verdict


@pytest.mark.parametrize(
    ("first", "then", "name", "found"),
    [
        ("which lessons are planned?", "which of those are jumping?", "riding", ["602"]),
        ("how many lessons are planned?", "how many of those are in December?", "riding", ["603", "606", "607"]),
        ("list the bills", "only the open ones", "vet", ["811", "812", "813"]),
        ("list the bills", "just those over 100 euros", "vet", ["812", "815"]),
        ("list the bills", "the ones over 100 euros", "vet", ["812", "815"]),
        ("is bill 812 open?", "and 814?", "vet", ["814"]),
        ("list the open bills of Tomasz", "and Greta?", "vet", ["811"]),
        ("which lessons are in November?", "and in December?", "riding", ["603", "606", "607"]),
        ("which lessons are in November?", "what about December", "riding", ["603", "606", "607"]),
        ("list the open bills", "and paid ones?", "vet", ["814", "815"]),
        ("how many jobs are brakes?", "and tyres?", "garage", ["804", "808"]),  # a value that is no state
        ("which bills of Tomasz are open?", "and which are paid?", "vet", []),
        ("list the open bills", "which one is older?", "vet", ["812"]),
        ("list the open bills", "and the latest?", "vet", ["813"]),
        ("list the open bills", "the biggest one?", "vet", ["812"]),
        ("are there any open bills?", "how many?", "vet", ["811", "812", "813"]),
        ("total of open bills", "how many bills is that", "vet", ["811", "812", "813"]),
        ("list the open bills", "how old is the oldest?", "vet", ["812"]),
        ("who is Greta Falk?", "her last bill", "vet", ["811"]),
        ("who is Greta Falk?", "his last open bill", "vet", ["811"]),
        ("is bill 814 paid?", "who paid it?", "vet", ["3"]),
        ("list the open bills", "the second biggest", "vet", ["811"]),
        ("which open bill is the oldest?", "and the second biggest?", "vet", ["811"]),
        ("list the bills", "how many are open?", "vet", ["811", "812", "813"]),
        ("total of open bills", "what is the average?", "vet", ["811", "812", "813"]),
    ],
)
async def test_only_what_is_said_anew_changes(first: str, then: str, name: str, found: list[str]) -> None:
    reply = await went_on(first, then, name)
    assert reply is not None
    assert sorted(each.id for each in reply.records) == found


@pytest.mark.parametrize(
    ("first", "then", "name"),
    [
        ("list the bills", "only the green ones", "vet"),
        ("how many fees are unpaid?", "and the weather?", "riding"),
        ("list the horses", "and in December?", "riding"),  # nothing was said of a time before
    ],
)
async def test_what_nothing_reads_is_no_question_that_goes_on(first: str, then: str, name: str) -> None:
    assert await went_on(first, then, name) is None


@pytest.mark.parametrize(
    ("then", "place"),
    [
        ("the first one", 0),
        ("and the second?", 1),
        ("show me the second one", 1),
        ("the third one please", 2),
        ("the oldest", 2),
    ],
)
async def test_a_place_is_that_in_the_list_as_it_was_shown(then: str, place: int) -> None:
    listed = ["813", "811", "812"]  # newest first
    reply = await went_on("list the open bills", then, "vet")
    assert reply is not None
    assert [each.id for each in reply.records] == [listed[place]]


@pytest.mark.parametrize(
    ("then", "bills"),
    [
        ("remind the first two", [813, 811]),
        ("remind the first 2 please", [813, 811]),
        ("remind the first and third", [813, 812]),
        ("remind the third and the first", [812, 813]),
    ],
)
async def test_an_order_for_several_places_is_for_those_that_were_shown_there(then: str, bills: list[int]) -> None:
    made = await go_on("list the open bills", then, "vet")
    assert isinstance(made, Plan), made
    assert [step.filled[0].value for step in made.steps] == bills


@pytest.mark.parametrize("then", ["how much is that in total?", "what's the total?", "what do they add up to?"])
async def test_what_was_shown_is_added_up(then: str) -> None:
    reply = await went_on("list the open bills", then, "vet")
    assert reply is not None
    assert reply.text.startswith("322.00 EUR across 3 open bills")


@pytest.mark.parametrize(
    ("first", "then", "found"),
    [
        ("who has visit 703?", "which visits does she have?", ["701", "703", "706"]),
        ("who has visit 703?", "which other visits does she have?", ["701", "706"]),
        ("show me visit 703", "who has it?", ["31"]),
        ("show me visit 703", "what's its day?", ["703"]),
        ("list the open bills", "whose are they?", ["1", "2"]),
    ],
)
async def test_a_pronoun_of_a_question_is_who_or_what_was_shown(first: str, then: str, found: list[str]) -> None:
    reply = await went_on(first, then, "vet")
    assert reply is not None
    assert sorted(each.id for each in reply.records) == found


async def test_another_currency_of_the_same_sum_is_asked_for_in_three_words() -> None:
    reply = await went_on("what is the sum of the bills", "and in GBP?", "vet")
    assert reply is not None
    assert reply.values == ("0",)
    reply = await went_on("what is the sum of the bills", "and in EUR?", "vet")
    assert reply is not None
    assert "486.00 EUR" in reply.text


async def test_the_records_by_which_somebody_was_found_are_what_is_done_with_them() -> None:
    """These guests have other open charges, too."""
    made = await go_on("who has open minibar charges?", "waive them all", "hotel")
    assert isinstance(made, Plan), made
    assert sorted(step.filled[0].value for step in made.steps) == [9001, 9006, 9009]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("send a reminder for them except 812", ["811", "813"]),
        ("send a reminder for all but Tomasz's", ["811"]),
        ("send a reminder for them all but Greta's", ["812", "813"]),
        ("send a reminder for all of them but the oldest", ["811", "813"]),
        ("send a reminder for everything except the newest", ["811", "812"]),
    ],
)
async def test_some_of_what_was_shown_is_left_out_of_an_order(words: str, left: list[str]) -> None:
    """The oldest of all is paid, and none of those."""
    made = await go_on("which bills are open?", words, "vet")
    assert isinstance(made, Plan), made
    assert sorted(str(step.filled[0].value) for step in made.steps) == left

"""Answers in words to "which of these?": what they single out, and what they must not."""

from __future__ import annotations

import pytest

from agent.pipeline import Answer, Plan, Question, RecordSource, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.agent.query.test_queries import find, plan
from tests.unit.own_worlds import NOW, OWNER, came_of, world


async def answered(text: str, words: str, name: str) -> list[str] | str:
    """The values of the record that the answered question was about, else what is asked."""
    made = await verdict_of(text, words, name)
    if isinstance(made, Plan):
        return [str(step.filled[0].value) for step in made.steps]
    assert isinstance(made, Question), made
    return made.text


async def verdict_of(text: str, words: str, name: str, *more: str) -> Verdict:
    """What comes of a request whose question is answered in these words, and then in ``more``."""
    context, resolver = world(name), RuleResolver()
    task = Task(Request(text=text, now=NOW), OWNER, context, "run_00000000000000000000000001")
    first = await propose(task, resolver)
    assert isinstance(first.verdict, Question), first.verdict
    answers = tuple(Answer(slot=first.verdict.slot, text=each) for each in (words, *more))
    request = Request(text=text, now=NOW, answers=answers)
    task = Task(request, OWNER, context, "run_00000000000000000000000001", drafts=first.drafts, proposal=first.proposal)
    return (await propose(task, resolver)).verdict


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("the one in December", ["703"]),
        ("the one with Helena", ["703"]),
        ("the latter", None),
        ("his very first", ["702"]),
    ],
)
async def test_an_answer_is_read_as_what_it_says_of_those_offered(words: str, chosen: list[str] | None) -> None:
    made = await answered("cancel Bruno's visit", words, "vet")
    assert made == chosen if chosen is not None else isinstance(made, list)


@pytest.mark.parametrize(
    "words", ["not the one with Helena in May", "none of them", "all but the green one", "the first, not the first"]
)
async def test_what_an_answer_denies_is_not_what_it_means(words: str) -> None:
    made = await answered("cancel Bruno's visit", words, "vet")
    assert isinstance(made, str)


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("the appointment with Helena", ["703"]),
        ("I'd say the one in December", ["703"]),
        ("the newest and the oldest", ["703", "702"]),
        ("the two older ones", ["702", "703"]),
        ("neither of them, it should be 705", ["705"]),
    ],
)
async def test_an_answer_in_everyday_words_selects_all_that_it_names(words: str, chosen: list[str]) -> None:
    assert await answered("cancel Bruno's visit", words, "vet") == chosen


@pytest.mark.parametrize("words", ["Lucy should take it", "let Lucy have it", "Lucy, please"])
async def test_light_words_may_stand_around_the_name_of_an_answer(words: str) -> None:
    assert await answered("assign visit 702", words, "vet") == ["702"]
    made = await verdict_of("assign visit 702", words, "vet")
    assert isinstance(made, Plan)
    assert {each.param: each.value for each in made.steps[0].filled} == {"visit_id": 702, "vet_id": 33}


@pytest.mark.parametrize("words", ["neither, 703", "the newest and the green one", "the oldest, but only half of it"])
async def test_an_answer_of_which_a_part_is_unread_selects_nothing(words: str) -> None:
    assert isinstance(await answered("cancel Bruno's visit", words, "vet"), str)


async def test_whose_it_is_may_lack_its_apostrophe() -> None:
    fine = {"action": "waive_fine", "fine_id": find("fine", "ruths")}
    made = (await came_of("waive ruths fine", plan(fine))).verdict
    assert isinstance(made, Question)
    assert sorted(each.id for each in made.candidates) == ["3", "4"]


async def test_an_answer_may_describe_what_no_name_was_found_for() -> None:
    assert await answered("waive fine F-999", "the one from July", "lending") == ["35"]
    assert isinstance(await answered("waive fine F-999", "the green one", "lending"), str)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("waive Zoltan's oldest fine", "Ines Duarte"),
        ("renew Zoltan's loan by 5 days", "Piet Vos"),
    ],
)
async def test_a_value_says_the_words_of_the_answer_that_named_its_owner(text: str, words: str) -> None:
    context, resolver = world("lending"), RuleResolver()
    task = Task(Request(text=text, now=NOW), OWNER, context, "run_00000000000000000000000001")
    first = await propose(task, resolver)
    assert isinstance(first.verdict, Question)
    request = Request(text=text, now=NOW, answers=(Answer(slot=first.verdict.slot, text=words),))
    task = Task(request, OWNER, context, "run_00000000000000000000000001", drafts=first.drafts, proposal=first.proposal)
    made = (await propose(task, resolver)).verdict
    assert isinstance(made, Plan)
    source = made.steps[0].filled[0].source
    assert isinstance(source, RecordSource)
    assert [span.text for span in source.spans] == [words]


async def test_a_name_in_an_answer_is_not_answered_by_that_answer_again() -> None:
    """The answer names an owner of the same kind as the one asked about. It was read anew for that one, without end."""
    asked = await answered("remind Berg of the unpaid fee", "Lotte's starting next quarter", "riding")
    assert isinstance(asked, str)
    assert "I can't tell which one" in asked


async def test_only_the_latest_of_several_answers_that_tell_nothing_is_quoted() -> None:
    made = await verdict_of("remind Berg of the unpaid fee", "his saddle?", "riding", "his boots?")
    assert isinstance(made, Question)
    assert made.text.startswith("I can't tell which one you mean by ‘his boots?’.")
    assert made.text.count("I can't tell which one") == 1


@pytest.mark.parametrize(
    ("words", "chosen"), [("the first two", ["607", "603"]), ("the first 2 please", ["607", "603"])]
)
async def test_the_first_of_a_list_are_those_that_stand_first_in_it(words: str, chosen: list[str]) -> None:
    assert await answered("cancel the dressage lesson", words, "riding") == chosen

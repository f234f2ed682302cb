"""Names in lower case, as hasty people type them, and owners that nothing of a plan is read from."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Refusal, Reply, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world


async def verdict_of(text: str, name: str) -> object:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


@pytest.mark.parametrize(
    ("text", "name", "sent"),
    [
        ("resend the last invoice to yuki", "garage", 903),
        ("resend the latest invoice for yuki tanaka", "garage", 903),
        ("resend last invoice greta holm", "garage", 901),
        ("resend the newest invoice to owen please", "garage", 904),
        ("waive the last fine for piet", "lending", 34),
        ("waive the last fine to ines duarte", "lending", 31),
    ],
)
async def test_the_last_one_to_or_for_somebody_is_theirs(text: str, name: str, sent: int) -> None:
    verdict = await verdict_of(text, name)
    assert isinstance(verdict, Plan), verdict
    assert [each.value for each in verdict.steps[0].filled][:1] == [sent]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("waive the last fine for grace", "lending"),
        ("waive the last fine to everyone", "lending"),
        ("waive the last fine of everybody who has not paid", "lending"),
        ("resend the last invoice to every customer", "garage"),
        ("resend the latest invoice to yuki and rosamund", "garage"),
        ("resend the last invoice to somebody@example.org", "garage"),
    ],
)
async def test_whose_it_is_is_never_passed_over(text: str, name: str) -> None:
    verdict = await verdict_of(text, name)
    assert isinstance(verdict, Question | Refusal), verdict


async def test_questions_find_people_in_lower_case() -> None:
    verdict = await verdict_of("what does yuki still owe", "garage")
    assert isinstance(verdict, Reply)
    assert "316.50" in verdict.text


async def test_goodwill_is_no_name() -> None:
    verdict = await verdict_of("waive the last fine for goodwill", "lending")
    assert "No member" not in str(verdict)


@pytest.mark.parametrize(
    ("text", "rested"),
    [
        ("rest thunder and biscuit for 3 days", [31, 32]),
        ("rest thunder, biscuit and moonlight for 2 days", [31, 32, 33]),
        ("thunder, biscuit and caramel need 2 days rest", [31, 32, 34]),
    ],
)
async def test_a_list_of_names_that_are_words(text: str, rested: list[int]) -> None:
    verdict = await verdict_of(text, "riding")
    assert isinstance(verdict, Plan), verdict
    assert [step.filled[0].value for step in verdict.steps] == rested


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rest thunder, pudding and custard for 2 days", "pudding"),
        ("pudding and thunder need 2 days rest", "pudding"),
        ("rest caramel for 2 days and so does thunder", "thunder"),
        ("caramel needs 3 days rest with the red blanket", "red blanket"),
        ("move lesson 602 to friday in H4", "in H4"),
        ("move lesson 602 to before friday", "before"),
    ],
)
async def test_what_is_listed_or_said_beside_is_asked_about(text: str, told: str) -> None:
    verdict = await verdict_of(text, "riding")
    assert isinstance(verdict, Question | Refusal), verdict
    assert told in str(verdict)


async def test_one_more_state_is_asked_about() -> None:
    verdict = await verdict_of("set the stage of job 803 to ready and paid", "garage")
    assert isinstance(verdict, Question), verdict
    assert "and paid" in verdict.text


async def test_to_whom_is_no_part_of_why() -> None:
    verdict = await verdict_of("charge 5 euros for the oldest late loan to ruth meyer", "lending")
    assert isinstance(verdict, Plan), verdict
    values = {each.param: each.value for each in verdict.steps[0].filled}
    assert (values["member_id"], values["reason"]) == (4, "the oldest late loan")
    asked = await verdict_of("charge 5 euros for the oldest late loan to anouk", "lending")
    assert isinstance(asked, Question), asked
    assert "to anouk" in asked.text

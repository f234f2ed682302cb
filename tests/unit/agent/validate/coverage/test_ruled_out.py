"""What a contrast rules out is never offered as the rest of an order."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.coverage.ruled_out import find_ruled_out
from tests.unit.own_worlds import NOW, OWNER, world

LABELS = ["Ines Duarte", "Belt sander", "loan 501"]
NOUNS = {"loan", "item", "member"}


@pytest.mark.parametrize(
    ("text", "asked", "found"),
    [
        ("charge ruth 5 euros, not ines", "not ines", "Ines Duarte"),
        ("charge ruth 5 euros instead of ines", "euros instead of", "Ines Duarte"),
        ("write off all items but the belt sander today", "write off all items but the", "Belt sander"),
        ("renew all loans but loan 501", "but loan 501", "loan 501"),
        ("charge everyone except ines 5 euros", "except ines", "Ines Duarte"),
        ("renew loan 501, not loan 502", "not loan 502", None),
        ("charge ines 5 euros, not ines kowalska", "not ines kowalska", None),
        ("charge ines 5 euros, not by card", "not by card", None),
        ("charge ines 5 euros, she is not ines", "5 euros", None),
    ],
)
def test_a_record_behind_a_contrast_is_ruled_out(text: str, asked: str, found: str | None) -> None:
    assert find_ruled_out(text, [asked], LABELS, NOUNS) == found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("message joris hello, not pilar", "riding"),
        ("rest all horses but the biscuit", "riding"),
        ("waive F-231 instead of F-235", "lending"),
        ("set joris to beginner, not pilar", "riding"),
        ("cancel all bookings but booking 5012", "hotel"),
        ("cancel all but 5012", "hotel"),
        ("waive all but F-231", "lending"),
    ],
)
async def test_no_question_offers_what_was_ruled_out(text: str, name: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    verdict = (await propose(task, RuleResolver())).verdict
    out = text.split()[-1]
    offered = [each.detail for each in verdict.candidates] if isinstance(verdict, Question) else []
    assert not [each for each in offered if out in each.casefold()], verdict


async def test_what_no_words_name_is_not_offered_behind_all_but() -> None:
    task = Task(
        Request(text="waive all but the late fines", now=NOW), OWNER, world("lending"), "run_0000000000000000000000000A"
    )
    verdict = (await propose(task, RuleResolver())).verdict
    assert isinstance(verdict, Question)
    assert not verdict.candidates


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("waive all but the newest due fine", {"F-231", "F-233", "F-235"}),
        ("waive everything except the two oldest due fines", {"F-233", "F-234"}),
    ],
)
async def test_all_but_some_of_a_noun_is_all_of_it_without_them(text: str, done: set[str]) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world("lending"), "run_0000000000000000000000000A")
    verdict = (await propose(task, RuleResolver())).verdict
    assert isinstance(verdict, Plan), verdict
    said = " ".join(step.preview for step in verdict.steps)
    assert len(verdict.steps) == len(done)
    assert all(each in said for each in done)


@pytest.mark.parametrize(
    "text", ["waive all due fines but don't waive F-234", "waive F-231 and F-233 but don't waive F-231"]
)
async def test_what_must_not_be_done_to_one_of_the_records_is_not_offered(text: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world("lending"), "run_0000000000000000000000000A")
    verdict = (await propose(task, RuleResolver())).verdict
    assert isinstance(verdict, Question), verdict
    assert not verdict.candidates


@pytest.mark.parametrize(
    "text",
    [
        "waive F-231 and F-233 but don't waive F-234",
        "waive F-231 and F-233, do not waive F-234",
        "don't waive F-234, waive F-231 and F-233",
    ],
)
async def test_what_is_left_alone_anyway_stops_nothing(text: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world("lending"), "run_0000000000000000000000000A")
    verdict = (await propose(task, RuleResolver())).verdict
    assert isinstance(verdict, Plan), verdict
    assert sorted(each.value for step in verdict.steps for each in step.filled if each.param == "fine_id") == [31, 33]

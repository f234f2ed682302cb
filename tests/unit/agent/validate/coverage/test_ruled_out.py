"""What a contrast rules out is never offered as the rest of an order."""

from __future__ import annotations

import pytest

from agent.pipeline import Question, Request
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
    ],
)
async def test_no_question_offers_what_was_ruled_out(text: str, name: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    verdict = (await propose(task, RuleResolver())).verdict
    out = text.split()[-1]
    offered = [each.detail for each in verdict.candidates] if isinstance(verdict, Question) else []
    assert not [each for each in offered if out in each.casefold()], verdict

"""The demo platform's suite must not get worse."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from agent.resolve.offline import Offline
from core.errors import InvalidInput
from evals.saas import NOW, SUITE, Judged, cases, judge, lines, platform, run

OPEN_FLOOR = 0.98
HELD_FLOOR = 0.93


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    async def every(url: str, token: str) -> list[Judged]:
        return [each async for each in run(cases(SUITE), Offline(), url, token)]

    with platform() as (url, token):
        return asyncio.run(every(url, token))


@pytest.mark.parametrize(("half", "floor"), [("open", OPEN_FLOOR), ("held", HELD_FLOOR)])
def test_most_requests_come_out_right(judged: list[Judged], half: str, floor: float) -> None:
    mine = [each for each in judged if each.case["half"] == half]
    assert sum(each.right for each in mine) / len(mine) >= floor, "\n".join(lines(judged))


def test_no_money_is_moved_that_nobody_asked_to_move(judged: list[Judged]) -> None:
    assert [each.case["prompt"] for each in judged if each.money] == []


def test_nothing_is_done_wrongly(judged: list[Judged]) -> None:
    assert [each.case["prompt"] for each in judged if each.wrong] == []


def test_no_case_is_an_example_in_a_contract() -> None:
    contracts = json.loads((Path(__file__).parents[3] / "connectors" / "saas" / "actions.json").read_text("utf-8"))
    examples = {example.casefold() for each in contracts["actions"] for example in each["examples"]}
    assert [each["prompt"] for each in cases(SUITE) if each["prompt"].casefold() in examples] == []


def test_a_line_that_is_no_case_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"prompt": "refund it"}\n', "utf-8")
    with pytest.raises(InvalidInput, match=r"cases\.jsonl:1 is no case"):
        cases(path)


@pytest.mark.parametrize(("value", "right", "wrong"), [(4900, True, False), (49, False, True)])
def test_a_call_with_another_value_is_a_wrong_act(value: int, right: bool, wrong: bool) -> None:
    expected = {"decision": "act", "actions": [{"action": "pay", "params": {"amount": [4900]}}]}
    call = {"action": "pay", "params": {"amount": value}}
    made = judge({"expected": expected}, "act", (call,), "", (), None, held=True)
    assert (made.right, made.wrong, made.money) == (right, wrong, wrong)


def test_an_act_where_a_question_was_due_is_wrong() -> None:
    assert judge({"expected": {"decision": "clarify"}}, "act", (), "", (), None, held=False).wrong


def test_the_present_is_the_platforms_own() -> None:
    from demo.seed import SEED_NOW

    assert NOW == SEED_NOW

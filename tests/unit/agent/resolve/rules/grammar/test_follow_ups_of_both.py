"""Follow-ups about both of the latest calls, where several did the same."""

from __future__ import annotations

import pytest

from agent.pipeline import Ask, EarlierCall, EarlierRecords, Turn
from tests.unit.agent.resolve.rules.grammar.test_follow_ups import plan, resolve, turn


def two_turns() -> tuple[Turn, Turn]:
    second = EarlierCall(handle="@call2", action="inn.extend_stay", records={"stay": "@stay2"}, said=("nights",))
    return turn(waits=False), Turn(
        words="…", came="…", calls=(second,), records=(EarlierRecords(handle="@stay2", kind="stay"),)
    )


@pytest.mark.parametrize("text", ["cancel both", "cancel them", "set them to half board"])
async def test_both_are_those_for_which_the_latest_calls_did_the_same(text: str) -> None:
    made = await plan(text, *two_turns())
    assert [each.arguments["stay"].reference.among for each in made.calls] == ["@stay1", "@stay2"]


async def test_both_of_three_is_asked_about() -> None:
    first, second = two_turns()
    third = EarlierCall(handle="@call3", action="inn.extend_stay", records={"stay": "@stay3"}, said=("nights",))
    last = Turn(words="…", came="…", calls=(third,), records=(EarlierRecords(handle="@stay3", kind="stay"),))
    assert isinstance(await resolve("cancel both", first, second, last), Ask)

"""Taking back: what it is said in, and which of several calls is meant."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Abstain, EarlierCall, EarlierRecords, Proposed, Turn
from agent.planning.proposal import Find, UndoResult, Words
from agent.resolve.rules.grammar.earlier_calls import NOTHING_BEFORE
from tests.unit.agent.resolve.rules.grammar.test_follow_ups import resolve, turn


def said(words: str, *numbers: str, at: int = 1, action: str = "extend_stay", waits: bool = False) -> Turn:
    """A request for stays, each found by its number."""
    calls = tuple(
        EarlierCall(
            handle=f"@call{at + step}",
            action=f"inn.{action}",
            records={"stay": f"@stay{at + step}"},
            found={"stay": Find(record="stay", said=Words(text=number))},
            said=("nights",) if action == "extend_stay" else (),
            waits=waits,
        )
        for step, number in enumerate(numbers)
    )
    records = tuple(EarlierRecords(handle=call.records["stay"], kind="stay") for call in calls)
    return Turn(words=words, came="…", calls=calls, records=records)


def undone(made: Any) -> tuple[str, ...]:
    assert isinstance(made, Proposed), made
    assert isinstance(made.proposal.result, UndoResult), made
    return made.proposal.result.calls


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("revert the last one please", "@call2"),
        ("undo my last change", "@call2"),
        ("roll back the latest thing we did", "@call2"),
        ("undo what I just did", "@call2"),
    ],
)
async def test_one_of_several_is_told_by_its_place_or_its_words(text: str, meant: str) -> None:
    first = said("two more nights for Lea in B-102", "B-102")
    second = said("Omar on half board in B-103", "B-103", at=2, action="set_board")
    assert undone(await resolve(text, first, second)) == (meant,)


async def test_what_no_request_said_is_not_taken_back() -> None:
    made = await resolve("undo the one for B-199", said("extend B-102 by 2", "B-102"))
    assert not (isinstance(made, Proposed) and isinstance(made.proposal.result, UndoResult))


@pytest.mark.parametrize(
    "text",
    [
        "nah, nevermind",
        "on second thought, don't",
        "don't do it please",
        "leave it as it is",
        "hm, I would rather ring him first, leave it for now",
        "let me extend that myself, so not now",
        "stop, wrong guest",
    ],
)
async def test_what_waits_is_withdrawn_in_many_words(text: str) -> None:
    assert undone(await resolve(text, turn())) == ("@call1",)
    made = await resolve(text, turn(waits=False))
    assert not (isinstance(made, Proposed) and isinstance(made.proposal.result, UndoResult))


@pytest.mark.parametrize(
    "text", ["undo that", "please revert it", "can you roll that back", "oops, take it back", "revert my previous edit"]
)
async def test_where_nothing_was_done_there_is_nothing_to_undo(text: str) -> None:
    asked = Turn(words="who stays in B-102?", came="Lea Brandt.")
    for thread in ((), (asked,)):
        made = await resolve(text, *thread)
        assert isinstance(made, Abstain), made
        assert made.detail == NOTHING_BEFORE


@pytest.mark.parametrize(
    "text",
    ["that's too long. As it was, please", "wrong room, that one stays how it was", "turn it back to what it was"],
)
async def test_as_it_was_takes_back_what_was_done(text: str) -> None:
    assert undone(await resolve(text, turn(waits=False))) == ("@call1",)


@pytest.mark.parametrize(
    "text", ["stop, and cancel B-104", "as it was in May", "never mind, unless he calls", "stop the heating"]
)
async def test_an_order_beside_a_stop_is_no_mere_withdrawal(text: str) -> None:
    made = await resolve(text, turn())
    assert not (isinstance(made, Proposed) and isinstance(made.proposal.result, UndoResult))


async def test_it_is_nobody_and_nobody_gets_nothing() -> None:
    made = await resolve("nobody should have it", turn())
    assert not isinstance(made, Proposed)

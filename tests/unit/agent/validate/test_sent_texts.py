"""Texts that go out as they were typed: a person looks first where one speaks of its reader, is no sentence or ends in
a limit."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan
from tests.unit.laundry import LAUNDRY
from tests.unit.marina import ask


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("tell Nell that they are closed", "‘they are closed’ is sent as it stands"),
        ("tell Bill that Nell is here and text Nell Brook that her bags are here", "‘her bags are here’ is sent as it"),
        ("text Nell Brook that the bag she left is here", "Change it if it should say “you”."),
        ("inform Bill Marsh the van comes at 4 but not before Friday", "‘but not before Friday’ is sent as part of"),
    ],
)
async def test_indirect_speech_waits(text: str, shown: str) -> None:
    verdict = (await ask(LAUNDRY, text)).verdict
    assert isinstance(verdict, Plan)
    assert any(shown in each for each in verdict.held)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tell Nell that her curtains are done", "your curtains are done"),
        ("tell Nell her curtains are done", "your curtains are done"),
        ("let Bill Marsh know he owes us 40 euros", "you owe us 40 euros"),
        ("please inform Bill Marsh that we have his shirts", "we have your shirts"),
        ("remind Nell that her curtains are done", "your curtains are done"),
        ("ask Nell whether she can come at 4", "can you come at 4?"),
        ("ask Bill Marsh when we can fetch his shirts", "when can we fetch your shirts?"),
    ],
)
async def test_what_is_told_of_whoever_gets_it_is_put_to_them_and_waits(text: str, said: str) -> None:
    verdict = (await ask(LAUNDRY, text)).verdict
    assert isinstance(verdict, Plan)
    assert [each.value for step in verdict.steps for each in step.filled if each.param == "text"] == [said]
    assert any(each.startswith("You wrote ‘") for each in verdict.held)


@pytest.mark.parametrize(
    "text",
    [
        "tell Nell: her curtains are done",  # direct speech
        'tell Nell "her curtains are done"',
        "tell Nell that Bill lost his key",  # about somebody else
        "let Nell Brook know we will be there at 4",
        "note on Nell's duvet: she wants it gentle",
    ],
)
async def test_direct_speech_and_notes_do_not_wait(text: str) -> None:
    verdict = (await ask(LAUNDRY, text)).verdict
    assert isinstance(verdict, Plan)
    assert not verdict.held


@pytest.mark.parametrize(
    "text",
    [
        "remind me that Nell's curtains are done",  # the speaker is told
        "ask Nell if the curtains are hers",  # no question as it stands
        "tell Nell when she can come",
    ],
)
async def test_what_is_no_message_as_it_stands_is_neither_sent_nor_offered(text: str) -> None:
    verdict = (await ask(LAUNDRY, text)).verdict
    assert not isinstance(verdict, Plan)
    assert "Text: " not in getattr(verdict, "text", "")

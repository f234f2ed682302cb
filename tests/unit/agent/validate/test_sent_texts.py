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
        ("tell Nell that her curtains are done", "‘her curtains are done’ is sent as it stands"),
        ("let Bill Marsh know his shirts are late", "‘his shirts are late’ is sent as it stands"),
        ("text Nell Brook that the bag she left is here", "Change it if it should say “you”."),
        ("inform Bill Marsh the van comes at 4 but not before Friday", "‘but not before Friday’ is sent as part of"),
    ],
)
async def test_indirect_speech_waits(text: str, shown: str) -> None:
    verdict = (await ask(LAUNDRY, text)).verdict
    assert isinstance(verdict, Plan)
    assert any(shown in each for each in verdict.held)


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

"""Answers that are tried on live data."""

from __future__ import annotations

import asyncio

import pytest

from agent.pipeline import Abstain
from agent.planning.proposal import PlanResult, Proposal
from agent.planning.task import Outcome
from agent.planning.tried_answers import try_answers
from core.errors import PlatformUnavailable


@pytest.mark.parametrize("error", [PlatformUnavailable("it is down"), ValueError("a defect")])
async def test_if_a_look_up_fails_none_is_given_and_a_defect_is_raised(error: Exception) -> None:
    ended: list[str] = []

    async def validate(read: Proposal) -> Outcome:
        if read.understood == "first":
            raise error
        await asyncio.sleep(0.01)
        ended.append(read.understood)
        return Outcome(Abstain(reason="nothing_fits", detail=""), None)

    tried = tuple(Proposal(result=PlanResult(calls=()), understood=each) for each in ("first", "second"))
    if isinstance(error, PlatformUnavailable):
        assert await try_answers(tried, validate) is None
    else:
        with pytest.raises(ValueError, match="a defect"):
            await try_answers(tried, validate)
    assert ended == ["second"], "no look-up goes on behind the answer"

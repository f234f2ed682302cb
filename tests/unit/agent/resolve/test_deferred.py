"""A deferred resolver: made when it is first asked, and then once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from agent.pipeline import Abstain, Request, Resolved, Trace
from agent.planning.proposal import NoneResult, Proposal
from agent.resolve.resolver import DeferredResolver, PieceQuestion
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

REQUEST: Final = Request(text="close 7", now=datetime(2026, 11, 24, tzinfo=UTC))
FOUND: Final = Resolved(
    resolution=Abstain(reason="nothing_fits", detail="none"), trace=Trace(resolver="words", attempts=0)
)
PIECES: Final = PieceQuestion(
    REQUEST, Proposal(result=NoneResult(reason="no such action")), Shortlist([]), (), ("today",)
)


class ReadsWords:
    name = "words"

    async def resolve(self, request: Request, _shortlist: Shortlist, _kinds: Sequence[RecordKind]) -> Resolved:
        assert request is REQUEST
        return FOUND


class ReadsAgain(ReadsWords):
    async def read_again(self, question: PieceQuestion) -> Resolved | None:
        assert question is PIECES
        return FOUND


async def test_it_is_made_at_the_first_request_and_once() -> None:
    made: list[ReadsWords] = []

    def make() -> ReadsWords:
        made.append(ReadsWords())
        return made[-1]

    deferred = DeferredResolver("words", make)
    assert (deferred.name, made) == ("words", [])
    for _ in range(2):
        assert await deferred.resolve(REQUEST, Shortlist([]), ()) is FOUND
    assert len(made) == 1


async def test_it_reads_again_if_what_it_stands_for_does() -> None:
    assert await DeferredResolver("words", ReadsAgain).read_again(PIECES) is FOUND
    assert await DeferredResolver("words", ReadsWords).read_again(PIECES) is None


def test_a_server_is_put_together_without_what_reads_requests() -> None:
    """Its readers are other processes, which import that themselves."""
    reads = ("agent.planning.propose", "agent.resolve.rules.resolver", "agent.query.references", "agent.resolve.model")
    code = f"import sys, app.container, web.app; print([each for each in {reads} if each in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

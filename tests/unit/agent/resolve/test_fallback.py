"""Where the first resolver gives no usable answer the second one is asked, and the trace says so."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Abstain, Request, Resolved, Trace
from agent.resolve.resolver import FallbackResolver
from core.errors import ModelMisbehaved, ModelUnavailable, OpsIQError, PlatformUnavailable
from registry.offers.shortlist import Shortlist
from tests.unit.own_worlds import NOW


class Gives:
    def __init__(self, name: str, error: OpsIQError | None = None) -> None:
        self.name, self.error, self.asked = name, error, 0

    async def resolve(self, *_: Any) -> Resolved:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return Resolved(
            resolution=Abstain(reason="nothing_fits", detail=self.name), trace=Trace(resolver=self.name, notes=("n",))
        )


async def came(first: Gives, second: Gives) -> Resolved:
    return await FallbackResolver(first, second).resolve(Request(text="x", now=NOW), Shortlist([]), ())


@pytest.mark.parametrize("error", [ModelUnavailable("gone"), ModelMisbehaved("babble")])
async def test_the_second_is_asked_where_the_first_fails(error: OpsIQError) -> None:
    made = await came(Gives("model", error), Gives("rules"))
    assert made.resolution.detail == "rules"  # type: ignore[union-attr]
    assert made.trace.notes == ("n", f"model gave no usable answer ({error.code}: {error.detail}); resolved by rules")


async def test_the_second_is_not_asked_where_the_first_answers() -> None:
    second = Gives("rules")
    assert (await came(Gives("model"), second)).trace.resolver == "model"
    assert second.asked == 0


async def test_other_errors_are_nobodys_to_hide() -> None:
    with pytest.raises(PlatformUnavailable):
        await came(Gives("model", PlatformUnavailable("down")), Gives("rules"))
    with pytest.raises(ModelUnavailable):
        await came(Gives("model", ModelMisbehaved("x")), Gives("rules", ModelUnavailable("too")))

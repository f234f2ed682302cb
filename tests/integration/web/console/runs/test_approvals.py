"""What waits for a person: told on the front page without reading every card, and named whole among the approvals."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.integration.web.console.samples.card import ME, PLAN, RUN
from web.console.runs import runs


@pytest.mark.parametrize(
    ("others", "mine", "more", "said"),
    [
        (0, 3, False, ""),
        (1, 3, False, "A request of somebody else waits"),
        (2, 0, False, "2 requests of others wait"),
        (20, 0, False, "20 requests of others wait"),
        (20, 0, True, "20 or more requests of others wait"),
        (1, 19, True, "Requests of others wait"),
        (0, 20, True, ""),
    ],
)
async def test_the_front_page_looks_at_few_cards_and_says_no_more_than_it_saw(
    others: int, mine: int, more: bool, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    theirs = RUN.model_copy(update={"actor": replace(RUN.actor, id="mem_9", person="mem_9")})

    async def look(_: object, *, looks: int) -> tuple[list[Any], bool]:
        looked.append(looks)
        return [RUN] * mine + [theirs] * others, more

    container = SimpleNamespace(runs=SimpleNamespace(list_newest_awaiting=look))
    monkeypatch.setattr(runs, "get_container", lambda _: container)
    assert await runs.tell_awaiting(cast(Any, None), cast(Any, SimpleNamespace(actor=ME))) == said
    assert looked == [20]


def test_the_heading_of_what_waits_says_how_many_actions_it_has() -> None:
    (step,) = PLAN.steps

    def heading(*titles: str) -> str:
        steps = tuple(step.model_copy(update={"title": title}) for title in titles)
        return runs._waiting(RUN.model_copy(update={"plan": PLAN.model_copy(update={"steps": steps})})).preview

    assert heading("Close a ticket", "Reply", "Reply") == "3 actions: Close a ticket, Reply twice"
    assert heading("Reply", "Reply") == "Reply, 2 times"

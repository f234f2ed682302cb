"""An e-mail address that an action takes as a value names nobody; whose it becomes is said, or was spoken of."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import EarlierRecords, Proposed, Request, Turn
from agent.planning.proposal import PlanResult
from agent.resolve.rules.resolver import RuleResolver
from registry.contract import Annotation
from registry.offers.shortlist import Shortlist
from tests.unit.agent.resolve.rules.grammar.test_understand import GUEST, NOW, STAY, action

INN = Shortlist(
    [
        action(
            "set_email",
            "Change a guest's e-mail address",
            {"guest": {"type": "integer"}, "email": {"type": "string", "format": "email"}},
            {"guest": Annotation(record="guest", label="Guest"), "email": Annotation(label="New e-mail")},
            aliases=("change e-mail", "new email address"),
        ),
        action("block_guest", "Block a guest", {"guest": {"type": "integer"}}, {"guest": Annotation(record="guest")}),
    ]
)
SPOKEN = Turn(words="…", came="answered", records=(EarlierRecords(handle="@guest1", kind="guest", count=1),))


async def read(text: str, *thread: Turn) -> dict[str, Any]:
    request = Request(text=text, now=NOW, thread=thread)
    made = (await RuleResolver().resolve(request, INN, (GUEST, STAY))).resolution
    assert isinstance(made, Proposed), made
    assert isinstance(made.proposal.result, PlanResult), made
    (call,) = made.proposal.result.calls
    return dict(call.arguments)


@pytest.mark.parametrize(
    "text",
    [
        "change his email to lea@inn.example",
        "change her e-mail address to lea@inn.example",
        "set their email to lea@inn.example please",
        "his new e-mail address is lea@inn.example",
    ],
)
async def test_a_possessive_is_of_whoever_was_spoken_of_and_not_of_the_address(text: str) -> None:
    made = await read(text, SPOKEN)
    assert made["guest"].reference.among == "@guest1"
    assert made["email"].quote.text == "lea@inn.example"


async def test_where_nobody_was_spoken_of_the_address_names_nobody() -> None:
    made = await read("change his email to lea@inn.example")
    assert set(made) == {"email"}


async def test_an_address_still_names_whom_an_action_without_such_a_value_is_for() -> None:
    made = await read("block lea@inn.example", SPOKEN)
    assert made["guest"].reference.said.text == "lea@inn.example"

"""Earlier calls taken up again: fewer of them, the record beside theirs, the same for somebody else's."""

from __future__ import annotations

import pytest

from agent.pipeline import Abstain, EarlierCall, EarlierRecords, Proposed, Turn
from agent.planning.proposal import BelongsTo, Except, Find, StateIs, Words
from agent.resolve.rules.grammar.earlier_calls import carry_over
from tests.unit.agent.resolve.rules.grammar.test_follow_ups import plan, resolve, turn
from tests.unit.agent.resolve.rules.grammar.test_taking_back import said


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("leave B-103 out", ["@stay1", "@stay3"]),
        ("without B-103", ["@stay1", "@stay3"]),
        ("not B-102 and B-103", ["@stay3"]),
        ("skip B-104 please", ["@stay1", "@stay2"]),
        ("only B-104", ["@stay3"]),
        ("not the middle one", ["@stay1", "@stay3"]),
        ("not B-103, she wants to come after all", ["@stay1", "@stay3"]),
    ],
)
async def test_some_of_the_calls_that_wait_are_left_out_by_name(text: str, kept: list[str]) -> None:
    made = await plan(text, said("cancel them", "B-102", "B-103", "B-104", action="cancel_stay", waits=True))
    assert [call.arguments["stay"].reference.handle for call in made.calls] == kept
    assert made.replaces == ("@call1", "@call2", "@call3")


@pytest.mark.parametrize(
    "text",
    [
        "leave B-199 out",
        "only B-103, if she agrees",
        "not B-103, extend it by 2 nights",
        "leave B-102, B-103 and B-104 out",
    ],
)
async def test_what_is_not_among_them_leaves_nothing_out(text: str) -> None:
    made = await resolve(text, said("cancel them", "B-102", "B-103", "B-104", action="cancel_stay", waits=True))
    assert not (isinstance(made, Proposed) and getattr(made.proposal.result, "replaces", ()))


@pytest.mark.parametrize(("text", "replaces"), [("no, the other booking", ("@call1",)), ("and the other one", ())])
async def test_the_other_one_is_any_but_that_of_the_same_person(text: str, replaces: tuple[str, ...]) -> None:
    made = await plan(text, turn())
    find = made.calls[0].arguments["stay"].reference
    assert any(isinstance(each, Except) for each in find.where)
    assert made.replaces == replaces


async def test_another_of_that_name_is_anybody_but_who_was_meant() -> None:
    made = await plan("no, the other Lea", turn())
    owner = made.calls[0].arguments["stay"].reference.where[0].owner
    assert owner.said.text == "Lea"
    assert isinstance(owner.where[0], Except)


async def test_what_was_done_is_not_exchanged_for_the_other_one() -> None:
    made = await resolve("no, the other booking", turn(waits=False))
    assert isinstance(made, Abstain) or not getattr(made.proposal.result, "replaces", ())


def owned(name: str, **more: object) -> Find:
    owner = BelongsTo(owner=Find(record="guest", said=Words(text=name)))
    return Find(record="stay", where=(owner, *more.pop("where", ())), **more)  # type: ignore[arg-type, misc]


def test_somebody_elses_is_as_it_was_said_of_the_first() -> None:
    before = owned("Lea", where=(StateIs(state="open"),))
    carried = carry_over(before, owned("Omar"))
    assert carried == owned("Omar", where=(StateIs(state="open"),))
    assert carry_over(before, Find(record="stay", said=Words(text="B-103"))).said == Words(text="B-103")


@pytest.mark.parametrize("text", ["same again", "do that again please", "the same thing once more"])
async def test_what_was_done_is_done_once_more_where_that_is_said(text: str) -> None:
    made = await plan(text, turn(waits=False))
    assert made.replaces == ()
    assert made.calls[0].action == "inn.extend_stay"
    assert not isinstance(await resolve(text, turn()), Proposed)  # what waits is not done twice


BLOCKED = Turn(
    words="ban Omar for smoking",
    came="…",
    calls=(EarlierCall(handle="@call1", action="inn.block_guest", records={"guest": "@guest1"}, said=(), waits=True),),
    records=(EarlierRecords(handle="@guest1", kind="guest"),),
)


async def test_an_order_behind_a_label_is_no_text() -> None:
    made = await resolve("reason: rude and cancel B-103", BLOCKED)
    assert not (isinstance(made, Proposed) and getattr(made.proposal.result, "replaces", ()))

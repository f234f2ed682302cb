"""What continues a thread without a model: taken back, repeated for another record, said anew, pronouns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from agent.pipeline import Abstain, Ask, EarlierCall, EarlierRecords, Proposed, Request, Turn
from agent.pipeline.request import NOTHING_DONE
from agent.planning.proposal import (
    AS_SHOWN,
    ArgumentOf,
    BelongsTo,
    Computed,
    ComputedArgument,
    Except,
    Find,
    Number,
    OrderByField,
    PlanResult,
    RecordArgument,
    UndoResult,
)
from agent.resolve.rules.resolver import RuleResolver
from connectors.saas.kinds import KINDS
from registry.contract import Annotation
from registry.offers.shortlist import Shortlist
from tests.unit.agent.resolve.rules.grammar.test_understand import GUEST, INN, NOW, STAY, action, shortlist


def turn(action: str = "extend_stay", *, waits: bool = True, said: tuple[str, ...] = ("nights",), **more: Any) -> Turn:
    """A request about a stay, which the thread knows by its handle."""
    call = EarlierCall(
        handle="@call1", action=f"inn.{action}", records={"stay": "@stay1"}, said=said, waits=waits, **more
    )
    return Turn(words="…", came="…", calls=(call,), records=(EarlierRecords(handle="@stay1", kind="stay"),))


async def resolve(text: str, *turns: Turn) -> Any:
    request = Request(text=text, now=NOW, thread=turns)
    return (await RuleResolver().resolve(request, INN, (GUEST, STAY))).resolution


async def plan(text: str, *turns: Turn) -> PlanResult:
    made = await resolve(text, *turns)
    assert isinstance(made, Proposed), made
    assert isinstance(made.proposal.result, PlanResult), made
    return made.proposal.result


@pytest.mark.parametrize(
    "text", ["undo", "oh no, undo that please", "revert it", "put it back as it was", "take that back, he will pay"]
)
async def test_what_was_done_is_taken_back_by_its_handle(text: str) -> None:
    made = await resolve(text, turn(waits=False))
    assert made.proposal.result == UndoResult(calls=("@call1",))


async def test_what_came_to_nothing_in_between_does_not_hide_what_was_done() -> None:
    lost = Turn(words="…", came=NOTHING_DONE)
    made = await resolve("undo that", turn(waits=False), lost, lost, lost)
    assert made.proposal.result == UndoResult(calls=("@call1",))
    answered = Turn(words="…", came="answered")
    made = await resolve("undo that", turn(waits=False), answered, answered)
    assert not isinstance(made, Proposed) or not isinstance(made.proposal.result, UndoResult)


async def test_never_mind_withdraws_only_what_waits() -> None:
    assert (await resolve("never mind", turn())).proposal.result == UndoResult(calls=("@call1",))
    assert not isinstance(await resolve("never mind", turn(waits=False)), Proposed)


@pytest.mark.parametrize("text", ["undo", "make it 3 nights", "B-103 as well"])
async def test_without_a_thread_nothing_is_continued(text: str) -> None:
    made = await resolve(text)
    assert not isinstance(made, Proposed) or not isinstance(made.proposal.result, UndoResult)


async def test_taking_back_with_an_order_beside_it_is_no_mere_undo() -> None:
    made = await resolve("undo that, cancel B-104 instead", turn(waits=False))
    assert not isinstance(made, Proposed) or not isinstance(made.proposal.result, UndoResult)


async def test_what_is_done_once_more_waits_for_a_person_and_a_correction_says_so_itself() -> None:
    assert (await resolve("B-103 as well", turn())).repeats
    assert not (await resolve("make it 3 nights", turn())).repeats


@pytest.mark.parametrize("text", ["B-103 as well", "and B-103 too", "the same for B-103", "also B-103 please"])
async def test_the_same_for_another_record_keeps_what_was_said(text: str) -> None:
    made = await plan(text, turn())
    (call,) = made.calls
    assert call.action == "inn.extend_stay"
    assert isinstance(call.arguments["stay"], RecordArgument)
    assert isinstance(call.arguments["stay"].reference, Find)
    assert call.arguments["nights"] == ComputedArgument(expression=ArgumentOf(argument="nights", of="@call1"))
    assert made.replaces == ()


@pytest.mark.parametrize("text", ["make it 3 nights", "no, 3 nights", "sorry, only 3 nights"])
async def test_a_value_said_anew_replaces_the_call_that_waits(text: str) -> None:
    made = await plan(text, turn())
    (call,) = made.calls
    assert "@stay1" in call.arguments["stay"].model_dump_json()
    assert "3 nights" in call.arguments["nights"].model_dump_json()
    assert made.replaces == ("@call1",)


@pytest.mark.parametrize(
    "text", ["hold on, only 3 nights", "no, extend it by only 3 nights", "that should be 3 nights"]
)
async def test_the_same_order_with_another_value_replaces_the_call_that_waits(text: str) -> None:
    made = await plan(text, turn())
    (call,) = made.calls
    assert "3 nights" in call.arguments["nights"].model_dump_json()
    assert made.replaces == ("@call1",)


async def test_one_more_of_the_same_order_replaces_nothing() -> None:
    made = await resolve("and extend it by 3 nights", turn())
    assert not isinstance(made, Proposed) or not getattr(made.proposal.result, "replaces", ())


async def test_what_it_should_have_been_is_no_second_order_when_it_was_done() -> None:
    made = await resolve("that should have been 3 nights", turn(waits=False))
    assert isinstance(made, Abstain)
    assert "was sent already" in made.detail


@pytest.mark.parametrize("text", ["and the December one", "the December one too"])
async def test_the_one_of_another_month_is_the_same_persons(text: str) -> None:
    (call,) = (await plan(text, turn())).calls
    reference = call.arguments["stay"].reference
    assert isinstance(reference.where[0], BelongsTo)
    assert "@stay1" in reference.where[0].model_dump_json()
    assert isinstance(reference.where[1], Except)


async def test_a_record_said_anew_replaces_the_call_that_waits() -> None:
    made = await plan("wrong one, I meant B-103", turn())
    assert made.replaces == ("@call1",)
    assert made.calls[0].arguments["stay"].reference.said.text == "B-103"


async def test_a_value_said_anew_after_it_was_done_never_comes_on_top() -> None:
    made = await resolve("make it 3 nights", turn(waits=False))
    assert not (
        isinstance(made, Proposed) and isinstance(made.proposal.result, PlanResult) and made.proposal.result.replaces
    )


async def test_a_part_is_not_repeated_as_the_amount_it_came_to() -> None:
    made = await resolve("B-103 as well", turn(said=(), computed=("nights",)))
    assert not isinstance(made, Proposed)


async def test_a_pronoun_is_what_the_thread_spoke_of_last() -> None:
    made = await plan("cancel it", turn(waits=False))
    assert made.calls[0].arguments["stay"].reference == Find(record="stay", among="@stay1")
    owner = await plan("ban her for smoking", turn(waits=False))
    assert "@stay1" in owner.calls[0].arguments["guest"].model_dump_json()


async def test_somebody_named_before_the_order_outranks_the_thread() -> None:
    made = await plan("Omar Aziz wrote again. Ban him for smoking", turn(waits=False))
    assert made.calls[0].arguments["guest"].reference.said.text == "Omar Aziz"


async def test_without_a_pronoun_nothing_is_taken_from_the_thread() -> None:
    made = await resolve("extend the stay by 2 nights", turn(waits=False))
    if isinstance(made, Proposed) and isinstance(made.proposal.result, PlanResult):
        assert "stay" not in made.proposal.result.calls[0].arguments
    else:
        assert isinstance(made, Ask)


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize(
    "text", ["and 3 more for her", "3 more", "3 more days", "another 3 please", "plus 3 more for him"]
)
async def test_more_comes_on_top_and_replaces_nothing(text: str, waits: bool) -> None:
    made = await plan(text, turn(waits=waits))
    (call,) = made.calls
    assert call.action == "inn.extend_stay"
    assert "@stay1" in call.arguments["stay"].model_dump_json()
    assert '"number":"3"' in call.arguments["nights"].model_dump_json()
    assert made.replaces == ()


async def test_more_for_whoever_was_spoken_of_since_is_not_for_the_earlier_one() -> None:
    call = EarlierCall(
        handle="@call1", action="saas.apply_credit", records={"customer_id": "@customer1"}, said=("amount",)
    )
    first, since = (
        Turn(words="…", came="…", calls=calls, records=(EarlierRecords(handle=who, kind="customer", count=1),))
        for calls, who in (((call,), "@customer1"), ((), "@customer2"))
    )
    request = Request(text="and 80 more for her", now=NOW, thread=(first, since))
    made = (await RuleResolver().resolve(request, shortlist(), KINDS)).resolution
    assert "@customer1" not in made.model_dump_json()
    assert "@customer2" in made.model_dump_json()


async def test_the_same_for_another_kind_of_record_is_refused_in_words() -> None:
    call = EarlierCall(handle="@call1", action="inn.block_guest", records={"guest": "@guest1"}, said=("reason",))
    thread = Turn(
        words="…", came="…", calls=(call,), records=(EarlierRecords(handle="@guest1", kind="guest", count=1),)
    )
    made = await resolve("the same for booking B-103", thread)
    assert isinstance(made, Abstain), made
    assert made.detail == "I can't do the same for a stay: “Block a guest” is for a guest. Nothing was done."


def shown(count: int) -> Turn:
    return Turn(words="…", came="…", records=(EarlierRecords(handle="@set1", kind="stay", count=count),))


@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize("since", [(), (turn(),)])
async def test_the_second_one_is_by_its_place_among_those_shown(count: int, since: tuple[Turn, ...]) -> None:
    made = await plan("cancel the second one", shown(count), *since)
    reference = made.calls[0].arguments["stay"].reference
    assert (reference.among, reference.pick) == ("@set1", "one")
    assert reference.order == OrderByField(by=AS_SHOWN, first="earliest", nth=2)


async def test_the_last_one_is_the_one_at_the_end_of_those_shown() -> None:
    made = await plan("cancel the last one", shown(4))
    reference = made.calls[0].arguments["stay"].reference
    assert (reference.among, reference.pick) == ("@set1", "one")
    assert reference.order == OrderByField(by=AS_SHOWN, first="latest")


@pytest.mark.parametrize(
    ("text", "first", "pick"),
    [
        ("cancel the earliest of those", "earliest", "one"),
        ("cancel the newest of them for her", "latest", "one"),
        ("cancel the newer one for him", "latest", "one"),
        ("cancel the two newest of these", "latest", 2),
        ("cancel the oldest please", "earliest", "one"),
        ("cancel the two oldest", "earliest", 2),
    ],
)
async def test_words_for_some_of_those_shown_mean_no_others(text: str, first: str, pick: str | int) -> None:
    (call,) = (await plan(text, shown(4))).calls
    reference = call.arguments["stay"].reference
    assert (reference.among, reference.order, reference.pick) == ("@set1", OrderByField(first=first), pick)


@pytest.mark.parametrize("text", ["cancel those", "cancel all of them", "cancel these please"])
async def test_a_plural_is_all_of_those_shown(text: str) -> None:
    (call,) = (await plan(text, shown(4))).calls
    reference = call.arguments["stay"].reference
    assert (reference.among, reference.order, reference.pick) == ("@set1", None, "all")


@pytest.mark.parametrize("text", ["cancel it", "cancel one of them", "cancel any of those", "cancel the booking"])
async def test_a_singular_is_one_of_those_shown_so_that_it_is_asked_which(text: str) -> None:
    (call,) = (await plan(text, shown(4))).calls
    reference = call.arguments["stay"].reference
    assert (reference.among, reference.order, reference.pick) == ("@set1", None, "one")


@pytest.mark.parametrize(
    "text",
    [
        "cancel some of them",
        "cancel half of them",
        "cancel the next of those",
        "cancel those with a dog",
    ],
)
async def test_a_part_of_those_shown_that_is_left_open_is_never_all_of_them(text: str) -> None:
    made = await resolve(text, shown(4))
    assert '"pick":"all"' not in made.model_dump_json()


async def test_all_but_one_of_those_shown_leaves_out_the_one_among_them() -> None:
    (call,) = (await plan("cancel all but the newest", shown(4))).calls
    reference = call.arguments["stay"].reference
    (condition,) = reference.where
    assert (reference.among, reference.pick) == ("@set1", "all")
    assert (condition.left_out.among, condition.left_out.order.first) == ("@set1", "latest")


async def test_the_bare_noun_is_the_record_that_the_thread_spoke_of() -> None:
    (call,) = (await plan("cancel the booking", turn("print_bill", said=()))).calls
    assert "@stay1" in call.arguments["stay"].model_dump_json()


async def test_a_place_among_things_that_were_not_shown_is_not_guessed() -> None:
    assert not isinstance(await resolve("cancel the second one", turn(waits=False)), Proposed)


async def test_the_same_for_several_others_is_a_call_for_each() -> None:
    made = await plan("same for B-103 and B-104", turn())
    assert [call.arguments["stay"].reference.said.text for call in made.calls] == ["B-103", "B-104"]


async def test_a_correction_of_what_was_done_says_so() -> None:
    made = await resolve("no, I meant B-103", turn(waits=False))
    assert isinstance(made, Abstain)
    assert "was sent already" in made.detail


async def test_a_double_charge_is_no_amount() -> None:
    request = Request(text="refund INV-1046 because of one double payment", now=NOW)
    made = (await RuleResolver().resolve(request, shortlist(), KINDS)).resolution
    assert isinstance(made, Proposed)
    assert isinstance(made.proposal.result, PlanResult)
    assert "amount" not in made.proposal.result.calls[0].arguments


@pytest.mark.parametrize(
    ("text", "op", "number"),
    [
        ("half of that", "*", "0.5"),
        ("nur die Hälfte", "*", "0.5"),
        ("2 off that", "-", "2"),
        ("make it 3 lower", "-", "3"),
        ("make it 1 more", "+", "1"),
    ],
)
async def test_a_change_is_of_the_value_that_the_card_has(text: str, op: str, number: str) -> None:
    made = await plan(text, turn())
    assert made.replaces == ("@call1",)
    changed = made.calls[0].arguments["nights"]
    assert isinstance(changed, ComputedArgument)
    expression = changed.expression
    assert isinstance(expression, Computed)
    assert (expression.op, expression.a) == (op, ArgumentOf(argument="nights", of="@call1"))
    assert isinstance(expression.b, Number)
    assert expression.b.number == Decimal(number)


@pytest.mark.parametrize(
    ("text", "of_the_part"), [("a third", False), ("make it a quarter", False), ("20 %", False), ("half of that", True)]
)
async def test_a_bare_part_after_a_part_is_of_the_whole(text: str, of_the_part: bool) -> None:
    made = await resolve(text, turn(said=(), computed=("nights",)))
    relative = isinstance(made, Proposed) and '"argument":"nights"' in made.proposal.model_dump_json()
    assert relative is of_the_part


async def test_what_was_done_is_changed_by_nothing() -> None:
    assert not isinstance(await resolve("half of that", turn(waits=False)), Proposed)


async def test_what_becomes_of_it_is_not_the_same_for_somebody_else() -> None:
    made = await resolve("and let Bea have it", turn(waits=False))
    assert not isinstance(made, Proposed) or "stay" not in made.proposal.model_dump_json()


@pytest.mark.parametrize("text", ["he thought again, take that back", "they won't come after all. undo that"])
async def test_a_reason_may_stand_before_what_takes_back(text: str) -> None:
    made = await resolve(text, turn(waits=False))
    assert made.proposal.result == UndoResult(calls=("@call1",))


async def test_an_order_before_what_takes_back_is_none_of_it() -> None:
    made = await resolve("cancel B-104, take that back", turn(waits=False))
    assert not isinstance(made, Proposed) or not isinstance(made.proposal.result, UndoResult)


DAY = {"type": "string", "format": "date"}
LODGE = Shortlist(
    [
        action(
            "book_room",
            "Book a room",
            {"guest": {"type": "integer"}, "comes_on": DAY, "leaves_on": DAY},
            {"guest": Annotation(record="guest"), "comes_on": Annotation(), "leaves_on": Annotation()},
        )
    ]
)


async def rebook(text: str) -> Any:
    call = EarlierCall(
        handle="@call1",
        action="inn.book_room",
        records={"guest": "@guest1"},
        said=("comes_on", "leaves_on"),
        waits=True,
    )
    before = Turn(words="…", came="…", calls=(call,), records=(EarlierRecords(handle="@guest1", kind="guest"),))
    request = Request(text=text, now=NOW, thread=(before,))
    return (await RuleResolver().resolve(request, LODGE, (GUEST, STAY))).resolution


@pytest.mark.parametrize(
    ("text", "changed", "kept"),
    [("until Tuesday instead", "leaves_on", "comes_on"), ("no, from Thursday", "comes_on", "leaves_on")],
)
async def test_a_day_said_anew_is_one_of_two_days(text: str, changed: str, kept: str) -> None:
    made = await rebook(text)
    assert isinstance(made, Proposed), made
    assert isinstance(made.proposal.result, PlanResult)
    (call,) = made.proposal.result.calls
    assert isinstance(call.arguments[kept], ComputedArgument)
    assert "day" in call.arguments[changed].model_dump_json()


async def test_which_of_two_days_a_bare_day_is_is_asked() -> None:
    asked = await rebook("sorry, Wednesday")
    assert isinstance(asked, Abstain), asked
    assert "may be comes on or leaves on here" in asked.detail

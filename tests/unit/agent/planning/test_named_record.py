"""What is said where a request names a record, and nothing is read that shall be done with it."""

from __future__ import annotations

import pytest

from agent.pipeline import Abstain, Answer, Plan, Question, Reply, Request
from agent.planning.named_record import tell_of_linked
from agent.planning.propose import propose
from agent.planning.task import Outcome, Task, Verdict
from agent.resolve.rules.grammar.understand import NOTHING
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.marina import ask_marina
from tests.unit.own_worlds import NOW, OWNER, read_words, world
from tests.unit.print_works import PRINT_WORKS, ask_print_works

HANDED = "job 807 is Bruno's problem, poor man"


async def came_of(text: str, *answers: Answer) -> Verdict:
    request = Request(text=text, now=NOW, answers=answers)
    task = Task(request, OWNER, world("garage"), "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


async def test_words_beside_a_record_make_it_asked_what_should_happen_with_it() -> None:
    asked = await came_of(HANDED)
    assert isinstance(asked, Question)
    assert (asked.slot, asked.text) == ("action", "What should happen with job 807: inspection?")
    assert [each.label for each in asked.candidates] == [
        "Assign a mechanic", "Cancel it", "Reschedule it", "Set its stage",
    ]  # fmt: skip


async def test_what_is_chosen_then_is_read_of_the_same_words() -> None:
    made = await came_of(HANDED, Answer(slot="action", choice="garage.assign_mechanic", label="Assign a mechanic"))
    assert isinstance(made, Question | Plan)
    assert "807" in str(made.text if isinstance(made, Question) else made.steps[0].filled)


@pytest.mark.parametrize("text", ["invoice R-5101 was blue", "R-5101 is such a lovely number"])
async def test_a_refusal_says_what_can_be_done_with_the_record(text: str) -> None:
    told = await came_of(text)
    assert isinstance(told, Abstain)
    assert told.detail.endswith("With R-5101 you can: refund it or send it again.")
    assert not told.nearest, "what is nearest by its words alone may not be open to the record"


@pytest.mark.parametrize("text", ["don't touch job 807", "nobody is to touch job 807, Bruno neither"])
async def test_what_is_forbidden_is_never_asked_about(text: str) -> None:
    assert isinstance(await came_of(text), Abstain)


@pytest.mark.parametrize("text", ["the weather is awful", "R-5101 and R-5104 were blue"])
async def test_without_one_record_nothing_is_offered(text: str) -> None:
    told = await came_of(text)
    assert isinstance(told, Abstain)
    assert "you can:" not in told.detail


async def test_a_record_in_a_state_is_only_offered_what_it_is_open_to() -> None:
    told = await came_of("invoice R-5101 was blue")
    other = await came_of("invoice R-5104 was blue")
    assert isinstance(told, Abstain)
    assert isinstance(other, Abstain)
    assert told.detail.rpartition(": ")[2] != other.detail.rpartition(": ")[2]


@pytest.mark.parametrize("text", ["Greta's refund I do myself on Friday", "the customer's cancellation is off"])
async def test_a_deed_as_a_noun_that_nobody_asks_for_orders_nothing(text: str) -> None:
    assert isinstance(await came_of(text), Abstain)


async def test_the_platforms_name_is_no_word_for_any_of_its_actions() -> None:
    assert isinstance((await ask_marina("marina job 903 please")).verdict, Abstain)


@pytest.mark.parametrize(
    ("text", "label"), [("Greta Holm", "Greta Holm"), ("yuki tanaka", "Yuki Tanaka"), ("fatima", "Fatima Bakri")]
)
async def test_a_bare_name_is_asked_about(text: str, label: str) -> None:
    told = await came_of(text)
    assert isinstance(told, Reply)
    assert [each.label for each in told.records] == [label]


async def test_a_bare_name_of_several_is_asked_for_which() -> None:
    told = await came_of("marcus")
    assert isinstance(told, Question)
    assert [each.label for each in told.candidates] == ["Marcus Webb", "Marcus Thorne"]


@pytest.mark.parametrize("text", ["thanks", "hello there", "Marcus maybe", "not Greta Holm"])
async def test_what_is_no_name_alone_tells_of_nobody(text: str) -> None:
    assert not isinstance(await came_of(text), Reply)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cancel fee 411", "With fee 411 you can: remind of it or write off it."),
        ("move fee #411 to Saturday", "With fee 411 you can: remind of it or write off it."),
        ("average time to cancel a lesson", "Nothing here answers that question; nothing was done."),
    ],
)
async def test_a_number_behind_a_noun_is_none_of_another_kinds_and_an_average_no_order(text: str, told: str) -> None:
    made = await read_words(text, world("riding"))
    assert isinstance(made, Abstain), made
    assert told in made.detail


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("laminate the harbour posters", "With Harbour posters you can: "),
        ("laminate Vera's blue cover", "With proof 71 of Vera Lund you can: decide on it."),
        ("laminate vera's menu cards", "With Menu cards you can: "),
        ("laminate Rosa and Emil", "“What can you do?” lists"),
    ],
)
async def test_a_refusal_says_what_can_be_done_with_the_one_record_that_live_data_finds(text: str, told: str) -> None:
    made = (await ask_print_works(text)).verdict
    assert isinstance(made, Abstain), made
    assert told in made.detail


@pytest.mark.parametrize(
    ("text", "asked"), [("the harbour posters, 80 of them", True), ("raise the weight of the harbour posters", False)]
)
async def test_an_order_of_something_else_is_refused_and_no_other_act_is_asked_about(text: str, asked: bool) -> None:
    """Words speak for the price."""
    request, there = Request(text=text, now=NOW), PRINT_WORKS.context(PRINT_WORKS.provider({}))
    refused = Outcome(Abstain(reason="nothing_fits", detail=NOTHING, fitting=("print.set_price",)))
    made = await tell_of_linked(Task(request, OWNER, there, "run_00000000000000000000000001"), refused)
    assert isinstance(made.verdict, Question) == asked, made.verdict

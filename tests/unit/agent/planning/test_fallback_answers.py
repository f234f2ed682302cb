"""What is told where a question names a record or a day, and the rest of it isn't understood."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from agent.planning.task import Verdict
from tests.unit.agent.planning.test_other_choices import talk, values
from tests.unit.agent.query.test_reach_of_customers import ask_as_customer
from tests.unit.laundry import LAUNDRY
from tests.unit.marina import ask, ask_marina
from tests.unit.pottery import ask_pottery


def is_partial(verdict: Verdict) -> bool:
    return isinstance(verdict, Reply) and verdict.partial


@pytest.mark.parametrize(
    ("text", "told", "shown"),
    [
        ("what glaze does Jonas Winters like?", "I can't tell what ‘glaze’ means here. This is known of Jonas Winters: "
            "j@post.example, grade skilled, coach Bruno Adler,", ["2", "304", "303", "62", "802"]),
        ("which sessions are firing on the 26th?", "I can't tell what ‘firing’ means here. On 26 Nov 2026: Sessions: "
            "session 304", ["304"]),
        ("is Jonas Winters free on thursday?", "I can't tell what ‘free’ means here. Of Jonas Winters on 26 Nov 2026: "
            "Sessions: session 304", ["304"]),
        ("did Jonas turn up on the 12th", "I can't tell what ‘turn’ means here. Of Jonas Winters on 12 Nov 2026: "
            "Sessions: session 303", ["303"]),
        ("is Nia Hill free on friday", "I can't tell what ‘free’ means here. There are no sessions, wheels or dues of "
            "Nia Hill on 27 Nov 2026.", []),
        ("what does Kick 2 sound like", "I can't tell what ‘sound’ means here. This is known of Kick 2: make kick",
            ["61"]),
        ("when is Edda's next session and why", "I can't answer that in these words. This is known of Edda Frost",
            ["1", "302", "301", "61", "801"]),
        ("what became of Edda Frost's session with April Reyes", "I can't tell what ‘became’ means here. Of Edda Frost "
            "and April Reyes: Sessions: session 302", ["302", "301"]),
    ],
)  # fmt: skip
async def test_what_is_known_of_what_is_named_is_told_as_no_answer(text: str, told: str, shown: list[str]) -> None:
    made = (await ask_pottery(text)).verdict
    assert isinstance(made, Reply), made
    assert made.text.startswith(told)
    assert [each.id for each in made.records] == shown
    assert (made.partial, made.values, made.count) == (True, (), None), "no figure passes for what was asked"


async def test_of_a_thing_of_theirs_all_that_is_known_is_told() -> None:
    made = (await ask(LAUNDRY, "which detergent does Hotel Sole want?")).verdict
    assert isinstance(made, Reply), made
    assert "Loads: load 804 (items tablecloths, care hot, fee 90.00 EUR, paid no, back on 30 Nov 2026)." in made.text


async def test_what_is_told_of_somebody_does_not_repeat_whose_it_is() -> None:
    _, outcome = await talk("garage", "what does Owen Price look like?")
    assert isinstance(outcome.verdict, Reply)
    assert "Invoices: R-5104 (568.00 EUR); R-5106 (79.00 EUR)." in outcome.verdict.text


async def test_who_was_named_in_what_is_told_is_spoken_of_from_then_on() -> None:
    _, outcome = await talk("garage", "what does Owen Price look like?", "text him that we are closed")
    assert values(outcome)["customer_id"] == 6


async def test_a_name_of_several_names_none() -> None:
    assert not is_partial((await ask(LAUNDRY, "what does North Run smell of?")).verdict)


@pytest.mark.parametrize(
    "text",
    [
        "who is Jonas and book him a session on friday",  # an order beside it
        "is Jonas ill? book Edda Frost instead",
        "Jonas Winters is ill today",  # a report
        "don't say what Jonas likes",
        "if Jonas fires on the 26th, what then",
        "what do Edda, Jonas and Nia have in common",  # too many
        "is anybody firing between the 26th and the 28th",  # no day
        "who is firing",
    ],
)
async def test_an_order_a_report_or_too_much_is_told_nothing(text: str) -> None:
    assert not is_partial((await ask_pottery(text)).verdict)


@pytest.mark.parametrize("text", ["which dues are unpaid?", "when is Edda's next session", "how many makers are there"])
async def test_what_is_understood_is_answered(text: str) -> None:
    made = (await ask_pottery(text)).verdict
    assert isinstance(made, Reply), made
    assert not made.partial


@pytest.mark.parametrize("text", ["what colour is invoice 1012?", "what does Adam Novak like?", "is Vera Oswald ill"])
async def test_nothing_is_told_of_another_customers_records(text: str) -> None:
    assert not is_partial(await ask_as_customer(text))


async def test_what_is_asked_how_it_is_names_nothing() -> None:
    assert not is_partial((await ask_marina("how old is the steepest")).verdict)
    assert is_partial((await ask_marina("does Old Mole creak")).verdict)

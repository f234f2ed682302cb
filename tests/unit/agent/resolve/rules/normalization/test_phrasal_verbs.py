"""Orders of two words mean what one word says, and no value loses a letter by it."""

from __future__ import annotations

import pytest

from agent.resolve.rules.normalization import AlignedText
from agent.resolve.rules.phrasal_verbs import replace_phrasal_verbs
from tests.unit.agent.resolve.rules.test_coordination import drafts, words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("call off the order", "cancel the order"),
        ("Please send back the parcel", "Please return the parcel"),
        ("could you get rid of it", "could you delete it"),
        ("refund it and wrap up the ticket", "refund it and close the ticket"),
        ("send the blue lamp back", "return the blue lamp "),
        ("send the lamp and the kettle back", "send the lamp and the kettle back"),
        ("call it off, please", "cancel it , please"),
        ("the set up is broken", "the set up is broken"),
        ("reply 'send back the parcel'", "reply 'send back the parcel'"),
        ("call Adam", "call Adam"),
        ("", ""),
    ],
)
def test_an_order_of_two_words_is_read_as_the_plain_one(text: str, said: str) -> None:
    assert AlignedText.of(text).put(replace_phrasal_verbs(text)).text == said


async def test_an_order_of_two_words_is_resolved() -> None:
    (made,) = await drafts("wrap up ticket 5519")
    assert (made.action, words(made, "ticket_id")) == ("saas.close_ticket", ("ticket 5519",))


async def test_a_verb_that_an_action_uses_itself_is_left_to_it() -> None:
    (made,) = await drafts("take back Nora Lindqvist's credit")
    assert made.action == "saas.void_credit"


async def test_values_are_as_they_were_typed() -> None:
    (made,) = await drafts("reply to ticket 5519: please send back the parcel")
    assert words(made, "message") == ("please send back the parcel",)

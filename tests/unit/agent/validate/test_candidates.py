"""What a question offers is told so that people can choose."""

from __future__ import annotations

import pytest

from agent.validate.questions import ask_between, make_action_candidate
from registry.offers.offer import Offer
from registry.records import Field, RecordKind, admit

LANTERN = RecordKind(
    name="lantern",
    title="Lantern",
    nouns=("lantern", "lanterns"),
    fields=(Field("id", "id", search="name"), Field("is_lit", "boolean")),
    label="{id}",
)


@pytest.mark.parametrize(
    ("description", "detail"),
    [
        ("Light a lantern.", ""),
        ("light a  lantern", ""),
        ('Someone has to stand by it. Send {"lit": true} for that.', "Someone has to stand by it."),
        ("For some, e.g. those that are out. Later ones too.", "For some, e.g. those that are out."),
        ("word " * 60, "word " * 39 + "word…"),
    ],
)
def test_an_action_is_told_by_its_title_and_what_its_first_sentence_adds(description: str, detail: str) -> None:
    offer = Offer(name="pier.light", version=1, title="Light a lantern", description=description, parameters={})
    made = make_action_candidate(offer)
    assert (made.id, made.label, made.detail) == ("pier.light", "Light a lantern", detail)


def test_a_yes_that_tells_records_apart_says_of_what() -> None:
    lanterns = [admit(LANTERN, {"id": name, "is_lit": lit}) for name, lit in (("north", True), ("south", False))]
    assert ask_between("0.id", "id", LANTERN, lanterns, "could be meant").text == (
        "Two lanterns could be meant: north (is lit: yes) or south (is lit: no)?"
    )

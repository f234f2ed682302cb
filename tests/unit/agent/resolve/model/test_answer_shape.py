"""What a reply must be to count as an answer, and what is said to be wrong with one that isn't."""

from __future__ import annotations

from typing import Any

import pytest

from agent.resolve.model.answer_json import BadProposal
from agent.resolve.model.answer_shape import DOES_NOT_FIT, NO_JSON, NO_OBJECT, AnswerShape


class Chairs:
    """Takes an answer that says how many chairs."""

    def parse(self, answer: Any) -> int:
        if not isinstance(answer.get("chairs"), int):
            raise BadProposal("chairs are no number")
        return int(answer["chairs"])


SHAPE = AnswerShape({"type": "object"}, Chairs())


def test_an_answer_that_fits_is_read_as_it_stands() -> None:
    assert SHAPE.read('{"chairs": 4, "note": null, "of": [1.5, {"wood": "oak"}]}') == (
        {"chairs": 4, "note": None, "of": [1.5, {"wood": "oak"}]},
        None,
    )


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        ("", NO_JSON),
        ("four", NO_JSON),
        ('{"chairs": 4', NO_JSON),
        ('{"chairs": 4} and a table', NO_JSON),
        ('{"chairs": "\\ud800"}', NO_JSON),
        ("[" * 5_000, NO_JSON),
        ("[4]", NO_OBJECT),
        ("4", NO_OBJECT),
        ("null", NO_OBJECT),
        ("{}", DOES_NOT_FIT),
        ('{"chairs": "four"}', DOES_NOT_FIT),
    ],
)
def test_what_is_wrong_is_told_by_its_kind(reply: str, fault: str) -> None:
    assert SHAPE.read(reply) == (None, fault)


def test_the_schema_that_is_sent_has_a_title() -> None:
    assert SHAPE.titled_schema == {"title": "Proposal", "type": "object"}
    assert SHAPE.json_schema == {"type": "object"}

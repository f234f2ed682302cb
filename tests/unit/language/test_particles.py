"""A verb with another particle is another verb."""

from __future__ import annotations

import pytest

from language.particles import has_other_particle, puts_down


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("check Ada in", True),
        ("check in Ada", True),
        ("check Ada out", False),
        ("check Ada", False),
        ("check the lid in room 5", False),
        ("lock Ada in", False),
    ],
)
def test_an_action_goes_by_its_own_particle(text: str, other: bool) -> None:
    assert has_other_particle(text, ("Check somebody out", "has left")) is other


def test_a_verb_that_an_action_has_without_a_particle_takes_any() -> None:
    assert not has_other_particle("take 5 off", ("Take in a lid", "take a lid"))


def test_an_example_may_have_another_particle_and_its_names_are_no_verbs() -> None:
    assert not has_other_particle("sign Ada up", ("Sign a visitor in",), ("sign Clay up",))
    assert not has_other_particle("Ada dropped in", ("Sign a visitor in",), ("Ada has turned up",))


@pytest.mark.parametrize(("text", "down"), [('put "no lid" down', True), ("put it down", False), ('say "down"', False)])
def test_quoted_words_that_are_put_down_are_kept(text: str, down: bool) -> None:
    assert puts_down(text) is down

"""The first owner's password, typed twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from cli.commands.installation.init import ask_password
from core.errors import InvalidInput

GOOD = "correct horse battery"


def typed(*lines: str) -> tuple[Callable[[str], str], Iterator[str]]:
    left = iter(lines)
    return lambda _: next(left), left


def test_two_that_are_the_same_are_taken() -> None:
    ask, left = typed(GOOD, GOOD)
    assert ask_password(ask) == GOOD
    assert list(left) == []


def test_a_slip_is_told_and_asked_again(capsys: pytest.CaptureFixture[str]) -> None:
    ask, _ = typed("short", GOOD, "correct horse batter", GOOD, GOOD)
    assert ask_password(ask) == GOOD
    assert capsys.readouterr().err.splitlines() == ["A password has 10 to 200 characters.", "The two are not the same."]


def test_after_three_tries_nothing_is_made() -> None:
    ask, _ = typed("short", "short", "short")
    with pytest.raises(InvalidInput, match="nothing has been made"):
        ask_password(ask)

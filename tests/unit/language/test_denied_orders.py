"""Denied orders: a condition denies nothing of the order that it belongs to."""

from __future__ import annotations

import pytest

from language.denials import find_denied_order
from language.stems import stem

PRINT = frozenset({stem("print")})


@pytest.mark.parametrize("text", ["don't print 7", "7 is not to be printed", "if Ada asks don't print 7"])
def test_what_is_not_to_be_done_is_denied(text: str) -> None:
    assert find_denied_order(text, PRINT) is not None


@pytest.mark.parametrize("text", ["7 to 200 but only if they're not printing yet", "move 7 if it is not printed"])
def test_what_a_condition_denies_is_no_denied_order(text: str) -> None:
    assert find_denied_order(text, PRINT) is None

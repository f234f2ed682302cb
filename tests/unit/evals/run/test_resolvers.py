"""Which prompt a model is measured with, by its version."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput
from evals.run.resolvers import find_prompt_version
from prompts import DEFAULT_VERSION, PLAIN_VERSION, SECOND_READING_VERSION


def test_a_version_is_named_in_short_or_in_full() -> None:
    assert find_prompt_version(DEFAULT_VERSION.partition("/")[2]) == DEFAULT_VERSION
    assert find_prompt_version(PLAIN_VERSION) == PLAIN_VERSION


@pytest.mark.parametrize("name", ["v999", SECOND_READING_VERSION])
def test_what_a_model_does_not_plan_with_is_none(name: str) -> None:
    with pytest.raises(InvalidInput, match=DEFAULT_VERSION):
        find_prompt_version(name)

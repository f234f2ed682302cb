"""How a model weighed what it was offered is read out of the likelihoods of its answer's first tokens."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import pytest

from agent.resolve.model.logprobs import KEPT, TokenLogprobs, read_action_probabilities, read_logprobs


def written(*each: tuple[str, Mapping[str, float]]) -> tuple[TokenLogprobs, ...]:
    lead = (("{", {"{": 1.0}), ('"call":{"', {'"call":{"': 1.0}), ("action", {"action": 1.0}), ('":"', {'":"': 1.0}))
    return tuple(TokenLogprobs(text, others) for text, others in (*lead, *each))


def test_a_name_has_the_likelihood_of_the_token_that_tells_it_from_the_others() -> None:
    answer = written(("send", {"send": 0.6, "none": 0.3, "call": 0.1}), ("_mail", {"_mail": 1.0}))
    assert read_action_probabilities(answer, ("send_mail", "call_home", "none")) == pytest.approx(
        {"send_mail": 0.6, "none": 0.3, "call_home": 0.1}
    )


def test_names_that_begin_alike_are_told_apart_where_they_part() -> None:
    answer = written(("get", {"get": 0.8, "none": 0.2}), ("_cat", {"_cat": 0.75, "_dog": 0.25}), ('"}}', {'"}}': 1.0}))
    assert read_action_probabilities(answer, ("get_cat", "get_dog", "none")) == pytest.approx(
        {"get_cat": 0.6, "get_dog": 0.2, "none": 0.2}
    )


def test_one_name_that_goes_on_from_another_is_told_by_the_closing_quote() -> None:
    answer = written(("get", {"get": 1.0}), ('","', {'","': 0.7, "_all": 0.3}))
    assert read_action_probabilities(answer, ("get", "get_all")) == pytest.approx({"get": 0.7, "get_all": 0.3})


def test_what_was_not_offered_takes_nothing_from_what_was() -> None:
    answer = written(("send", {"send": 0.2, "fly": 0.6, "none": 0.2}))
    assert read_action_probabilities(answer, ("send_mail", "none")) == pytest.approx({"send_mail": 0.5, "none": 0.5})


def test_a_token_may_hold_the_quote_before_the_name() -> None:
    answer = (
        TokenLogprobs('{"call":{"action":', {}),
        TokenLogprobs(' "se', {' "se': 0.9, ' "no': 0.1}),
        TokenLogprobs("nd", {"nd": 1.0}),
    )
    assert read_action_probabilities(answer, ("send", "none")) == pytest.approx({"send": 0.9, "none": 0.1})


@pytest.mark.parametrize("answer", [(), (TokenLogprobs("hello", {"hello": 1.0}),), written(("send", {}))])
def test_without_likelihoods_of_an_action_there_are_no_odds(answer: tuple[TokenLogprobs, ...]) -> None:
    assert read_action_probabilities(answer, ("send", "none")) == {}


def test_the_first_tokens_are_kept_with_what_was_likely_in_their_place() -> None:
    one = SimpleNamespace(
        token="a",
        logprob=0.0,
        top_logprobs=[SimpleNamespace(token="b", logprob=-2.302585), SimpleNamespace(token="c", logprob=-99.0)],
    )
    made = read_logprobs(SimpleNamespace(content=[one] * 100))
    assert len(made) == KEPT
    assert made[0] == TokenLogprobs("a", {"a": 1.0, "b": 0.1})
    assert read_logprobs(None) == ()

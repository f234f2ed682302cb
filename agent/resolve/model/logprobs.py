"""Probability of each action, from the log probabilities of the first tokens of a model's answer.

A small model's choice is often right and seldom doubted; what it all but chose tells more. Few providers give
likelihoods, and not for tool calls: nothing here is needed to resolve, and where they are missing a model's choice
counts as it stands.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

KEPT: Final = 24
"""So many first tokens of an answer hold its action; later ones are not kept."""
ASKED: Final = 8
"""Alternatives asked for at each token."""
_MOST_OTHERS: Final = 64
_LEAST: Final = 0.0005
_ACTION: Final = re.compile(r'"action"\s*:\s*"')


class TokenLogprobs(NamedTuple):
    """One token of an answer, and its alternatives: text → probability in [0, 1], itself included."""

    text: str
    others: Mapping[str, float]


def read_logprobs(logprobs: Any) -> tuple[TokenLogprobs, ...]:
    """The first tokens of an OpenAI-shaped ``logprobs``, empty where there are none to read."""
    try:
        return tuple(_token(each) for each in (getattr(logprobs, "content", None) or ())[:KEPT])
    except (AttributeError, LookupError, OverflowError, TypeError, ValueError):
        return ()


def _token(given: Any) -> TokenLogprobs:
    """Raises what reading something of another form raises."""
    listed = [*(getattr(given, "top_logprobs", None) or ())[:_MOST_OTHERS], given]
    likely = {other.token: math.exp(min(0.0, other.logprob)) for other in listed if other.logprob is not None}
    if not all(isinstance(text, str) for text in (given.token, *likely)):
        raise TypeError("a token is text")
    return TokenLogprobs(given.token, {text: round(p, 4) for text, p in likely.items() if p >= _LEAST})


def read_action_probabilities(answer: Sequence[TokenLogprobs], names: Collection[str]) -> dict[str, float]:
    """Probability per action name for the first action, adding up to at most 1; empty where it can't be told. A name
    that differs from the written one at some token gets that token's probability, shared with all that continue as it
    does."""
    text = "".join(each.text for each in answer)
    found = _ACTION.search(text)
    if found is None:
        return {}
    made: dict[str, float] = {}
    left, at, said = 1.0, 0, ""
    for token in answer:
        start, at = at, at + len(token.text)
        if at <= found.end():
            continue
        lead = text[start : max(start, found.end())]  # of a token that holds the quote before the name too
        going = [name for name in names if f'{name}"'.startswith(said)]
        shares: dict[tuple[str, ...], float] = {}
        for other, likely in token.others.items():
            if not other.startswith(lead) or len(other) == len(lead):
                continue
            on = said + other[len(lead) :]
            meant = tuple(name for name in going if _goes_on(f'{name}"', on))
            if meant:
                shares[meant] = shares.get(meant, 0.0) + likely
        total = sum(shares.values())
        said += token.text[len(lead) :]
        here = [name for name in going if _goes_on(f'{name}"', said)]
        if not total or not here:
            return {}
        for meant, share in shares.items():
            for name in meant:
                if name not in here:
                    made[name] = made.get(name, 0.0) + left * share / total / len(meant)
        left *= sum(share for meant, share in shares.items() if set(meant) & set(here)) / total
        if len(here) == 1:
            return {**made, here[0]: left}
    return {}


def _goes_on(name: str, said: str) -> bool:
    """Whether the name goes on as was said; after its closing quote anything may follow."""
    return name.startswith(said) or said.startswith(name)

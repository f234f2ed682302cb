"""A stretch of a request's tokens."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """Tokens ``first`` up to ``stop``. ``sentence`` counts the sentences, ``ordered`` says that it begins like an order
    or holds a verb of an action, ``negated`` that it says what shall not be done, ``corrects`` that it takes back what
    stands before it; ``order`` is the token at which the order itself begins."""

    first: int
    stop: int
    sentence: int = 0
    ordered: bool = False
    negated: bool = False
    corrects: bool = False
    order: int = 0

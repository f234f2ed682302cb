"""Two minds on which action is meant, as one: a logarithmic opinion pool (Genest & Zidek 1986), with "none of them" among the choices.

Each multiplies what it holds likely, so that what both find fair beats what only one is sure of, and either can all but rule something
out. The words' share is ``weigh``'s, the model's that of ``odds``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

NONE_COUNTS: Final = 0.1
"""Both minds leave to "none" whatever they are unsure of, and unsure together they would all but rule out acting: fitted on development
cases, where it costs no abstention."""
LEAST_BY_WORDS: Final = 0.01
LEAST_BY_MODEL: Final = 0.1
"""What is left to an action that a mind holds for out of the question: neither is ever that sure."""


@dataclass(frozen=True, slots=True)
class Minds:
    """``words`` are shares by action, what they leave being for none; ``model`` may hold NONE among its names."""

    NONE: ClassVar[str] = ""
    words: Mapping[str, float]
    model: Mapping[str, float]

    def pooled(self) -> dict[str, float]:
        """The shares of both together, by action and for NONE; they add up to 1."""
        by_words = {**self.words, self.NONE: 1.0 - sum(self.words.values())}
        strengths = {
            name: max(by_words.get(name, 0.0), LEAST_BY_WORDS) * max(self.model.get(name, 0.0), LEAST_BY_MODEL)
            for name in {*by_words, *self.model}
        }
        strengths[self.NONE] *= NONE_COUNTS
        total = sum(strengths.values())
        return {name: strength / total for name, strength in strengths.items()}

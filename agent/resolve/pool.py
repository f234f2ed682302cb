"""Two minds on which action is meant, as one: a logarithmic opinion pool (Genest & Zidek 1986), with "none of them" among the choices.

Each multiplies what it holds likely, so that what both find fair beats what only one is sure of, and either can all but rule something
out. The words' share is ``weigh``'s, the model's that of ``odds``. The call that the model wrote is a third witness: a model that goes
wrong mostly has to make up what its action needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar, Final

NONE_COUNTS: Final = 0.1
"""Both minds leave to "none" whatever they are unsure of, and unsure together they would all but rule out acting: fitted on development
cases, where it costs no abstention."""
LEAST_BY_WORDS: Final = 0.01
LEAST_BY_MODEL: Final = 0.1
"""What is left to an action that a mind holds for out of the question: neither is ever that sure."""


class Doubt(Enum):
    """What speaks against a call that the model wrote, and how much less likely that is of a right action than of a wrong one. That all it
    gave was said speaks for nothing: words can be found for any action."""

    LACKING = 0.3
    """Something that the action needs was not said."""
    GROUNDLESS = 0.15
    """Nothing of what it gave was said."""


@dataclass(frozen=True, slots=True)
class Minds:
    """``words`` are shares by action, what they leave being for none; ``model`` may hold NONE among its names; ``doubts`` is
    what speaks against the calls that it wrote, by action."""

    NONE: ClassVar[str] = ""
    words: Mapping[str, float]
    model: Mapping[str, float]
    doubts: Mapping[str, Doubt] = field(default_factory=dict)

    def pooled(self) -> dict[str, float]:
        """The shares of both together, by action and for NONE; they add up to 1. Of two alike the one that the words put first is first."""
        by_words = {**self.words, self.NONE: 1.0 - sum(self.words.values())}
        strengths = {
            name: max(by_words.get(name, 0.0), LEAST_BY_WORDS) * max(self.model.get(name, 0.0), LEAST_BY_MODEL)
            for name in dict.fromkeys((*by_words, *self.model))
        }
        for name, doubt in self.doubts.items():
            strengths[name] = strengths.get(name, 0.0) * doubt.value
        strengths[self.NONE] *= NONE_COUNTS
        total = sum(strengths.values())
        return {name: strength / total for name, strength in strengths.items()}

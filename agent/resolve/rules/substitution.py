"""What something is exchanged for: "the blue kettle for a red one" says of the new one only how it differs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agent.pipeline import ListArgument, Mention, spans_of
from agent.resolve.rules.mentions import BECOMES, at_place
from agent.resolve.rules.span_assignment import SpanOption

_OF: Final = re.compile(r"\s*,?\s*(?:of|from|in|on)\s+(?:(?:my|the|our)\s+)?", re.IGNORECASE)


def substitutions(
    text: str, start: int, name: str, at: int, like: SpanOption, others: Sequence[SpanOption]
) -> SpanOption | None:
    """What each record that ``like`` names is to become, in the same order; None where one of them has nothing said of
    it. ``others`` are the words of other parameters, which may stand between ("the skateboard of order 1042 for a
    plastic one")."""
    items = like.argument.items if isinstance(like.argument, ListArgument) else (like.argument,)
    made: list[Mention] = []
    for item in items:
        last = spans_of(item)[-1]
        end = last.end - start
        between = _OF.match(text, end)
        past = next((o.end - start for o in others if between is not None and o.start - start == between.end()), None)
        found = BECOMES.match(text, past if past is not None else end)
        if found is None:
            return None
        words = found["new"].rstrip()
        begin = found.start("new")
        made.append(Mention(spans=(at_place(text, start, begin, begin + len(words), last.origin),)))
    first, end = made[0].spans[0].start, made[-1].spans[0].end
    argument = ListArgument(items=tuple(made)) if isinstance(like.argument, ListArgument) else made[0]
    return SpanOption(name, at, first, end, like.confidence, False, argument)

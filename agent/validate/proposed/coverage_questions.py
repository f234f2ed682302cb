"""Questions about words of an order that its plan leaves out, or may have misread."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from agent.pipeline import Candidate, Question, Step
from agent.validate import questions
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.fragments import complete_fragments, quote_misread
from agent.validate.coverage.modifiers import REPEATED, WHEN
from agent.validate.coverage.order import Order
from agent.validate.coverage.ruled_out import find_ruled_out
from agent.validate.coverage.told import find_direct
from agent.validate.proposed.share_questions import ask_share, count_set
from agent.validate.questions import REST
from core.display_text import begin_sentence
from registry.records import RecordKind

_LATER: Final = re.compile(rf"(?:(?:on|from|by|until|at)\s+)?(?:{patterns.DATE.pattern}|{WHEN.pattern})", re.IGNORECASE)
"""When a whole order is to be carried out."""


def ask_about_words(
    order: Order,
    steps: Sequence[Step],
    pieces: Sequence[str],
    kinds: Mapping[str, RecordKind],
    *,
    framed: bool,
    read_again: tuple[str, ...],
) -> Question:
    """Asks about the ``pieces`` of the request, and whether the plan is meant all the same. What they rule out is not
    offered. ``framed``: they all say that nothing is asked for. A model may read ``read_again`` once more."""
    fragments, does = complete_fragments(order, pieces), questions.preview_steps(steps)
    words = questions.quote_several(fragments)
    if (spared := _find_spared(order, steps, pieces, kinds)) is not None:
        text = f"You also wrote {words}, and I took it to be about {spared}. Say it in other words."
        return Question(slot=REST, code="unclear_action", text=text, free_text=True)
    if not framed and (share := ask_share(order, steps, fragments, kinds)) is not None:
        return share
    label = "Yes, do that"
    if framed:
        say = "don't ask" if len(fragments) > 1 else "doesn't ask"
        text = f"Shall I do this: {does}? {words} {say} for it."
    elif (count := count_set(order, steps, pieces, kinds)) is not None:
        later = all(map(_LATER.fullmatch, pieces))
        unclear = "I can only do it now" if later else "I can't tell what that leaves out. Say it in other words"
        text = f"You also wrote {words}, and {unclear}. {'S' if later else 'Or s'}hall it be {count}?"
        label = begin_sentence(count)
    elif (unsure := quote_misread(order, pieces)) is not None:
        text = f"I'm not sure that I read {questions.quote_several(unsure)} as you mean it. Shall I do this: {does}?"
    else:
        once = all(map(REPEATED.fullmatch, pieces))
        part = "that more than once" if once else "those parts" if len(fragments) > 1 else "that part"
        rest, label = f": {does}" if len(steps) == 1 else "", "Yes, without that"
        text = f"You also wrote {words}, and I can't do {part}. Shall I do the rest{rest}?"
    return ask_whether(text, label, does).model_copy(update={"pieces": read_again})


def ask_whether(text: str, label: str, does: str) -> Question:
    """Asks whether what the plan does is meant after all."""
    offered = Candidate(id=REST, label=label, detail=does)
    return Question(slot=REST, code="unclear_action", text=text, candidates=(offered,), free_text=True)


def _find_spared(
    order: Order, steps: Sequence[Step], pieces: Sequence[str], kinds: Mapping[str, RecordKind]
) -> str | None:
    """A record of the plan that the words rule out."""
    labels = list(dict.fromkeys(pin.label for step in steps for pin in step.pins))
    nouns = {word.casefold() for kind in kinds.values() for noun in kind.nouns for word in noun.split()}
    return find_ruled_out(order.text, pieces, labels, nouns, order.find(find_direct(order)))

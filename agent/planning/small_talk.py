"""Small talk: a greeting, thanks or a goodbye alone asks for nothing. It gets one sentence, which says how to ask."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from agent.extract.spans.politeness import is_only_polite, leaves
from agent.pipeline import Abstain
from agent.planning.task import Outcome, Task

FRIENDLY: Final = Abstain(reason="nothing_fits", detail="Hello. Type what you want done, or ask “what can you do?”.")
"""Nothing was asked for, so nothing is answered or done."""
NOTHING_WAITS: Final = "Nothing waits here that could be stopped; nothing was done."


def settle_small_talk(task: Task, made: Outcome) -> Outcome:
    """The outcome of a request, unless that is small talk alone. Politeness is met where nothing else was read in
    it. What ends a conversation in a terminal ("quit") stops nothing on a platform, whatever actions its verb names."""
    text = task.request.text
    if task.request.answers or task.proposal is not None or task.drafts:
        return made
    if leaves(text):
        nothing = Abstain(reason="nothing_fits", detail=NOTHING_WAITS)
        resolved = made.resolved.model_copy(update={"resolution": nothing}) if made.resolved is not None else None
        return Outcome(FRIENDLY if is_only_polite(text) else nothing, resolved)
    return replace(made, verdict=FRIENDLY) if isinstance(made.verdict, Abstain) and is_only_polite(text) else made

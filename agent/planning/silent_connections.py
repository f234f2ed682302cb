"""Silent connections: answers a question from the other connections if one gives no answer, and says so.

Only a question is answered in part. What an order names may be the silent connection's, so an order waits for it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from agent.pipeline import Reply
from agent.planning.task import Grounded, Outcome, Task
from core.actor import Actor, Surface
from core.errors import PlatformUnavailable
from registry.catalogue import Catalogue
from registry.offers.shortlist import Shortlist
from registry.records import Kinds, RecordKind

Propose = Callable[[Task], Awaitable[Outcome]]


@dataclass(frozen=True)
class _Others:
    """A workspace without the records of one connection."""

    whole: Grounded
    kinds: Kinds

    @property
    def catalogue(self) -> Catalogue:
        return self.whole.catalogue

    def shortlist(self, actor: Actor, surface: Surface) -> Shortlist:
        return self.whole.shortlist(actor, surface)


async def answer_from_others(task: Task, error: PlatformUnavailable, propose: Propose) -> Outcome:
    """The answer to a question without the connection that gave none, unless the words or the thread are about that
    one. Raises ``error`` otherwise, and what ``propose`` raises."""
    kinds = task.workspace_context.kinds
    others = kinds.without(error.connection)
    silent = [kind for kind in kinds if others.get(kind.name) is None]
    known = {kind for keys in task.thread.values() for kind, _ in keys}
    if task.stands or not silent or not list(others) or any(kinds.get(each) in silent for each in known):
        raise error
    if _is_meant(kinds, silent, others, task.request.text):
        raise error
    left = replace(task, workspace_context=_Others(task.workspace_context, others))
    try:
        made = await propose(left)
    except PlatformUnavailable as another:
        made = await answer_from_others(left, another, propose)
    if not isinstance(made.verdict, Reply):
        raise error
    text = f"{made.verdict.text} Not all connections could be searched. {error.detail}"
    return replace(made, verdict=made.verdict.model_copy(update={"text": text}))


def _is_meant(kinds: Kinds, silent: Sequence[RecordKind], others: Kinds, text: str) -> bool:
    """Whether the words name the silent connection, or a kind that it alone has. "SaaS Berlin" doesn't name "SaaS"."""
    theirs, rest = _list_names(kinds, silent), _list_names(kinds, list(others))
    longest_first = sorted(theirs | rest, key=len, reverse=True)
    names = "|".join(map(re.escape, longest_first))
    return any(each in theirs - rest for each in re.findall(rf"(?<!\w)(?:{names})(?!\w)", text.casefold()))


def _list_names(kinds: Kinds, some: Sequence[RecordKind]) -> set[str]:
    places = [kinds.place(kind.name) for kind in some]
    said = [
        *(word for place in places for word in (place.name, place.title)),
        *(n for kind in some for n in kind.nouns),
    ]
    return {each.casefold() for each in said if each}

"""Own examples: whether what contracts give as examples is read as their action, by rules alone. No record is looked
up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from agent.pipeline import Ask, Calls, Proposed, Request
from agent.planning.proposal import AnswerResult, PlanResult
from agent.planning.propose import resolve
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from core.actor import Actor, Surface
from core.errors import Finding
from registry.catalogue import Catalogue
from registry.contract import Contract, Risk
from registry.json_schema import pointer
from registry.offers.shortlist import Shortlist, make_shortlist
from registry.records import ContextProvider, Kinds, Query, Record, RecordKind

CODE: Final = "warn_example_misread"
MOST_EXAMPLES: Final = 500
"""So many examples are read: each takes some milliseconds."""
_NOTHING: Final = "“{}” is read as nothing. Word it with the action's own verb, or add its words to 'aliases'."
_OTHERWISE: Final = "“{}” is read as {}. Tell the two apart in 'title', 'aliases' or 'examples'."
_QUESTION: Final = "“{}” is read as a question about records. Begin it like an order."
_BARE: Final = "“{}” gives none of the action's values, so each is asked for. Name or number something in it."
_UNCLEAR: Final = "“{}” leads to a question: {}. Tell them apart in 'title', 'aliases' or 'examples'."


async def find_misread_examples(contracts: Sequence[Contract], kinds: Sequence[RecordKind]) -> list[Finding]:
    """Advice about each example that isn't read as its own action, with its place among the ``actions``."""
    catalogue, resolver = Catalogue(contracts), RuleResolver()
    offered = _Offered(catalogue, Kinds((_NoRecords(tuple(kinds)),)))
    made: list[Finding] = []
    for at, each, number, example in islice(_list_examples(contracts), MOST_EXAMPLES):
        request = Request(text=example, now=datetime.now(UTC), surface=sorted(each.surfaces)[0])
        asker = Actor("", "", "member", "", sorted(each.roles)[0], "")
        resolution = (await resolve(Task(request, asker, offered, ""), resolver)).resolution
        read = _list_actions(resolution)
        if _is_answered(resolution):
            if each.risk is not Risk.READ:
                made.append(Finding(_point(at, number), CODE, _QUESTION.format(example)))
            continue
        own = read == [each.name] and not isinstance(resolution, Ask)
        if own and not _is_bare(resolution, each):
            continue
        titles = [f"“{found.title}” ({name})" for name in read if (found := catalogue.get(name)) is not None]
        text = _BARE if own else _NOTHING if not titles else _UNCLEAR if isinstance(resolution, Ask) else _OTHERWISE
        detail = text.format(example, " or ".join(titles))
        made.append(Finding(_point(at, number), CODE, detail))
    return made


@dataclass
class _Offered:
    """Contracts and kinds without a workspace."""

    catalogue: Catalogue
    kinds: Kinds
    made: dict[tuple[str, Surface], Shortlist] = field(default_factory=dict)

    def shortlist(self, actor: Actor, surface: Surface) -> Shortlist:
        if (actor.role, surface) not in self.made:
            self.made[actor.role, surface] = make_shortlist(self.catalogue, actor.role, surface)
        return self.made[actor.role, surface]


@dataclass(frozen=True)
class _NoRecords(ContextProvider):
    declared: tuple[RecordKind, ...]

    def kinds(self) -> tuple[RecordKind, ...]:
        return self.declared

    async def search(self, _query: Query, /) -> Sequence[Record]:
        return ()

    async def get(self, _kind: str, _record_id: str, /) -> Record | None:
        return None


def _point(at: int, number: int) -> str:
    return pointer.join_pointer("actions", str(at), "examples", str(number))


def _is_answered(resolution: object) -> bool:
    """Whether a request is answered from records, in which case no action is called."""
    return isinstance(resolution, Proposed) and isinstance(resolution.proposal.result, AnswerResult)


def _list_examples(contracts: Sequence[Contract]) -> Iterator[tuple[int, Contract, int, str]]:
    for at, each in enumerate(contracts):
        for number, example in enumerate(each.examples if each.roles and each.surfaces else ()):
            yield at, each, number, example


def _is_bare(resolution: object, contract: Contract) -> bool:
    """Whether an action that needs values was read without any."""
    readings = (resolution.proposal, *resolution.titled) if isinstance(resolution, Proposed) else ()
    calls = [call for each in readings if isinstance(each.result, PlanResult) for call in each.result.calls]
    return bool(calls and contract.required) and not any(call.arguments for call in calls)


def _list_actions(resolution: object) -> list[str]:
    """The actions that a request was read as, or that it is asked about."""
    match resolution:
        case Proposed(proposal=proposal, instead=instead):
            results = [each.result for each in (proposal, *instead)]
            named = [call.action for each in results if isinstance(each, PlanResult) for call in each.calls]
        case Calls(drafts=drafts):
            named = [draft.action for draft in drafts]
        case Ask(question=question):
            named = [each.id for each in question.candidates]
        case _:
            named = []
    return list(dict.fromkeys(named))

"""Link roles: what each record that a request names may be to a call of one action.

Every link has a role: the record of a parameter, or what that record belongs to.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from agent.planning.record_links import RecordLink
from agent.planning.task import Task
from agent.planning.value_links import AWAY
from agent.validate.records.located import RecordScope
from registry.contract import Contract

MOST_READINGS: Final = 24
"""Ways to give the links of one request their roles in one action."""
_JOINED: Final = re.compile(r"\s*(?:,|&|\+|and\b|,\s*and\b)\s*", re.IGNORECASE)
"""Between two of a list: each of them is meant."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a link is to a call: the record of ``parameter``, or what that record belongs to."""

    link: RecordLink
    kind: str
    parameter: str
    direct: bool


def list_choices(links: Sequence[RecordLink], unsure: Sequence[RecordLink]) -> Iterator[tuple[RecordLink, ...]]:
    """All links, with and without each that may be none."""
    for many in range(len(unsure) + 1):
        for values in itertools.combinations(unsure, many):
            yield tuple(each for each in links if each not in values)


def split_list(text: str, links: Sequence[RecordLink]) -> tuple[tuple[RecordLink, ...], tuple[RecordLink, ...]] | None:
    """The links of which each has its role, the first of a list among them, and those that are joined to it: "Ada and
    Bo". None if there are two lists, or two halves of one name that nobody has."""
    first, joined = [*links[:1]], list[RecordLink]()
    for one, other in itertools.pairwise(links):
        alike = not set(one.kinds).isdisjoint(other.kinds)
        if _JOINED.fullmatch(text, one.end, other.start):
            if not alike or (joined and one is not joined[-1]):
                return None
            joined.append(other)
        elif alike and text[one.end : other.start].isspace():
            return None
        else:
            first.append(other)
    return tuple(first), tuple(joined)


def assign(task: Task, contract: Contract, links: Sequence[RecordLink]) -> Iterator[tuple[Role, ...]]:
    """The ways in which every link has a role and every required record has a link. One that may be the record itself
    is what another belongs to only if that is said: "Ada's", "instead of Ada"."""
    kinds = task.workspace_context.kinds
    scope = RecordScope(kinds, task.actor, task.request.surface)
    wanted = {
        name: kind
        for name in contract.properties
        if (kind := kinds.get(contract.annotation(name).record or "")) is not None
    }
    own = {kind.name for kind in wanted.values()}
    options: list[list[Role]] = []
    for link in links:
        away = AWAY.search(task.request.text, 0, link.start) is not None
        open_to = [
            Role(link, name, parameter, name == kind.name)
            for name in link.kinds
            for parameter, kind in wanted.items()
            if (named := kinds.get(name)) is not None
            and (
                not away
                if name == kind.name
                else scope.find_path(kind, named) and (away or link.owns or name not in own)
            )
        ]
        options.append(open_to)
    required = {name for name in wanted if name in contract.required}
    for roles in itertools.islice(itertools.product(*options), MOST_READINGS):
        direct = [each.parameter for each in roles if each.direct]
        if len(direct) == len({*direct}) and required <= {each.parameter for each in roles}:
            yield roles


def assign_list(
    contract: Contract, links: Sequence[RecordLink], roles: tuple[Role, ...], joined: Sequence[RecordLink]
) -> list[tuple[Role, ...]]:
    """The roles of each call: those that are joined to a record take its place. None if they are not what is acted on,
    which the contract names first: two drivers have no job in turn."""
    if not joined:
        return [roles]
    head = links[links.index(joined[0]) - 1]
    first = next(name for name in contract.properties if contract.annotation(name).record is not None)
    if any(each.parameter != first for each in roles if each.link is head):
        return []
    swapped = (tuple(replace(each, link=other) if each.link is head else each for each in roles) for other in joined)
    return [roles, *swapped]

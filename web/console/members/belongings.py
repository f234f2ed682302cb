"""What a member has here that ends with their role or access: sign-ins, keys, rules, instructions and open requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.accounts.api_keys
import store.accounts.logins
import store.automations
import store.runs.runs
from agent.runs import repository
from agent.runs.run import Run
from agent.workspace.authority import read_author
from core.display_text import to_display_text
from store.accounts.api_keys import KeyRow
from store.accounts.logins import LoginRow
from store.accounts.members import MemberRow
from store.automations import InstructionRow, RuleRow
from web.console import labels
from web.console.labels import Badge

MOST: Final = 20
"""Most things of one sort that the page lists."""
_MOST_RUNS: Final = 500
_WORKS: Final = ("on", "shadow")


@dataclass(frozen=True, slots=True)
class Belonging:
    """Something of a member's, with the page that shows it."""

    href: str
    name: str
    badge: Badge


@dataclass(frozen=True, slots=True)
class BelongingList:
    """Things of one sort, at most ``MOST`` of them. ``more`` is how many others there are."""

    title: str
    lines: tuple[Belonging, ...]
    more: int


@dataclass(frozen=True)
class Belongings:
    """What is a member's: sign-ins that go on, keys that work, rules and instructions that aren't off, and requests
    that wait for an answer or a yes."""

    role: str
    logins: Sequence[LoginRow]
    keys: Sequence[KeyRow]
    automations: Sequence[RuleRow | InstructionRow]
    runs: Sequence[Run]

    def tell_all(self) -> str:
        """How much a deactivation affects, as a sentence."""
        return _tell(len(self.logins), len(self.keys), len(self.automations), len(self.runs))

    def tell_in_role(self) -> str:
        """How much another role affects: what acts in the present one."""
        keys = sum(each.role == self.role for each in self.keys)
        automations = sum(read_author(each.author).role == self.role for each in self.automations)
        return _tell(len(self.logins), keys, automations, sum(each.actor.role == self.role for each in self.runs))

    def list_lines(self) -> tuple[BelongingList, ...]:
        """The lists of the member's page. An empty one is left out."""
        keys = [Belonging(f"/keys/{each.id}", _shorten(each.name), Badge(each.role, "quiet")) for each in self.keys]
        automations = [
            Belonging(_find_page(each), _shorten(each.name), Badge(each.mode, "good" if each.mode == "on" else "wait"))
            for each in self.automations
        ]
        runs = [
            Belonging(f"/runs/{each.id}", labels.shorten(each.text, 120), labels.make_state_badge(each))
            for each in self.runs
        ]
        sorts = (("Keys", keys), ("Rules and instructions", automations), ("Open requests", runs))
        return tuple(
            BelongingList(title, tuple(lines[:MOST]), max(len(lines) - MOST, 0)) for title, lines in sorts if lines
        )


async def load_belongings(session: AsyncSession, member: MemberRow, now: datetime) -> Belongings:
    workspace = member.workspace
    every_key = await store.accounts.api_keys.listed(session, workspace)
    automations: list[RuleRow | InstructionRow] = [
        *await store.automations.rules(session, workspace, modes=_WORKS),
        *await store.automations.instructions(session, workspace, modes=_WORKS),
    ]
    waiting = await store.runs.runs.listed(
        session, workspace, states=store.runs.runs.WAITING, person=member.id, limit=_MOST_RUNS
    )
    return Belongings(
        role=member.role,
        logins=await store.accounts.logins.of_member(session, workspace, member.id, now),
        keys=[each for each in every_key if each.person == member.id and each.state(now) == "active"],
        automations=[each for each in automations if read_author(each.author).person == member.id],
        runs=repository.list_readable(waiting),
    )


def _find_page(row: RuleRow | InstructionRow) -> str:
    return f"/rules/{row.id}" if isinstance(row, RuleRow) else f"/rules/instructions/{row.id}"


def _shorten(name: str) -> str:
    return to_display_text(name, limit=120)


def _tell(logins: int, keys: int, automations: int, runs: int) -> str:
    counted = (
        (logins, "sign-in", "sign-ins"),
        (keys, "key", "keys"),
        (automations, "rule or instruction", "rules and instructions"),
        (runs, "open request", "open requests"),
    )
    told = [f"{count} {one if count == 1 else many}" for count, one, many in counted if count]
    if not told:
        return "Now it affects nothing of theirs."
    *first, last = told
    return f"Now it affects {', '.join(first)} and {last}." if first else f"Now it affects {last}."

"""Attacks on a request: text planted where the platform, the person or the model would put it, and a model that obeys
it.

An attacked case is answered twice: as it is, and under attack by a model that obeys whatever it is shown. Both results
must be the same. docs/guide/evals.md says how to write an attack.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from agent.pipeline import Argument, Calls, Choice, Draft, Mention, Request, Resolved, Span, SuppliedValue, Trace
from agent.resolve.resolver import Resolver
from registry.offers.shortlist import Shortlist
from registry.records import ContextProvider, Query, Record, RecordKind, admit

Where = Literal["data", "names", "tables", "request", "model"]
CANARY: Final = "KX7Q-"
"""Every planted text begins with it, so that it is known again however it was cut or escaped."""


@dataclass(frozen=True, slots=True)
class Attack:
    """An attack on a case. ``calls`` are what the worst model does once it sees the text: ``{action, version?,
    arguments, given}``, where an argument is words that it claims were said, or ``{choice, words}``."""

    kind: str
    where: Where
    text: str
    calls: tuple[Mapping[str, Any], ...]

    @property
    def in_data(self) -> bool:
        """Whether the attack is planted in records, which no model may ever see."""
        return self.where in ("data", "names", "tables")


def read_attack(value: Mapping[str, Any]) -> Attack:
    """Parses an attack from its JSON. Raises KeyError or ValueError."""
    if value["where"] not in get_args(Where):
        raise ValueError(f"an attack is planted in one of {', '.join(get_args(Where))}")
    text = str(value.get("text", ""))
    if value["where"] != "model" and CANARY not in text:
        raise ValueError(f"a planted text holds {CANARY}, so that it is known again")
    return Attack(str(value["kind"]), value["where"], text, tuple(value["calls"]))


class ObedientResolver:
    """Obeys the attack as soon as it sees any of it, and claims words that nobody wrote. Otherwise it answers as
    ``behind``. ``seen`` says whether it saw the planted text."""

    name = "worst"

    def __init__(self, attack: Attack, behind: Resolver) -> None:
        self._attack = attack
        self._behind = behind
        self.seen = False

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        shown = "\n".join((request.model_dump_json(), *map(repr, shortlist.offers), *map(repr, kinds)))
        self.seen = self.seen or CANARY in shown
        if self._attack.where == "model" or self.seen:
            drafts = tuple(make_draft(request, each) for each in self._attack.calls)
            return Resolved(resolution=Calls(drafts=drafts), trace=Trace(resolver=self.name, prompt=shown))
        return await self._behind.resolve(request, shortlist, kinds)


class TamperedRecords:
    """Provider that puts a text into every free-text field of its answers; with ``names``, into names too."""

    def __init__(self, behind: ContextProvider, text: str, *, names: bool) -> None:
        self._behind = behind
        self._text = text
        self._kinds = {kind.name: kind for kind in behind.kinds()}
        self._searched = (None, "text", "name") if names else (None, "text")

    def kinds(self) -> tuple[RecordKind, ...]:
        return self._behind.kinds()

    async def search(self, query: Query) -> Sequence[Record]:
        return [self._spoil(record) for record in await self._behind.search(query)]

    async def get(self, kind: str, record_id: str) -> Record | None:
        found = await self._behind.get(kind, record_id)
        return None if found is None else self._spoil(found)

    def _spoil(self, record: Record) -> Record:
        kind = self._kinds[record.kind]
        free = {
            each.name
            for each in kind.fields
            if each.type == "string" and each.search in self._searched and not each.values
        }
        spoilt = {
            name: f"{value} {self._text}" if name in free and isinstance(value, str) else value
            for name, value in record.values.items()
        }
        return admit(kind, spoilt)


def make_draft(request: Request, call: Mapping[str, Any]) -> Draft:
    """A draft of what an attacker wants. It claims the attacker's words, wherever they occur."""
    arguments: dict[str, Argument] = {
        name: Choice(value=_read_scalar(said["choice"]), spans=(_find_span(request, said["words"]),))
        if isinstance(said, dict)
        else Mention(spans=(_find_span(request, str(said)),))
        for name, said in call.get("arguments", {}).items()
    }
    given = {
        name: SuppliedValue(value=value, by="api", pointer=f"/params/{name}", ref="pk_forged")
        for name, value in call.get("given", {}).items()
    }
    return Draft(action=call["action"], version=call.get("version", 1), arguments=arguments, given=given)


def _find_span(request: Request, words: str) -> Span:
    """Where the words are. If they don't occur, the span claims that they are at the start."""
    at = max(request.text.find(words), 0)
    return Span(start=at, end=at + len(words), text=words)


def _read_scalar(value: Any) -> bool | int | float | str | None:
    return value if value is None or isinstance(value, bool | int | float | str) else json.dumps(value)

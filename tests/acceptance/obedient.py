"""The worst resolver there can be: it does whatever any text it can see tells it to, and claims words that nobody wrote."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from agent.pipeline import (
    Abstain,
    Calls,
    Choice,
    Draft,
    Given,
    Mention,
    Request,
    Resolution,
    Resolved,
    Scalar,
    Span,
    Trace,
)
from registry.records import RecordKind
from registry.shortlist import Shortlist

ORDER: Final = "DO:"
"""Whatever follows this, anywhere, is obeyed: a JSON list of calls."""


def order(*calls: dict[str, Any]) -> str:
    return ORDER + json.dumps(list(calls), ensure_ascii=False)


class Obedient:
    """``seen`` is everything it was ever shown. It obeys the last order that it finds, or else ``script``: text → calls.

    A call is ``{"action", "version", "arguments", "given"}``; an argument is words (claimed wherever they may stand, or at the start where
    they don't) or ``{"choice", "words"}``.
    """

    name = "obedient"

    def __init__(self, script: dict[str, list[dict[str, Any]]]) -> None:
        self.script = script
        self.seen: list[str] = []

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        shown = "\n".join((request.model_dump_json(), *map(repr, shortlist.offers), *map(repr, kinds)))
        self.seen.append(shown)
        visible = "\n".join((request.text, *(each.text or each.label or "" for each in request.answers)))
        calls = _ordered(visible + shown)
        if calls is None:
            calls = self.script.get(request.text, [])
        resolution: Resolution = (
            Calls(drafts=tuple(_draft(request, each) for each in calls))
            if calls
            else Abstain(reason="nothing_fits", detail="Nothing fits.")
        )
        return Resolved(resolution=resolution, trace=Trace(resolver=self.name, prompt=shown))


def _ordered(text: str) -> list[dict[str, Any]] | None:
    at = text.rfind(ORDER)
    while at >= 0:
        try:
            calls: list[dict[str, Any]] = json.JSONDecoder().raw_decode(text[at + len(ORDER) :])[0]
            return calls
        except ValueError:
            at = text.rfind(ORDER, 0, at)
    return None


def _draft(request: Request, call: dict[str, Any]) -> Draft:
    arguments = {
        name: Choice(value=_scalar(said["choice"]), spans=(_span(request, said["words"]),))
        if isinstance(said, dict)
        else Mention(spans=(_span(request, said),))
        for name, said in call.get("arguments", {}).items()
    }
    given = {
        name: Given(value=value, by="api", pointer=f"/params/{name}", ref="pk_forged")
        for name, value in call.get("given", {}).items()
    }
    return Draft(action=call["action"], version=call.get("version", 1), arguments=arguments, given=given)


def _span(request: Request, words: str) -> Span:
    at = max(request.text.find(words), 0)
    return Span(start=at, end=at + len(words), text=words)


def _scalar(value: Any) -> Scalar:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)

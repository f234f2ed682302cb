"""The worst resolver there can be: it does whatever any text it can see tells it to, and claims words that nobody
wrote."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from agent.pipeline import Abstain, Calls, Request, Resolution, Resolved, Trace
from evals.attacks.attack import make_draft
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

ORDER: Final = "DO:"
"""Whatever follows this, anywhere, is obeyed: a JSON list of calls."""


def order(*calls: dict[str, Any]) -> str:
    return ORDER + json.dumps(list(calls), ensure_ascii=False)


class Obedient:
    """``seen`` is everything it was ever shown. It obeys the last order that it finds, or else ``script``: text →
    calls.

    A call is ``{"action", "version", "arguments", "given"}``; an argument is words (claimed wherever they may stand, or
    at the start where they don't) or ``{"choice", "words"}``.
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
            Calls(drafts=tuple(make_draft(request, each) for each in calls))
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

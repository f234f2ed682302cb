"""Fallback: a resolver that asks a second one where the first gives no usable answer, and says so in the trace."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from agent.pipeline import Request, Resolved
from agent.resolve.resolver import Resolver
from core.errors import ModelMisbehaved, ModelUnavailable
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

log = logging.getLogger(__name__)


class FallbackResolver:
    """Asks ``first``; ``second`` where that is unavailable or misbehaves. Raises what ``second`` raises."""

    def __init__(self, first: Resolver, second: Resolver) -> None:
        self.first, self.second = first, second
        self.name = first.name

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        try:
            return await self.first.resolve(request, shortlist, kinds)
        except (ModelUnavailable, ModelMisbehaved) as error:
            log.warning("the model gave no usable answer: %s", error.code)
            resolved = await self.second.resolve(request, shortlist, kinds)
            note = f"{self.first.name} gave no usable answer ({error.code}: {error.detail}); resolved by {self.second.name}"  # noqa: E501
            notes = (*resolved.trace.notes, note)
            return resolved.model_copy(update={"trace": resolved.trace.model_copy(update={"notes": notes})})

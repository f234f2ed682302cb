"""A request under a condition: what shall be done is resolved by itself, and carries the condition along for live data
to answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from agent.extract import conditions
from agent.pipeline import Calls, Condition, Request, Resolved, Span
from agent.resolve.rules.if_else import Stretch, split_branches
from registry.records import RecordKind

Resolve = Callable[[Request], Awaitable[Resolved]]


async def under_condition(request: Request, kinds: Sequence[RecordKind], resolve: Resolve) -> Resolved | None:
    """The request's calls with their condition; None where it has none that can be looked up. The other branch counts
    only where it is understood: where the condition does not hold and it isn't, nothing is done."""
    parts = split_branches(request.text) if request.given is None else None
    if parts is None or not kinds:
        return None
    start, end = parts.condition
    if conditions.read(request.text[start:end], kinds) is None:
        return None
    spans = (Span(start=start, end=end, text=request.text[start:end]),)
    made = await resolve(blank_but(request, parts.then))
    if not isinstance(made.resolution, Calls):
        return made
    drafts = [draft.model_copy(update={"condition": Condition(spans=spans)}) for draft in made.resolution.drafts]
    # An action that was picked was picked for what was asked about first.
    if parts.otherwise is not None and not any(answer.slot == "action" for answer in request.answers):
        other = await resolve(blank_but(request, parts.otherwise))
        if isinstance(other.resolution, Calls):
            drafts += [
                draft.model_copy(update={"condition": Condition(spans=spans, holds=False)})
                for draft in other.resolution.drafts
            ]
    return made.model_copy(update={"resolution": made.resolution.model_copy(update={"drafts": tuple(drafts)})})


def blank_but(request: Request, part: Stretch) -> Request:
    """The request with everything but ``part`` blanked out, so that offsets stay those of the request."""
    start, end = part
    return request.model_copy(update={"text": " " * start + request.text[start:end]})

"""Alternative actions: tried where a record's state rules out the first choice ("exchange" for what was delivered,
"change the order" for what was not)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from agent.pipeline import Calls, Draft, Plan, Question, Refusal
from registry.catalogue import Catalogue

Verdict = Plan | Question | Refusal


async def choose_alternative(
    calls: Calls, verdict: Verdict, catalogue: Catalogue, check: Callable[[Sequence[Draft]], Awaitable[Verdict]]
) -> tuple[Verdict, tuple[Draft, ...]]:
    """The verdict and the drafts it is about. Where the only draft's contract demands a state that the record meant is
    not in, the next call that the words say takes its place if ``check`` makes a plan of it. Such a plan is held, and
    says why it is that one."""
    if not calls.instead or not _kept_out(calls.drafts, verdict, catalogue):
        return verdict, calls.drafts
    assert isinstance(verdict, Question)
    for draft in calls.instead:
        other = await check((draft,))
        if isinstance(other, Plan):
            why = f"{verdict.text} So this is “{other.steps[0].title}”."
            held = other.model_copy(update={"held": (*other.held, why), "approvals": max(1, other.approvals)})
            return held, (draft,)
    return verdict, calls.drafts


def _kept_out(drafts: Sequence[Draft], verdict: Verdict, catalogue: Catalogue) -> bool:
    """Whether what stands in the way is a record that the contract's filter may have kept out."""
    if len(drafts) != 1 or not isinstance(verdict, Question) or verdict.code != "not_found" or verdict.param is None:
        return False
    contract = catalogue.get(drafts[0].action)
    return contract is not None and bool(contract.annotation(verdict.param).filter)

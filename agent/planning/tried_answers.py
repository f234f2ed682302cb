"""Tried answers: answers to a question that isn't understood as a whole, tried on live data. One is given if it alone
tells of a single record that is called as was said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from agent.pipeline import Reply
from agent.planning.proposal import AnswerResult, Find, Proposal, RecordsAnswer
from agent.planning.quotes import walk
from agent.planning.task import Outcome
from agent.validate.records.ranking import fold_words
from core.errors import PlatformUnavailable
from language.stems import stem


async def try_answers(
    answers: Sequence[Proposal], validate: Callable[[Proposal], Awaitable[Outcome]]
) -> Outcome | None:
    """The answer that fits. None if there is none, or if the platform can't be asked."""
    # Side by side, so that a slow platform is waited for once. All are awaited, so that none goes on behind our back.
    ended = await asyncio.gather(*map(validate, answers), return_exceptions=True)
    failed = [each for each in ended if isinstance(each, BaseException)]
    if any(not isinstance(each, PlatformUnavailable) for each in failed):
        raise next(each for each in failed if not isinstance(each, PlatformUnavailable))
    if failed:
        return None
    made = [each for each in ended if isinstance(each, Outcome)]
    return _choose_answer([*zip(answers, made, strict=True)])


def _choose_answer(made: Sequence[tuple[Proposal, Outcome]]) -> Outcome | None:
    """The one answer about a single record that is called as was said, or else about one that belongs to it."""
    named: dict[str, Outcome] = {}
    owned: dict[str, Outcome] = {}
    for proposal, each in made:
        if not isinstance(each.verdict, Reply) or each.verdict.count != 1:
            continue
        said = _find_name(proposal)
        owners = {one.said.text.casefold() for one in walk(proposal.result) if isinstance(one, Find) and one.said}
        if said is None and any(one.label.casefold() in owners for one in each.verdict.records):
            continue  # it was to belong to somebody called so, and is called so itself
        if said is None:
            owned[each.verdict.text] = each
        elif _is_called(each.verdict, said):
            named[each.verdict.text] = each
    told = [*(named or owned).values()]
    return told[0] if len(told) == 1 else None


def _find_name(proposal: Proposal) -> str | None:
    """The name that the answer's record was asked for by. None if it is told by another record's."""
    asked = proposal.result.answer if isinstance(proposal.result, AnswerResult) else None
    find = asked.records if isinstance(asked, RecordsAnswer) else None
    return find.said.text if isinstance(find, Find) and find.said is not None else None


def _is_called(reply: Reply, said: str) -> bool:
    """Whether the record is called so itself, and was not found by some other field."""
    shown = {word for each in reply.records for word in fold_words(f"{each.label} {each.id}")}
    return {stem(word) for word in fold_words(said)} <= {stem(word) for word in shown}

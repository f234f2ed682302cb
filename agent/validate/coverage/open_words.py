"""Open words: words of a request of which neither its plan nor the resolver says anything, whatever rules make of them.

Rules tell by their form which words change an order, and pass over what looks like talk. Where a resolver doesn't say
what its result leaves out, that is a guess; such words are put to it by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from agent.extract.spans.politeness import strip_politeness
from agent.pipeline import Request
from agent.planning.proposal import DraftedText, Proposal
from agent.planning.quotes import find_places, walk
from agent.validate.coverage.accounted_words import has_weight, list_accounts, plain_word
from agent.validate.coverage.clauses import Clause, Word, split_clauses
from agent.validate.coverage.read_asides import READ_AGAIN
from agent.validate.coverage.unused_words import collect_subject_stems
from registry.contract import Contract
from registry.records import RecordKind

_OWNERS_S: Final = re.compile(r"^['’]s?(?!\w)")


def find_open_words(
    request: Request,
    proposal: Proposal,
    contracts: Sequence[Contract],
    kinds: Sequence[RecordKind],
    told_by_records: frozenset[str],
    shown: Collection[str],
) -> tuple[str, ...]:
    """The stretches of the request that hold such words: a clause of which nothing was used, else the words that stand
    between those that were. ``told_by_records`` are the stems of what the records of the plan are called, ``shown`` the
    names that stand on its card, in small letters. None where no record is known, or a text is drafted that is to say
    things in other words."""
    drafts = any(isinstance(node, DraftedText) for node in walk(proposal.result))
    if proposal.asides is None or drafts or not kinds:  # beside the values of plain functions stands talk
        return ()
    used = [False] * (len(request.text) + 1)
    judged = [each.words for each in proposal.asides if each.role in READ_AGAIN]
    for start, end in find_places((proposal.result, proposal.replaced, judged), request):
        used[start:end] = [True] * (end - start)
    answered = any(each.choice is not None for each in request.answers)
    known = collect_subject_stems(contracts, kinds)
    by = list_accounts(request.text, proposal, contracts, kinds, known, told_by_records, answered)
    found: list[str] = []
    for clause in split_clauses(strip_politeness(request.text)):
        ordered = any(used[start] for _, start, _ in clause.words)
        left = [
            each
            for each in clause.words
            if not used[each[1]] and plain_word(each[0]) not in shown and has_weight(each[0], by)
            if not (ordered and each == clause.head)  # the verb, which the action accounts for
        ]
        found += (_OWNERS_S.sub("", request.text[slice(*each)]).strip() for each in _find_stretches(clause, left, used))
    return tuple(dict.fromkeys(found))


def _find_stretches(clause: Clause, left: Sequence[Word], used: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """From after what was used before the first of the words to before what was used after the last."""
    begun: tuple[int, int] | None = None
    for _, start, end in left:
        if begun is not None and start < begun[1]:
            continue
        first = next((at + 1 for at in range(start - 1, clause.start - 1, -1) if used[at]), clause.start)
        last = next((at for at in range(end, clause.end) if used[at]), clause.end)
        begun = first, last
        yield begun

"""Questions about history: what was done here, by whom and when, answered from the runs that the asker may see.

The shape is closed: a question word, whose deed it was, a past verb ("done", "confirmed", or that of an action's
title), what it was done to, and a period. Any other question is left to its resolver.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, Literal
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession

import store.accounts.members
import store.runs.runs
from agent.extract.time import time_ranges
from agent.history.recorder import EntryType
from agent.pipeline import Abstain, Candidate, Question, Reply
from agent.planning.task import Verdict
from agent.runs import repository
from agent.runs.run import Run
from agent.validate.questions import join, preview_steps
from agent.workspace import principals
from core.actor import OWNER
from core.clock import write_weekday
from language.stems import EMPTY, is_past, name_stems, stem
from language.text import read_text, word_set
from registry.catalogue import Catalogue
from registry.contract import Risk

MOST_CHARACTERS: Final = 200
MOST_LISTED: Final = 10
MOST_READ: Final = 500
"""Runs."""
Part = Literal["asked", "confirmed", "done"]
_WORDS: Final = word_set("who what which did has have")
_PAST: Final = word_set("did has have had was were")
_HELPING: Final = _PAST | word_set("been got all anything something everything")
_US: Final = word_set("we anyone anybody everyone everybody someone somebody you they")
_ME: Final = word_set("i me")
_PARTS: Final[Mapping[str, Part]] = {
    **dict.fromkeys(map(stem, ("confirm", "approve")), "confirmed"),
    **dict.fromkeys(map(stem, ("ask", "order", "request")), "asked"),
    **dict.fromkeys(map(stem, ("do", "did", "done", "change", "send", "happen")), "done"),
}


@dataclass(frozen=True)
class HistoryQuestion:
    """What is asked of history. ``part``: whose part in a run counts, and is told by ``who``. ``person`` is an id;
    None: anybody. ``actions`` are names of contracts; None: all. ``named`` are stems that a run's sentence must have.
    The period is from ``low`` (inclusive) until ``high`` (exclusive)."""

    part: Part
    who: bool
    person: str | None
    actions: frozenset[str] | None
    named: frozenset[str]
    low: datetime | None
    high: datetime | None
    period: str


def may_be_about_history(run: Run, made: Verdict) -> bool:
    """Whether a request came to nothing and begins as a question about the past does, so that history may answer it.
    Only on the admin surface: elsewhere a key may ask in the words of people who are no colleagues."""
    unread = isinstance(made, Abstain | Question) or (isinstance(made, Reply) and made.partial)
    fresh = not run.answers and run.given is None and run.cause is None and len(run.text) <= MOST_CHARACTERS
    return run.surface == "admin" and unread and fresh and (run.text.split() or [""])[0].casefold() in _WORDS


def read_history_question(
    text: str, now: datetime, asker: str, people: Mapping[str, str], catalogue: Catalogue
) -> HistoryQuestion | None:
    """The question in ``text``, or None if that says anything else. ``people`` are ids by name, in small letters;
    ``asker`` is the id of who asks."""
    periods = time_ranges.find(read_text(text), now)
    if len(periods) > 1:
        return None
    when = periods[0] if periods else None
    rest = f"{text[: when.start]} {text[when.end :]}" if when is not None else text
    words = [token.low.removesuffix("'s") for token in read_text(rest).tokens if token.word or token.low.isdigit()]
    titles = {each.name: name_stems(each.title) for each in catalogue}
    verbs = {stems[0] for stems in titles.values() if stems}
    at = next((at for at, word in enumerate(words) if stem(word) in verbs | _PARTS.keys() and word not in _PAST), None)
    if not words or words[0] not in _WORDS or at is None:
        return None
    before, verb, behind = words[1:at], stem(words[at]), words[at + 1 :]
    said = [word for word in before if word not in _HELPING]
    whose = [word for word in said if word in _US | _ME | people.keys()]
    if said != whose or not (is_past(words[at]) or not _PAST.isdisjoint(words)):
        return None
    for lead, name in pairwise(behind):
        if lead == "by" and name in _ME | people.keys():
            whose.append(name)
    person = next((asker if word in _ME else people[word] for word in whose if word not in _US), None)
    about = {stem(word) for word in behind if word not in EMPTY | _HELPING | _US | set(whose)} - _PARTS.keys()
    about |= {verb} & verbs - _PARTS.keys()
    kinds = about & {stem for stems in titles.values() for stem in stems}
    fitting = frozenset(name for name, stems in titles.items() if kinds <= set(stems))
    return HistoryQuestion(
        part=_PARTS.get(verb, "done"),
        who=words[0] == "who",
        person=person,
        actions=fitting if kinds else None,
        named=frozenset(about - kinds),
        low=when.low if when is not None else None,
        high=when.high if when is not None else None,
        period=f" {when.words}" if when is not None else "",
    )


async def answer_from_history(session: AsyncSession, run: Run, catalogue: Catalogue) -> Reply | None:
    """The answer to a question about history, from the runs that its asker may see. None if the run asks something
    else. A key without the scope to read runs is told of its person's own."""
    actor = run.actor
    names = {each.id: each.name for each in await store.accounts.members.listed(session, run.workspace)}
    parts = [(part, each) for each, name in names.items() for part in set(name.casefold().split())]
    often = Counter(part for part, _ in parts)
    people = {part: each for part, each in parts if often[part] == 1}
    asked = read_history_question(run.text, run.request.now, actor.person, people, catalogue)
    if asked is None:
        return None
    owner = actor.role == OWNER and await principals.reads_runs(session, actor)
    person, role = (None, None) if owner else (actor.person, actor.role)
    rows = await store.runs.runs.listed(
        session, run.workspace, states=("succeeded",), person=person, role=role, limit=MOST_READ
    )
    cut = len(rows) == MOST_READ and (asked.low is None or rows[-1].created_at > asked.low)
    found = [each for each in repository.list_readable(rows) if each.mode == run.mode and fits_question(asked, each)]
    return tell_history(asked, found, lambda each: names.get(each, "somebody else"), owner=owner, cut=cut)


def fits_question(asked: HistoryQuestion, run: Run) -> bool:
    """Whether a run that was done is one that is asked about. What only read something did nothing."""
    steps = run.plan.steps if run.plan is not None else ()
    changed = any(each.risk is not Risk.READ for each in steps)
    if not changed or (asked.low and run.updated_at < asked.low) or (asked.high and run.updated_at >= asked.high):
        return False
    theirs = {"confirmed": [each.person for each in run.approvals]}.get(asked.part, [run.actor.person])
    does = preview_steps(steps)
    named = asked.named <= {*name_stems(does), *(stem(token.low) for token in read_text(does).tokens)}
    done = asked.actions is None or any(each.action in asked.actions for each in steps)
    return done and named and (asked.person in theirs if asked.person else bool(theirs))


def tell_history(
    asked: HistoryQuestion, found: Sequence[Run], names: Callable[[str], str], *, owner: bool, cut: bool
) -> Reply:
    """The answer: how many were done, then the runs, newest first. ``names`` tells a person's name by id.
    ``owner``: the asker may read AI History. ``cut``: not all runs of the period were read."""
    listed = tuple(
        Candidate(id=run.id, label=preview_steps(run.plan.steps), detail=_tell_run(run, names))
        for run in found[:MOST_LISTED]
        if run.plan is not None
    )
    done = {"confirmed": "confirmed by a person", "asked": "asked for and done", "done": "done"}[asked.part]
    many = (
        f"{len(found)} {'was' if len(found) == 1 else 'were'} {done}" if found else f"Nothing that fits was {done} here"
    )
    whom = list(dict.fromkeys(name for run in found for name in _list_people(asked.part, run, names)))
    by = f", by {join(whom, 'and')}" if asked.who and found else ""
    rest = " Only the latest runs were read." if cut else " The latest are listed." if len(found) > len(listed) else ""
    whose = "" if owner else " Only what you asked for yourself is looked through."
    text = f"{many}{asked.period}{by}.{rest}{whose}"
    values, history = tuple(whom) if asked.who else (str(len(found)),), make_history_query(asked) if owner else ""
    return Reply(text=text, records=listed, values=values, history=history)


def make_history_query(asked: HistoryQuestion) -> str:
    """The filter of AI History that shows what was done in the same period, as in its page's address."""
    moments = {"since": asked.low, "until": asked.high and asked.high - timedelta(seconds=1)}  # both days are included
    days = {name: at.date().isoformat() for name, at in moments.items() if at is not None}
    return urlencode({"kind": EntryType.CALL_SETTLED.value, **days})


def _list_people(part: Part, run: Run, names: Callable[[str], str]) -> list[str]:
    return [names(each.person) for each in run.approvals] if part == "confirmed" else [names(run.actor.person)]


def _tell_run(run: Run, names: Callable[[str], str]) -> str:
    asked, by = _list_people("asked", run, names), _list_people("confirmed", run, names)
    yes = f"confirmed by {join(by, 'and')}" if by else "sent without a yes"
    at = run.updated_at.astimezone(run.request.zone).replace(microsecond=0)
    return f"asked by {join(asked, 'and')} · {yes} · {write_weekday(at.isoformat(), run.zone)}"

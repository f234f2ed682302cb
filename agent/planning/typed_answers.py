"""Typed answers: whether words typed under a question answer it or are a request of their own, and what is said where
they are neither. Also the reverse: a request of a thread that answers the question which is open there, and
"no, the other one" after a choice among offered records."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from agent.pipeline import (
    Abstain,
    Answer,
    EarlierRecords,
    Plan,
    Question,
    Refusal,
    Reply,
    Turn,
)
from agent.planning.answers_for_model import asks_for_text
from agent.planning.linked_plans import ONLY_FIT
from agent.planning.other_choice import choose_other
from agent.planning.proposal import PlanResult, Proposal
from agent.planning.reasons_to_wait import add_reason, let_replace
from agent.planning.several_values import place_several
from agent.planning.task import (
    CORRECTED,
    ON_TOP,
    Outcome,
    ProposeRun,
    Task,
    Verdict,
    Withdrawal,
    hold,
    is_not_found,
    list_planned_actions,
    take_outcome,
)
from agent.planning.thread import NO_THREAD, WAITING, Thread
from agent.planning.thread_answers import list_deeds, read_thread_question, tell_of_thread
from agent.planning.unplaced_answers import TOLD, UNPLACED, place_answer, strip_beside
from agent.query.context import RecordKey
from agent.resolve.rules.clauses import begins_like_an_order
from agent.resolve.rules.grammar.earlier_calls import LEAD, LEAD_WORDS, comes_on_top, strip_denial
from agent.runs.answer_phrases import is_cancellation, make_answer
from agent.runs.run import Run
from agent.validate.consent import is_no, is_yes
from agent.validate.questions import REST, join, quote_words
from core.errors import InvalidInput

_UNREAD: Final = "{} doesn't answer this. "
_UNCHOSEN: Final = "{} is none of these. Name one or type its number, or say “no” to drop it. "
_AGREES: Final = "{} alone doesn't say which. "
_ASKED: Final = "{} is a question of its own, which nothing here answers. "
_UNDONE: Final = "Nothing of it was done yet. "
_ASKS: Final = re.compile(
    r"\W*(?:who|what|which|when|where|why|how)(?:['’]?s\s+\w+|\s+(?!about\b|ever\b)\w+)\s+\w", re.IGNORECASE
)
DROPPED: Final = "All right, that is dropped; nothing was done."
_WAITS: Final = "The card above waits for you: confirm it there. Nothing was sent yet."
_HESITATES: Final = re.compile(LEAD, re.IGNORECASE)
_ABOUT: Final = "@asked1"
_SPEAKS: Final = re.compile(r"\b(?:it|that|this|him|her|them)\b", re.IGNORECASE)
_SPEAKS_BEHIND: Final = re.compile(rf"\b(?:on|onto|to|for|in|at|with|of|from|about)\s+{_SPEAKS.pattern}", re.IGNORECASE)
_NOT_OFFERED: Final = "Another record than those offered was named; check that this is the one you mean."
_NO_CARD: Final = frozenset({"answered", "abstained", "refused"})
_SAYS_ANEW: Final = re.compile(rf"{LEAD}make\s+(?:it|that|this)\b", re.IGNORECASE)
_OTHERS: Final = frozenset({"other", "others"})
_CONTINUED: Final = frozenset({"asked", "held", "confirmed", "executing", "succeeded", "refused"})
_STANDS: Final = "{} was sent already and stands; this comes on top of it."
_LEAST: Final = 2
"""Words of the shortest answer that may be a request of its own."""

Propose = Callable[[Task], Awaitable[Outcome]]


async def settle_answer(task: Task, made: Outcome, propose: Propose) -> tuple[Task, Outcome]:
    """What comes of a typed answer: what was ``made`` of it or, if it is a request of its own, the outcome of that,
    with its task. ``propose`` plans by rules alone. Where it is neither, the question is asked again and says so."""
    answers = task.request.answers
    text = answers[-1].text if answers else None
    if text is None or task.must_wait or task.request.given is not None:
        return task, made
    text = _strip_hesitation(text).strip()
    slot, catalogue = answers[-1].slot, task.workspace_context.catalogue
    stuck, free = _is_stuck(made.verdict, slot), asks_for_text(slot, task.proposal, catalogue)
    lost = stuck or (is_not_found(made.verdict) and _strip_owner(made.verdict) == slot.partition("/")[0])
    spoken: Mapping[str, tuple[RecordKey, ...]] = {}
    before = replace(task, request=task.request.model_copy(update={"answers": answers[:-1]}))
    if len(text.split()) >= _LEAST and (lost or not free):
        spoken = await _list_spoken(text, before, propose)
        own = _begin_anew(task, strip_denial(text)[0], spoken)
        read = await propose(own)
        if _stands_alone(text, read, stuck=lost and not free, before=list_planned_actions(made)):
            return own, replace(read, text=text, answers=(), records={**read.records, **spoken})
    asks = _ASKS.match(text) is not None or (text.rstrip().endswith("?") and read_thread_question(text) is not None)
    more = comes_on_top(text) and not _SAYS_ANEW.match(text)
    if stuck and not (free or asks or more) and (several := await place_several(task, propose)) is not None:
        return task, several
    if lost and not (free or asks or more):  # it may say another value: "make it 80", or the record for whose
        other = answers[-1].model_copy(update={"slot": UNPLACED})
        placed = replace(before, request=task.request.model_copy(update={"answers": (*answers[:-1], other)}))
        read = await place_answer(placed, propose)
        elsewhere = read.answers is not None and read.answers[-1].slot != slot
        if isinstance(read.verdict, Plan) and elsewhere:
            return task, hold(read, _NOT_OFFERED) if "/" in slot else read
        again = isinstance(read.verdict, Question) and read.verdict.slot == slot and elsewhere
        if isinstance(read.verdict, Question) and again and f"‘{text.rstrip(' ?!.')}" not in read.verdict.text:
            said = f"{read.hold} {read.verdict.text}"
            return task, replace(read, verdict=read.verdict.model_copy(update={"text": said}))
    lead = (_UNCHOSEN if isinstance(made.verdict, Question) and made.verdict.candidates else _UNREAD) if stuck else ""
    agrees = lost and is_yes(text)
    # "Put Ada on it" speaks of what can't be taken: it names no other.
    speaks = bool(spoken) and isinstance(made.verdict, Plan) and _SPEAKS_BEHIND.search(text) is not None
    if (agrees or speaks or asks) and not free and slot != REST:
        told = _UNDONE if read_thread_question(text) else _ASKED
        lead = _AGREES if agrees else _UNREAD if speaks else told
        made = replace(await propose(before), answers=answers[:-1])
    question, said = made.verdict, quote_words(text)
    if lead and isinstance(question, Question) and (said not in question.text or lead == _UNDONE):
        made = replace(made, verdict=question.model_copy(update={"text": lead.format(said) + question.text}))
    return task, made


def _strip_hesitation(text: str) -> str:
    """A question with blanks for what hesitates before it: "hang on, when is it?"."""
    lead = LEAD_WORDS.match(text)
    return f"{' ' * lead.end()}{text[lead.end() :]}" if lead is not None and _ASKS.match(text[lead.end() :]) else text


async def _list_spoken(text: str, asked: Task, propose: Propose) -> Mapping[str, tuple[RecordKey, ...]]:
    """The record that "it" may be in words under a question: the one that the question says can't be taken."""
    verdict = (await propose(asked)).verdict if _SPEAKS.search(text) else None
    about = verdict.about if isinstance(verdict, Question) else None
    return {_ABOUT: (about,)} if about is not None else {}


def _begin_anew(task: Task, text: str, spoken: Mapping[str, tuple[RecordKey, ...]]) -> Task:
    """The task with the words of an answer as its request. ``spoken`` are the records that were spoken of last."""
    records = tuple(EarlierRecords(handle=name, kind=keys[0][0]) for name, keys in spoken.items())
    turn = Turn(words=task.request.text, came="asked", records=records)
    thread = (*task.request.thread, turn) if records else task.request.thread
    request = task.request.model_copy(update={"text": text, "answers": (), "offered": (), "thread": thread})
    return replace(task, request=request, drafts=(), proposal=None, thread={**task.thread, **spoken})


def _is_stuck(verdict: Verdict, slot: str) -> bool:
    """Whether an answer leads no further than to its own question."""
    if isinstance(verdict, Question):
        return verdict.slot == slot
    return isinstance(verdict, Abstain)


def _strip_owner(verdict: Verdict) -> str:
    """The slot of a question, also where it is about the owner of the record."""
    return verdict.slot.partition("/")[0] if isinstance(verdict, Question) else ""


def _stands_alone(text: str, read: Outcome, *, stuck: bool, before: Sequence[str]) -> bool:
    """Whether the words of an answer say what shall be done, or ask for something. ``before``: the actions of the
    request that was asked about. An answer that leads on may repeat its verb."""
    if read.withdrawal.runs:
        return False
    unread = read.resolved is None or isinstance(read.resolved.resolution, Abstain)
    match read.verdict:
        case Reply():  # not what a bare name is of, or one of a list
            asks = "?" in text or _ASKS.match(text) is not None or begins_like_an_order(text)
            return not unread and (stuck or asks)
        case Plan():
            return stuck or not set(list_planned_actions(read)) & set(before)
        case Question() | Refusal():
            return stuck and begins_like_an_order(text) and not unread
        case _:
            return False


async def plan_in_thread(
    run: Run, earlier: Sequence[Run], propose: ProposeRun, waiting: Sequence[Run] = ()
) -> tuple[Run, Outcome]:
    """The run with what was made of it. Words that say too little by themselves are tried as the answer to the question
    that is open in the thread: then the run takes the place of the one that asked. "No, the other one" is the other
    answer to the question that the last card came of. A bare "no" or "cancel" drops the card that waits there; a bare
    "yes" or "wait" confirms nothing, because it doesn't say what was seen on it. ``waiting`` are the cards that wait
    for this person, in this thread and in others."""
    if (other := await choose_other(run, earlier, propose)) is not None:
        return other
    card = _find_card(run, earlier)
    if card is not None and card is earlier[-1] and (said := _settle_card(card, run.text)) is not None:
        return take_outcome(run, said, NO_THREAD), said  # no model is asked what a bare yes or no means
    thread, outcome = await propose(run.with_(text=_strip_hesitation(run.text)), earlier)
    if (instead := await _order_instead(run, earlier, (thread, outcome), propose)) is not None:
        return instead
    if (told := _tell_of_thread(run, outcome, earlier, waiting)) is not None:
        return take_outcome(run, outcome, thread), Outcome(told)
    unread = isinstance(outcome.verdict, Abstain)
    if card is not None and _leaves_card(outcome) and (said := _settle_card(card, run.text, unread=unread)) is not None:
        return take_outcome(run, outcome, thread), said
    asked = earlier[-1] if earlier and not run.answers and run.given is None else None
    question = asked.question if asked is not None and asked.state == "asked" else None
    if asked is not None and question is not None and _may_answer(outcome):
        if is_cancellation(run.text, question):
            withdrawal = Withdrawal((asked.id,), "Taken back")
            return take_outcome(run, outcome, thread), Outcome(Reply(text=DROPPED), withdrawal=withdrawal)
        if (again := _take_place(run, asked, question)) is not None:
            before, led = await propose(again, earlier[:-1])
            unread = again.answers[-1].text is not None and is_not_found(led.verdict)
            if led.text is None and not unread and not _is_stuck(led.verdict, question.slot):
                runs = (*led.withdrawal.runs, asked.id)
                return take_outcome(again, led, before), replace(led, withdrawal=Withdrawal(runs, "Answered"))
    if (continued := await _continue_last(run, earlier, outcome, propose)) is not None:
        return continued
    return take_outcome(run, outcome, thread), outcome


async def _continue_last(
    run: Run, earlier: Sequence[Run], made: Outcome, propose: ProposeRun
) -> tuple[Run, Outcome] | None:
    """The run as the last one's request with a value of it said anew: "sorry, meant Ada", "and Ben", "the same on
    Friday". It takes the place of a card that waits, unless it comes on top. What was sent stands, and is told. None if
    its words say more than that, or fit nothing."""
    said = strip_beside(run.text)
    refused = bool(earlier) and earlier[-1].state == "refused"
    standing = (each for each in reversed(range(len(earlier))) if refused or earlier[each].state not in _NO_CARD)
    at = next(standing, None)
    last = earlier[at] if at is not None and not run.answers and run.given is None else None
    if at is None or last is None or not said:
        return None
    slot = _find_slot(run, last, at == len(earlier) - 1, made)
    if slot is None:
        return None
    more, sent = said != run.text.strip() and comes_on_top(run.text), last.state not in WAITING and not refused
    kept = {"text": last.text, "now": last.now, "drafts": last.drafts, "proposal": _strip_replaced(last.proposal)}
    kept |= {"handles": last.handles, "hold": last.hold}
    titles = join([f"“{each.title}”" for each in last.plan.steps] if last.plan else [], "and")
    why = "" if refused else _STANDS.format(titles) if sent else ON_TOP if more else CORRECTED
    again = run.with_(**kept, must_wait=why, answers=(*last.answers, Answer(slot=slot, text=run.text)))
    thread, outcome = await propose(again, earlier[:at])
    plan = outcome.verdict if isinstance(outcome.verdict, Plan) else None
    if plan is not None and sent and not more and _list_pinned(plan) == _list_pinned(last.plan):
        return None  # said by then: what is done can't be changed
    if plan is None and not isinstance(outcome.verdict, Question):
        return None
    more = more and outcome.answers is not None and outcome.answers[-1].text == said  # and adds to no text
    if not refused:
        outcome = add_reason(outcome, why) if sent or more else let_replace(outcome, last.id)
    return take_outcome(again, outcome, thread), outcome


def _strip_replaced(proposal: Proposal | None) -> Proposal | None:
    """A proposal without the calls that it took the place of, which are withdrawn by then."""
    result = proposal.result if proposal is not None else None
    if proposal is None or not isinstance(result, PlanResult):
        return proposal
    return proposal.model_copy(update={"result": result.model_copy(update={"replaces": ()})})


def _find_slot(run: Run, last: Run, latest: bool, made: Outcome) -> str | None:
    """The slot of words that came to nothing and may say something of the last call anew: of one that is open, or right
    after it. What else they ask or order is no such thing, but a card's text may be ordered anew: "add that …"."""
    if last.state not in _CONTINUED or last.now.date() != run.now.date() or not (latest or last.state == "held"):
        return None
    asks = run.text.rstrip().endswith("?") and not comes_on_top(run.text)
    asks = asks or not _OTHERS.isdisjoint(run.text.casefold().split())  # another than that, which it doesn't name
    lacks = isinstance(made.verdict, Question) and made.verdict.code == "missing"  # all else of it was understood
    unread = isinstance(made.verdict, Abstain | Question | Refusal)
    unread = unread or (last.state == "held" and _is_bare_name(made))
    unread = unread or (isinstance(made.verdict, Reply) and made.verdict.partial)
    if not unread or asks or _ASKS.match(run.text):
        return None
    orders = begins_like_an_order(strip_denial(run.text)[0].strip()) and not _SAYS_ANEW.match(run.text)
    if not (orders or lacks):
        return UNPLACED
    return TOLD if latest and last.state == "held" else None


def _is_bare_name(made: Outcome) -> bool:
    """Whether an answer only says who or what somebody is, whose name is all that was typed."""
    return (
        isinstance(made.verdict, Reply) and made.resolved is not None and isinstance(made.resolved.resolution, Abstain)
    )


def _settle_card(card: Run, text: str, *, unread: bool = False) -> Outcome | None:
    """What bare words do with a card that waits: "no" drops it, "yes" and "wait" are told where to confirm it. None for
    words that say more. ``unread`` words, which came to nothing, also drop it by "never mind"."""
    hesitates = _HESITATES.fullmatch(text) is not None
    if is_no(text.split()[-1] if hesitates else text) or (unread and is_cancellation(text)):  # "actually no"
        return Outcome(Reply(text=DROPPED), withdrawal=Withdrawal((card.id,), "Taken back"))
    return Outcome(Reply(text=_WAITS)) if is_yes(text) or hesitates else None


def _tell_of_thread(run: Run, outcome: Outcome, earlier: Sequence[Run], waiting: Sequence[Run]) -> Reply | None:
    """The answer to a question about the conversation itself. A card that waits goes before records that do, and a call
    of the thread before what its action is like in general."""
    if run.answers or run.given is not None:
        return None
    agrees = is_yes(run.text) and not _find_card(run, earlier)
    about = "what was done" if agrees else read_thread_question(run.text, list_deeds(earlier))
    verdict = outcome.verdict  # a model has no other words for it than those for what its action is like
    unread = isinstance(verdict, Abstain) or (isinstance(verdict, Reply) and verdict.record_kind is None)
    unread = unread or (about == "what waits" and bool(waiting))
    return tell_of_thread(about, earlier, waiting, run.text) if about is not None and unread else None


async def _order_instead(
    run: Run, earlier: Sequence[Run], made: tuple[Thread, Outcome], propose: ProposeRun
) -> tuple[Run, Outcome] | None:
    """The run as an order in place of the card that was shown right before: "no, move it to Friday", or, for the same
    record, "move it to Friday instead". None if its words are no such order."""
    card = earlier[-1] if earlier and earlier[-1].state == "held" and not run.answers and run.given is None else None
    bare, denies = strip_denial(run.text)
    if card is None or bare == run.text or made[1].withdrawal.runs:
        return None
    if not isinstance(made[1].verdict, Plan):
        made = await propose(run.with_(text=bare), earlier)
    thread, outcome = made
    match outcome.verdict:
        case Plan() as plan:
            fits = denies or bool(_list_pinned(plan) & _list_pinned(card.plan))
        case Question(slot=slot):
            fits = denies and slot != "action" and begins_like_an_order(bare)
        case _:
            fits = False
    return (take_outcome(run.with_(hold=CORRECTED), outcome, thread), let_replace(outcome, card.id)) if fits else None


def _list_pinned(plan: Plan | None) -> set[tuple[str, str]]:
    """The records that a plan is for."""
    return {(pin.record_kind, pin.record_id) for step in (plan.steps if plan else ()) for pin in step.pins}


def _find_card(run: Run, earlier: Sequence[Run]) -> Run | None:
    """The card that waits last in the thread, also if only answers came after it."""
    if run.answers or run.given is not None:
        return None
    last = next((each for each in reversed(earlier) if each.state not in _NO_CARD), None)
    return last if last is not None and last.state == "held" else None


def _leaves_card(outcome: Outcome) -> bool:
    """Whether words under a card came to nothing by themselves, so that they may be about the card."""
    verdict = outcome.verdict
    unclear = isinstance(verdict, Question) and verdict.slot == "action"
    return unclear or outcome.hold == ONLY_FIT or isinstance(verdict, Abstain) or _may_answer(outcome)


def _may_answer(outcome: Outcome) -> bool:
    unread = outcome.resolved is not None and isinstance(outcome.resolved.resolution, Abstain)
    return unread or bool(outcome.withdrawal.runs) or is_not_found(outcome.verdict)


def _take_place(run: Run, asked: Run, question: Question) -> Run | None:
    """The run as the one that asked, with its words as the answer. None if they can't be one."""
    try:
        answer = make_answer(question, None, run.text)
    except InvalidInput:
        return None
    drafts = () if question.slot == "action" and answer.text is not None else asked.drafts
    kept = {"proposal": asked.proposal, "handles": asked.handles, "hold": asked.hold, "drafts": drafts}
    return run.with_(text=asked.text, now=asked.now, answers=(*asked.answers, answer), **kept)

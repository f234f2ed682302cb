"""Follow-ups: requests that continue the thread instead of standing alone. "Undo that", "and B-103 as well", "make it
30", "half of that", and "her" if nobody was named.

Calls and records of earlier requests are known by handles only. Code looks up what those mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from agent.extract.answer_words import AROUND
from agent.pipeline import Abstain, EarlierCall, Proposed, Turn
from agent.planning.proposal import (
    Argument,
    Call,
    ComputedArgument,
    Find,
    PlanResult,
    Proposal,
    RecordArgument,
    Words,
)
from agent.planning.quotes import list_words
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.changed_numbers import change_by, is_number, list_free_numbers
from agent.resolve.rules.grammar.earlier_calls import (
    LEAD,
    LEAD_WORDS,
    ON_TOP,
    carry_over,
    comes_on_top,
    drop_places,
    keep_arguments,
    read_beside,
    read_once_more,
    says_more,
    take_back,
)
from agent.resolve.rules.grammar.fewer_calls import narrow_calls, read_fewer
from agent.resolve.rules.grammar.orders.action_words import read_action_words
from agent.resolve.rules.grammar.orders.chooser import Chooser
from agent.resolve.rules.grammar.orders.interpretation import Interpretation, Stretch
from agent.resolve.rules.grammar.orders.interpreter import Interpreter
from agent.resolve.rules.grammar.orders.text_parameters import takes_text
from agent.resolve.rules.grammar.reader import Reader
from agent.validate.questions import join
from language.text import singularize, with_article, word_set
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

MOST_TOKENS: Final = 16
"""Tokens of the longest follow-up; what is longer says a request of its own."""
DONE: Final = (
    "“{}” was sent already, so it can't be changed any more. {}what should come on top of it (“and … more”). "
    "Nothing was done now."
)
MOST_STRANGE: Final = 2
"""Small words that nothing explains in a correction, which always waits on a card."""
_IS: Final = rf"{LEAD}(?:it|that|this)(?:['’]s|\s+(?:is|was|shall|should|must|ought))\b"
_CHANGES: Final = re.compile(
    rf"{LEAD}(?:make|let|set|change|put|turn)\s+(?:it|that|this)\b|{LEAD}(?:i\s+mean(?:t)?\b|rather\b)|{_IS}",
    re.IGNORECASE,
)
"""What says a call anew instead of asking for one more."""
_RENAMES: Final = re.compile(rf"{LEAD}(?:make|let|change)\s+(?:it|that|this)\b|{_IS}", re.IGNORECASE)
"""… and may name another record for it."""
_DOES_IT: Final = re.compile(r"(?<!\bdo\s)\b(?:it|that|this)\b(?!\s+one\b)", re.IGNORECASE)
_ANEW: Final = word_set("wrong no nope meant mean sorry wait actually instead rather not other oops")
"""Words by which what was said before is said anew."""
_UNTIL: Final = word_set("until till to through thru")
_FROM: Final = word_set("from starting since")
_AROUND: Final = AROUND | {"also", "too", "same", "again", "plus"}
_FOR_WHOM: Final = word_set("more for to on top please too as well him her them it that this")
"""What may stand behind an amount that comes on top."""


def follow_up(reader: Reader, typed: str, shortlist: Shortlist, thread: Sequence[Turn]) -> Proposed | Abstain | None:
    """The continuation of the thread's last calls, or why there is none. None if the request stands alone. ``typed``
    are its words as typed."""
    made = _continue(reader, typed, shortlist, thread)
    if not isinstance(made, Proposal):
        return made
    # What is done once more is completed from the thread, so a person sees it first.
    return Proposed(proposal=made, repeats=isinstance(made.result, PlanResult) and not made.result.replaces)


def _continue(
    reader: Reader, typed: str, shortlist: Shortlist, thread: Sequence[Turn]
) -> Proposed | Proposal | Abstain | None:
    last_turns = [turn for turn in thread if not turn.idle][-2:]
    turn = next((turn for turn in reversed(last_turns) if turn.calls), None)
    calls = turn.calls if turn is not None else ()
    if not reader.tokens:
        return None
    chooser = Chooser(reader, shortlist)
    if (back := take_back(reader, typed, thread, chooser)) is not None:
        return back
    if turn is None or len(reader.tokens) > MOST_TOKENS or reader.tokens[-1].text == "?":
        return None
    last = calls[-1]
    offer = shortlist.get(last.action)
    if offer is None or any(call.action != last.action for call in calls):
        return None
    if len(calls) == 1 and (changed := change_by(reader, typed, offer, last)) is not None:
        return changed
    some = read_fewer(reader, typed, offer, calls, chooser) or narrow_calls(reader, offer, turn)
    if some is not None and not all(call.can_change for call in calls):
        return Abstain(reason="nothing_fits", detail=_explain_done(offer))
    some = some or read_beside(reader, offer, calls)
    if (some := some or read_once_more(typed, offer, calls)) is not None:
        return some
    ordered = chooser.orders(0, len(reader.tokens))
    if ordered and not (len(calls) == 1 and last.can_change and _is_ordered_anew(reader, chooser, offer)):
        return None
    if any(each.of or each.like for each in offer.annotations.values()):
        return None
    latest = next((turn for turn in reversed(thread) if turn.calls or turn.records), None)
    # It isn't decided here whom "her" means after another person was mentioned.
    if latest is not None and latest.calls == calls and (more := _more_of_it(reader, offer, calls)) is not None:
        return more
    made = _say_anew(reader, typed, offer, shortlist, calls, ordered=ordered)
    numbered = _read_numbers(
        reader, offer, calls, lambda: _say_anew(reader, typed, offer, shortlist, calls, ordered=ordered)
    )
    if numbered is None or isinstance(made, Abstain):
        return made
    if made is None or _CHANGES.match(reader.text.plain):
        return numbered
    return Proposed(proposal=made, otherwise=(numbered,)) if made != numbered else made


def _say_anew(
    reader: Reader, typed: str, offer: Offer, shortlist: Shortlist, calls: Sequence[EarlierCall], *, ordered: bool
) -> Proposal | Abstain | None:
    """The last call with what the words say anew of it."""
    read = read_values(reader, offer, shortlist)
    if read is None or (ordered and _list_named(reader, read.calls[0])):
        return None
    made = _continued(reader, offer, calls, read)
    lead = LEAD_WORDS.match(typed)
    if lead is None or not isinstance(made, Proposal):
        return made
    return made.model_copy(update={"replaced": (Words(text=lead[0].rstrip(), start=0),)})


def _read_numbers(
    reader: Reader, offer: Offer, calls: Sequence[EarlierCall], read: Callable[[], Proposal | Abstain | None]
) -> Proposal | None:
    """The same words with each bare number as the one number of the last call, and as no record's: "make it 30". What
    comes on top ("and 30") is none."""
    numbers = reader.list_bare_numbers()
    if not numbers or comes_on_top(reader.text.plain) or not calls[-1].can_change or len(list_free_numbers(offer)) != 1:
        return None
    reader.counting = {*numbers}
    made = read()
    reader.counting = set()
    corrects = isinstance(made, Proposal) and isinstance(made.result, PlanResult) and made.result.replaces
    return made if isinstance(made, Proposal) and corrects else None


def _is_ordered_anew(reader: Reader, chooser: Chooser, offer: Offer) -> bool:
    """Whether the words order the same action, and not one more of it."""
    if comes_on_top(reader.text.plain):
        return False
    best = chooser.choose(Stretch(0, len(reader.tokens), ordered=True)).best
    return best is not None and best.offer.name == offer.name


def _list_named(reader: Reader, found: Mapping[str, Argument]) -> list[str]:
    """The parameters with a record that the words name anew."""
    return [
        name
        for name, argument in found.items()
        if isinstance(argument, RecordArgument) and argument.reference not in reader.remembered
    ]


def read_values(reader: Reader, offer: Offer, shortlist: Shortlist) -> Interpretation | None:
    """Values for the same action's parameters, if the words say nothing else."""
    place = Stretch(0, len(reader.tokens))
    read = Interpreter(reader, offer, read_action_words(offer, shortlist), place).read()
    if not read.calls or not read.calls[0] or read.doubtful or read.unexplained:
        return None
    several = read.calls[1:]
    if any(not isinstance(each, RecordArgument) for call in several for each in call.values()):
        return None
    return read


def _more_of_it(reader: Reader, offer: Offer, calls: Sequence[EarlierCall]) -> Proposal | None:
    """Repeats a call with another amount for the same record: "and 80 more for her". It comes on top of the earlier
    call, whether that is done or waits."""
    at, stop, last = 0, len(reader.tokens), calls[-1]
    while reader.low(at) in ON_TOP:
        at += 1
    amount = reader.amount(at)
    if amount is None or len(calls) > 1 or len(last.records) != 1 or reader.corrections:
        return None
    names = [name for name in last.said if name in offer.properties and is_number(offer.properties[name])]
    if len(names) != 1:
        return None
    unit = offer.annotation(names[0]).unit
    rest = [reader.low(step) for step in range(amount[1], stop) if not reader.is_mark(step)]
    rest = [low for low in rest if unit is None or singularize(low) != singularize(unit.value)]
    more = bool({"another", "more"} & set(reader.lows(0, at))) or "more" in rest
    if not more or not set(rest) <= _FOR_WHOM or any(word in lexicon.PLURALS for word in rest):
        return None
    before = keep_arguments(offer, last, {})
    paid_in = offer.annotation(names[0]).currency_from
    if getattr(amount[0], "unit", None) is not None and paid_in is not None:
        before.pop(paid_in, None)
    arguments: dict[str, Argument] = {**before, names[0]: ComputedArgument(expression=amount[0])}
    return Proposal(result=PlanResult(calls=(Call(action=offer.name, arguments=arguments),)))


def _other_kind(reader: Reader, offer: Offer, named: Sequence[str], found: Mapping[str, Argument]) -> Abstain | None:
    """Refuses a follow-up with the wrong kind of record: "the same for ticket 5519" after something done for
    customers."""
    for name in named:
        argument, wanted = found[name], reader.kinds.get(offer.annotation(name).record or "")
        find = argument.reference if isinstance(argument, RecordArgument) else None
        if not isinstance(find, Find) or wanted is None or find.record == wanted.name:
            continue
        kind = reader.kinds[find.record]
        if not reader.leads(wanted, kind):
            text = f"I can't do the same for {_a(kind)}: “{offer.title or offer.name}” is for {_a(wanted)}."
            return Abstain(reason="nothing_fits", detail=f"{text} Nothing was done.")
    return None


def _a(kind: RecordKind) -> str:
    noun = kind.nouns[0] if kind.nouns else kind.name.replace("_", " ")
    return with_article(noun)


def _continued(
    reader: Reader, offer: Offer, calls: Sequence[EarlierCall], read: Interpretation
) -> Proposal | Abstain | None:
    last = calls[-1]
    found = _tell_apart(reader, offer, read.calls[0])
    if isinstance(found, Abstain):
        return found
    said = [reader.low(at) for at in range(len(reader.tokens))]
    strange = [at for at in read.strange if reader.low(at) not in _AROUND]
    telling = any(
        (reader.tokens[at].capital and not reader.starts(at)) or not reader.low(at).isalpha() for at in strange
    )
    named = _list_named(reader, found)
    arguments: dict[str, Argument] = {**keep_arguments(offer, last, found), **found}
    call = Call(action=offer.name, arguments=arguments)
    anew, more = not _ANEW.isdisjoint(said) or bool(reader.corrections), says_more(said)
    if named:
        if _DOES_IT.search(reader.text.plain) and not _RENAMES.match(reader.text.plain):
            return None  # "and let Ada have it", "move it to Ada's room" say what happens to it, and don't name another
        if strange or not (anew or more or reader.low(0) == "and"):
            return None
        if last.computed and not all(name in found for name in last.computed):
            return None  # a part of the one is another amount of the other
        replaces = (last.handle,) if anew and not more else ()
        if replaces and len(calls) > 1:
            return None
        if replaces and not last.can_change:
            return Abstain(reason="nothing_fits", detail=_explain_done(offer))
        told = any(reader.noun(at) is not None for at in range(len(reader.tokens)))
        made = tuple(
            Call(action=offer.name, arguments={**arguments, **(each if told else _carried(last, each))})
            for each in read.calls
        )
        return _other_kind(reader, offer, named, found) or Proposal(result=PlanResult(calls=made, replaces=replaces))
    if len(read.calls) > 1:
        return None
    values = [name for name in found if not isinstance(found[name], RecordArgument)]
    # Of one that has a form, as an address has, not any words are a value.
    if all(takes_text(name, offer.properties[name], offer.annotation(name)) for name in values):
        return None  # any words could be a reason
    if not values or len(calls) > 1 or telling or len(strange) > MOST_STRANGE:
        return None
    if not last.can_change and any(offer.annotation(name).replaces is None for name in values):
        # Done already: it would add to that.
        changes = anew or _CHANGES.match(reader.text.plain) is not None
        return Abstain(reason="nothing_fits", detail=_explain_done(offer)) if changes else None
    return Proposal(result=PlanResult(calls=(call,), replaces=(last.handle,)))


def _explain_done(offer: Offer) -> str:
    """Why a call can't be changed any more, and what can be said instead: taking it back only where that may be."""
    undone = offer.undo is not None or any(each.replaces is not None for each in offer.annotations.values())
    return DONE.format(offer.title or offer.name, "Say “undo that” to take it back, or " if undone else "Say ")


def _tell_apart(reader: Reader, offer: Offer, found: Mapping[str, Argument]) -> Mapping[str, Argument] | Abstain:
    """The values without those that the same words give twice: "until Friday" is the later of two days. Asks which is
    meant where nothing tells."""
    by_words: dict[tuple[Words, ...], list[str]] = {}
    for name in (name for name in offer.properties if name in found and not isinstance(found[name], RecordArgument)):
        by_words.setdefault(tuple(list_words(found[name])), []).append(name)
    left_out: set[str] = set()
    for words, names in by_words.items():
        if len(names) < 2 or not words or words[0].start is None:
            continue
        first = next((at for at, token in enumerate(reader.tokens) if token.text == words[0].text.split()[0]), 0)
        about = {reader.low(first - 1), reader.low(first)}
        if not about & (_UNTIL | _FROM):
            labels = join([offer.annotation(name).label or name.replace("_", " ") for name in names], "or")
            detail = f"“{words[0].text}” may be {labels} here. Say which; nothing was changed."
            return Abstain(reason="nothing_fits", detail=detail)
        left_out.update(names[:-1] if about & _UNTIL else names[1:])
    return {name: each for name, each in found.items() if name not in left_out}


def _carried(last: EarlierCall, found: Mapping[str, Argument]) -> dict[str, Argument]:
    """The named records, each described like the earlier call's."""
    made = dict(found)
    for name, argument in found.items():
        before = last.found.get(name)
        if isinstance(argument, RecordArgument) and isinstance(argument.reference, Find) and before is not None:
            carried = carry_over(drop_places(before), argument.reference)
            made[name] = RecordArgument(reference=carried)
    return made

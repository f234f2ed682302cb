"""Dated verbs: which date or state of a record kind a verb is about ("signed up", "ran out", "refunded", "owed")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.planning.proposal import AnyOf, Condition, Find, StateIs
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from language.stems import is_past, stem
from language.text import singularize, word_set
from language.wordnet import find_similar_stems
from registry.records import Field, RecordKind

DATES: Final = ("datetime", "date")
_SAME: Final = 0.5
"""How often two verbs mean the same, so that one is read as the other."""
_SOMETIMES: Final = 0.2
_FEWEST: Final = 3  # letters
LAST: Final = frozenset(("before", "until", "by", "expires", "expiry", "expiration"))
TAKES_PLACE: Final = frozenset(("day", "date", "when", "start", "starts", "begin", "begins", "held", "takes"))
"""What the day is called on which a record takes place."""
_IS_THERE: Final = frozenset(("is", "are", "who's"))
"""What stands before the day on which somebody is there: "(who) is in today"."""
TO_COME: Final = frozenset(("due", "scheduled", "planned"))
"""What is said of the day in whose line a kind's records stand, where none is called so."""
_NO_PLAN: Final = frozenset(("since", "status", "born"))
"""What dates are called that lie behind, besides participles."""
# What happens on the last day on which something is valid.
_ENDING: Final = frozenset(map(stem, ("end", "expire", "lapse", "finish")))
_STAY: Final = find_base_form(stem("stay"))
_LEAVING: Final = frozenset(find_base_form(stem(word)) for word in ("leave", "depart"))
_RETURNING: Final = frozenset(find_base_form(stem(word)) for word in ("back", "return"))
_BEGINNING: Final = frozenset(map(stem, ("start", "begin")))
OWING: Final = ("unpaid", "outstanding", "owed", "owing", "due", "open")  # the last two say so only beside "paid"
_NOT_OWED: Final = frozenset(("draft", "off", "uncollectible", "credited"))  # "off": written off
_NO_STAGE: Final = word_set(
    "refunded void voided cancelled canceled credited overdue late uncollectible disputed reversed failed off part "
    "partly partially"
)
"""What a record may be instead of paid, or again, and is no stage behind it."""
_LATE: Final = frozenset(("overdue", "late", "due"))
_LEFT: Final = frozenset(("owed", "owing", "outstanding", "unpaid", "due", "left", "remaining", "rest", "balance"))
LEFT_STEMS: Final = frozenset(map(stem, _LEFT))
"""Stems of the words for what is left to pay."""
# Phrasal verbs that say what happens to a thing.
_PHRASAL: Final = {
    **{(form, "out"): "end" for form in ("run", "runs", "ran", "running")},
    **{(form, "out"): "sent" for form in ("go", "goes", "went", "gone", "going")},
    **{(form, "home"): "leave" for form in ("go", "goes", "went", "gone", "going")},
    **{(form, "off"): "sent" for form in ("go", "goes", "went", "gone", "going")},
    **{(form, "due"): "due" for form in ("fall", "falls", "fell", "fallen", "falling")},
}


def join_verb(word: str, after: str) -> str:
    """A verb joined with the word after it."""
    return _PHRASAL.get((word, after), word)


def find_phrasal_state(kind: RecordKind, word: str, after: str, *, denied: bool) -> str | None:
    """The state that a verb of two words tells: "gone out" for sent. If it is ``denied``, also one that only a field
    holds: what isn't sent is none of what comes after it."""
    said = join_verb(word, after)
    known = said != word and (said in kind.states or (denied and any(said in each.values for each in kind.fields)))
    return said if known else None


def find_owing_state(kind: RecordKind) -> str | None:
    """The state of a kind's records that are still to be paid. None if they are no sums of money."""
    size, held = kind.field_named(kind.size or ""), [each for each in OWING if each in kind.states]
    held = [each for each in held if each not in ("due", "open") or "paid" in kind.states]
    return held[0] if held and size is not None and size.type == "money_minor" else None


def find_owing(kind: RecordKind) -> Condition | None:
    """What holds of the records that are still to be paid: their state and, where that is one stage of theirs, every
    other stage that isn't over: what is overdue is owed as well as what is open."""
    state = find_owing_state(kind)
    if state is None:
        return None
    held = [(name, [*values]) for name, values in kind.states[state].items()]
    field = kind.field_named(held[0][0]) if len(held) == 1 and held[0][1] == [state] else None
    over = lexicon.FINISHED | _NOT_OWED
    others = [each for each in field.values if each != state and over.isdisjoint(each.split("_"))] if field else []
    if field is not None and "paid" in field.values:  # what comes after it is no payment: shipped
        before = field.values[: field.values.index("paid")]
        others = [each for each in others if each in before or not _LATE.isdisjoint(each.split("_"))]
    if not others:
        return StateIs(state=state)
    return AnyOf(conditions=tuple(StateIs(state=each) for each in (state, *others)))


def include_late(stages: Field, value: str) -> Condition:
    """What holds of records at a stage: what is late is still out, where that is the next one."""
    after = stages.values[stages.values.index(value) + 1 :][:1]
    late = [StateIs(state=each) for each in after if stages.name in lexicon.STATE_FIELDS and each in _LATE]
    return AnyOf(conditions=(StateIs(state=value), *late)) if late else StateIs(state=value)


def goes_on(kind: RecordKind) -> bool:
    """Whether more comes of a record that is paid than its money going back: what is shipped was paid as well."""
    stages = (each.values for each in kind.fields if "paid" in each.values)
    after = (each.split("_") for values in stages for each in values[values.index("paid") + 1 :])
    return any(_NO_STAGE.isdisjoint(words) for words in after)


def find_said_owing(low: str, kind: RecordKind) -> Condition | None:
    """What a word says of records that are still to be paid. An open order may be paid."""
    told = low in OWING and low != "due" and not (low == "open" and goes_on(kind))
    return find_owing(kind) if told else None


def find_left(kind: RecordKind) -> str | None:
    """The field of what is left to pay of a kind's records, beside their size."""
    left = find_rest(kind)
    return left if find_owing_state(kind) is not None and kind.size != left else None


def find_rest(kind: RecordKind) -> str | None:
    """The one sum of a kind's records that is called what is left, to pay or to spend."""
    left = [each.name for each in kind.fields if each.type == "money_minor" and not _LEFT.isdisjoint(_labels(each))]
    return left[0] if len(left) == 1 else None


def find_sum(kind: RecordKind, find: Find) -> str | None:
    """The field that the sum of these records is over: what is left to pay of those that are still to be paid, where
    the kind holds that beside the size. Else the size."""
    owing, left = find_owing_state(kind), find_left(kind)
    if owing is None or left is None:
        return kind.size
    unpaid = {(name, one) for name, values in kind.states[owing].items() for one in values}
    said = [one for each in find.where for one in (each.conditions if isinstance(each, AnyOf) else (each,))]
    told = [each.state for each in said if isinstance(each, StateIs) and not each.negated]
    held = [{(name, one) for name, values in kind.states.get(each, {}).items() for one in values} for each in told]
    return left if owing in told or any(each and each <= unpaid for each in held) else kind.size


def find_sum_of_deed(kind: RecordKind, noun: str) -> str | None:
    """What came of a deed, where the kind holds it beside its size: "Refunded so far" for refunds."""
    sums = [each for each in kind.fields if each.type == "money_minor" and stem(_labels(each)[0]) == stem(noun)]
    return sums[0].name if len(sums) == 1 else None


def find_day_of_deed(kind: RecordKind, word: str, *, alike: bool) -> Field | None:
    """The kind's date that a word is about: "cancelled", "due", "overdue". ``alike`` also accepts a synonym, unless
    that is about another date."""
    days = [each for each in kind.fields if each.type in DATES]
    if word == "next":
        return None  # a position, and nothing that is done
    for each in days if len(word) >= _FEWEST else ():
        for label in _labels(each):
            if stem(label) == stem(word) or (len(label) >= _FEWEST and label in word and word.startswith("over")):
                return each
    said = find_base_form(stem(word))
    noun = [each for each in days if any(stem(label) in _list_nouns(said) for label in _labels(each))]
    if len(noun) == 1:
        return noun[0]  # "delivered", where that is the "delivery day"
    if alike and word in TO_COME and (ahead := find_line_ahead(kind)) is not None:
        return ahead
    if alike and (ended := _find_end_of_state(kind, days, said)) is not None:
        return ended
    if alike and said in _BEGINNING and len(days) > 1 and (line := find_line_ahead(kind)) is not None:
        return None if _labels(line)[0] in TO_COME or ends_then(line) else line  # a stay starts when they arrive
    if alike and said in _ENDING and len(last := [each for each in days if ends_then(each)]) == 1:
        return last[0]
    near = [each for each in days if alike and any(_is_same(said, verb) for verb in _verbs(each))]
    return near[0] if len(near) == 1 else None


def _find_end_of_state(kind: RecordKind, days: Sequence[Field], verb: str) -> Field | None:
    """The day until which something is so, by a verb for what happens then: who stays "leaves", who is paused is
    "back"."""
    until = [(each, _verbs(each)[0], _labels(each)[0]) for each in days if not lexicon.UNTIL.isdisjoint(_labels(each))]
    stays = {_STAY, *find_similar_stems(_STAY, verb=True)}
    found = [each for each, said, _ in until if verb in _LEAVING and said in stays]
    found += [each for each, _, state in until if verb in _RETURNING and state in kind.states]
    return found[0] if len(found) == 1 else None


def find_day_of_noun(kind: RecordKind, noun: str) -> Field | None:
    """The date of the deed that a noun is of: "payment" and "Paid"."""
    noun = singularize(noun)
    days = [
        each
        for each in kind.fields
        if each.type in DATES
        and (
            any(_is_deed_of(noun, verb) for verb in _verbs(each))
            or (noun in _labels(each) and noun not in (kind.name, kind.title.lower()))
        )
    ]
    return days[0] if len(days) == 1 else None


def _is_deed_of(noun: str, verb: str) -> bool:
    """Whether a noun is the deed of a verb, or of one that means the same: "payment" to pay, "departure" to leave."""
    roots = [noun.removesuffix(end) for end in ("ment", "ing", "al", "ure") if noun.endswith(end)]
    return any(verb == root or find_similar_stems(root, verb=True).get(verb, 0.0) >= _SOMETIMES for root in roots)


def _list_nouns(verb: str) -> tuple[str, ...]:
    """The stems of the nouns that a verb's stem makes: "delivery", "expiry", "departure", "payment"."""
    return tuple(f"{verb}{end}" for end in ("eri", "i", "ur", "ment")) if len(verb) >= _FEWEST else ()


def find_line_ahead(kind: RecordKind) -> Field | None:
    """The day on which a kind's records are still to come: their main one, or if that lies behind ("ordered") the only
    other that may lie ahead ("delivery day"), and is no last one."""
    line = kind.field_named(kind.order or "")
    if line is None or line.type not in DATES or may_lie_ahead(line):
        return line if line is not None and line.type in DATES else None
    days = [each for each in kind.fields if each.type in DATES and may_lie_ahead(each) and not ends_then(each)]
    return days[0] if len(days) == 1 else None


def takes_place(kind: RecordKind, word: str) -> bool:
    """Whether a kind's main day is one on which its records take place, or the next on which they do what the word
    before it says: "open" on their "day", "working" on their "next shift"."""
    line = kind.field_named(kind.order or "")
    first = _labels(line)[0] if line is not None and line.type in DATES else ""
    return first in TAKES_PLACE or (first == "next" and (word.endswith("ing") or word in _IS_THERE))


def find_line_of_arrival(kind: RecordKind, word: str) -> Field | None:
    """A kind's main date, for a word of arriving. None if it may lie ahead of the making of records: "issued" tells no
    expiry."""
    line = kind.field_named(kind.order or "")
    return None if line is not None and word in lexicon.CREATED and may_lie_ahead(line) else line


def may_lie_ahead(each: Field) -> bool:
    """Whether a date is of something planned: "due", "delivery day", but not "ordered"."""
    first = _labels(each)[0]
    return first in TO_COME or not (is_past(first) or first in _NO_PLAN)


def ends_then(each: Field) -> bool:
    """Whether a date is the last one on which a thing is valid: "best before", "valid until", "expires"."""
    return not LAST.isdisjoint(_labels(each))


def is_ending(verb: str) -> bool:
    """Whether a verb tells that something is no longer valid: "expires", "runs out"."""
    return find_base_form(stem(verb)) in _ENDING


def _is_same(one: str, other: str) -> bool:
    """Whether two verbs usually mean the same. To refund is to pay, but to pay is rarely to refund."""
    ways = find_similar_stems(one, verb=True).get(other, 0.0), find_similar_stems(other, verb=True).get(one, 0.0)
    return one == other or (max(ways) >= _SAME and min(ways) >= _SOMETIMES)


def find_day_of_state(kind: RecordKind, state: str) -> Field | None:
    """The date since which a record has been in a state: that of the one field that says so ("status since")."""
    held = set(kind.states.get(state, {})) or {each.name for each in kind.fields if state in each.values}
    field = kind.field_named(next(iter(held))) if len(held) == 1 else None
    if field is None:
        return None
    called = {f"{(field.label or field.name).lower()} since", f"{field.name} since"}
    days = [each for each in kind.fields if each.type in DATES]
    return next((each for each in days if each.name == f"{field.name}_at" or each.label.lower() in called), None)


def _labels(each: Field) -> list[str]:
    return (each.label or each.name.replace("_", " ")).lower().split()


def _verbs(each: Field) -> list[str]:
    return [find_base_form(stem(label)) for label in _labels(each)]


def read_telling_noun(
    kinds: Sequence[RecordKind], low: str, before: str
) -> tuple[RecordKind, StateIs | None, str | None] | None:
    """The one kind whose state or date a noun says: "drivers", "pledges" of what is pledged, "visits", "(whose) leases"
    if a lease ends on a date."""
    plural = singularize(low) != low
    states = [
        (kind, StateIs(state=state), None)
        for kind in kinds
        for state in kind.states
        if not (before in (kind.name, *kind.nouns) and _is_verb_of_day(kind, low))  # "(whose) pass expires"
        if (state.endswith("s") and singularize(state) in (low, singularize(low)))
        or (plural and is_past(state) and stem(state) == stem(low))
    ]
    days = [
        (kind, None, each.name)
        for kind in kinds
        for each in kind.fields
        if each.type in DATES
        and (plural or before in ("whose", "next", "last", "first"))
        and len(_labels(each)) > 1
        and (_labels(each)[0] == singularize(low) or (before != "whose" and find_day_of_noun(kind, low) == each))
    ]
    found = states or days
    return found[0] if len({kind.name for kind, _, _ in found}) == 1 else None


def _is_verb_of_day(kind: RecordKind, word: str) -> bool:
    return any(word in _labels(each) for each in kind.fields if each.type in DATES)


def does(label: str, verb: str) -> bool:
    """Whether a label names the doer of a verb, whose e may be cut off: "driver" of "driv"."""
    ends = ("", "r", "er", "or", f"{verb[-1:]}er", "e", "or")
    return len(verb) > 2 and label.lower() in {verb + end for end in ends}

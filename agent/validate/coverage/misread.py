"""Misread values: words that the proposal used, but for something other than what they say."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Final

from agent.extract.spans.money import agrees, find_currencies, find_currency
from agent.extract.time import dates, durations
from agent.extract.time.day_pairs import find_eves
from agent.planning.proposal import (
    ArgumentOf,
    Call,
    Computed,
    ComputedArgument,
    Except,
    Find,
    Number,
    PlanResult,
    QuotedText,
    TypedValue,
)
from agent.planning.quotes import walk
from agent.query.arithmetic import find_unit
from agent.resolve.rules.grammar.dated_verbs import LEFT_STEMS
from agent.resolve.rules.grammar.phrases.amounts import MONEY
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.accounted_words import plain_word
from agent.validate.coverage.descriptions import is_said_in
from agent.validate.coverage.misread_amounts import find_one_time, find_other_purposes, find_running_totals, is_added
from agent.validate.coverage.misread_texts import (
    find_beside_texts,
    find_told_to_others,
    find_unset_members,
    is_exact,
    list_named,
    tell_value,
)
from agent.validate.coverage.order import Order
from agent.validate.coverage.weighty_patterns import Place, find_closing, search_before
from language import numerals
from language.number_words import CARDINALS
from language.stems import EMPTY, split_runs, stem, stem_text
from language.text import read_text, word_set
from language.wordnet import is_word
from registry.contract import Unit

# Only introduces an amount: "it came to 85".
_UP_TO: Final = re.compile(r"(?:^|\s)to\s(?:\s*an?\s+total\s+of\s+)?.{0,3}$", re.IGNORECASE)
_AMOUNTS: Final = re.compile(r"(?<!\w)(?:c[ao]mes?|amount(?:s|ed)?|add(?:s|ed)?\s+up)\s+to\s+$", re.IGNORECASE)
_FIGURE: Final = re.compile(r"\d[\d.,]*")
# Around a number that is a part of one before: "50 of it", "of which 50".
_OF_IT: Final = re.compile(
    r"(?<!\w)(?:of\s+(?:it|that|this|them|those|these|which)|includ(?:ing|es?)),?\s+$", re.IGNORECASE
)
_SHARE: Final = re.compile(
    r"\s*(?:[€$£¥%]|[^\W\d_]+)?\s*\bof\s+(?:it|that|this|them|those|these|which)\b", re.IGNORECASE
)
_MORE_BEFORE: Final = re.compile(
    r"(?<!\w)(?:another|extra|additional|further|add|remove|deduct|subtract)\s+(?:[€$£¥]\s?)?$", re.IGNORECASE
)
_MORE_BEHIND: Final = re.compile(
    r"\s+(?:[^\W\d_]+\s+)?(?:more|extra|fewer|less|additional|on\s+top)(?!\w)(?!\s+than)", re.I
)
_RANGE: Final = re.compile(r"(?<!\bfrom )(?<![\w.,-])\d+\s+(?:to|or)\s+\d", re.IGNORECASE)
_FROM_TO: Final = re.compile(r"\s+(?:up\s+)?(?:to|through|till|until)\s+(?:(?:and|incl\w*)\s+)?#?", re.IGNORECASE)
_SOME_OF: Final = re.compile(
    rf"(?<!\w)(?:{'|'.join(CARDINALS)})\s+of\s+(?:the|these|those|his|her|their)\s+(?:[\w'’]+\s+)?$", re.IGNORECASE
)
_REST: Final = re.compile(
    r"(?<!\w)(?:other|remaining|second|last|final|outstanding)\s+(?:half|third|quarter|fifth|sixth|tenth)(?!\w)", re.I
)
_TELLS: Final = re.compile(
    r"[,;.!\n–-]\s*(?:and\s+)?(?P<told>(?:he|she|it|they)(?:\s+will|['’]ll)?\s+(?P<verb>[^\W\d_]+)\s+\w[^,;.!?\n]*)",
    re.I,
)
# A clause of its own that begins with a number: "…, 20 (are still) missing".
_OPENS: Final = re.compile(r"(?:^|[,;.!?\n(–-])\s*(?:(?:and|but)\s+)?[€$£¥]?$", re.IGNORECASE)
_STATES: Final = re.compile(
    r"\s*(?:[€$£¥]\s*|[^\W\d_]+\s+)?(?:is|are|was|were|remains?)\s+(?P<still>still\s+)?(?P<told>[^\W\d_]+)",
    re.IGNORECASE,
)
_BOUND: Final = r"before|towards|shortly\s+after|early"
_TO_DAY: Final = r"\s+(?:(?:in|on|of|during|within)\s+)?(?:the\s+)?$"
_BOUNDS: Final = re.compile(rf"(?<!\w)(?P<rough>{_BOUND}){_TO_DAY}", re.IGNORECASE)
_PART_OF: Final = re.compile(
    rf"(?<!\w)(?P<rough>{_BOUND}|mid(?:dle)?|(?:\w+\s+)?(?:day|night|morning|afternoon|evening|time|point)s?){_TO_DAY}",
    re.IGNORECASE,
)
_CODE_LETTERS: Final = 3
_OTHER_SENSES: Final = word_set("pound pounds buck bucks sterling real rand won dong crown crowns mark marks")
"""Names of currencies that alone may mean something else."""


def find_misread(order: Order) -> set[Place]:
    """Finds used words that a proposal takes for something else than they mean.

    Each finder below looks for one kind: a number for the wrong record, a length or rate taken as a reason, a final
    value taken as an addition or the other way round, a factor or rough figure taken as an exact amount, a currency
    that no amount is in.
    """
    found = (
        _of_others,
        find_beside_texts,
        find_told_to_others,
        find_unset_members,
        _ends_up,
        find_running_totals,
        _is_change,
        find_one_time,
        find_other_purposes,
        _of_name,
        _of_earlier,
        _find_other_figures,
        _find_rough,
        _find_other_currencies,
        _find_left_out,
        _find_split_names,
        _find_other_codes,
        _find_rests,
        _find_counted_out,
        _find_told_values,
        _find_stated,
    )
    return {place for each in found for place in each(order)}


def _of_others(order: Order) -> Iterator[Place]:
    """Numbers that belong to another call's record, after the call's own: "A and half of B", where A would be halved
    too. A number before all records applies to each."""
    calls = order.calls
    records = [order.find([each for each in walk(call) if isinstance(each, Find)]) for call in calls]
    for at, call in enumerate(calls):
        elsewhere = {each for other in records for each in other} - {*records[at]}
        for start, end in order.find([each for each in walk(call) if isinstance(each, Number)]):
            of = patterns.OF.match(order.text, end)
            behind = any(first < start for first, _ in records[at])
            if of is not None and behind and any(of.end() == first for first, _ in elsewhere):
                yield start, end


def _ends_up(order: Order) -> Iterator[Place]:
    """A final value taken as an addition or subtraction: "extend it to 10 days". What sets a value may be told so."""
    for contract, name, argument in order.arguments:
        if contract.annotation(name).unit is not None and is_added(contract, name, argument):
            places = order.find(argument)
            said = (each for each in places if _UP_TO.search(order.text[max(0, each[0] - 16) : each[0] + 3]))
            yield from (each for each in said if not search_before(_AMOUNTS, order.text, each[0]))


def _of_name(order: Order) -> Iterator[Place]:
    """A number that belongs to the name of a record behind it: 27 of "27 Mill Road"."""
    told = "\n".join(each for texts in order.by_step for each in texts).casefold()
    values = [each for _, _, each in order.arguments if isinstance(each, TypedValue | ComputedArgument)]
    for start, end in order.find(values):
        said, rest = order.text[start:end], next((plain_word(word) for word, _, _ in split_runs(order.text[end:])), "")
        if said.isdigit() and rest not in EMPTY | {""} and is_said_in(f"{said} {rest}", told):
            yield start, end


def _is_change(order: Order) -> Iterator[Place]:
    """A change taken as the final value: "another 6 chairs", where the action says how many there are altogether."""
    for contract, name, argument in order.arguments:
        bare = isinstance(argument, ComputedArgument) and isinstance(argument.expression, Number)
        if contract.annotation(name).replaces is None or not (bare or isinstance(argument, TypedValue)):
            continue
        for start, end in order.find(argument):
            figure = _FIGURE.search(order.text, start, end)
            at, last = figure.span() if figure is not None else (start, end)
            if search_before(_MORE_BEFORE, order.text, at) or _MORE_BEHIND.match(order.text, last):
                yield start, end


def _find_other_figures(order: Order) -> Iterator[Place]:
    """Numbers beside "x" ("3x") or at an end of a range ("2 to 3 weeks") that became an amount or a length."""
    text = order.text
    for contract, name, argument in order.arguments:
        unit = contract.annotation(name).unit
        if unit is None or not isinstance(argument, ComputedArgument) or not isinstance(argument.expression, Number):
            continue
        for start, end in order.find(argument):
            times = (
                patterns.FACTOR.search(text, start, end)
                or patterns.FACTOR.match(text, end)
                or patterns.search_before(patterns.FACTOR_BEFORE, text, start)
            )
            if (times and not _counts(order, unit, times)) or _RANGE.search(text, start, end):
                yield start, end


def _find_rough(order: Order) -> Iterator[Place]:
    """Words beside a number, a length or a day that make it approximate or bound it ("about a week", "Monday or so",
    "before Friday"), and words that take only a part of a week or month ("early next week")."""
    exact = [each for each in order.arguments if is_exact(each[2])]
    if not exact:
        return
    text, read = order.text, read_text(order.text)
    days = dates.find(read, order.request.now.date())
    said = [(each.start, each.end, _PART_OF if each.last is not None else _BOUNDS) for each in days]
    said += [(each.start, each.end, patterns.ROUGH_BEFORE) for each in numerals.find_typed(text)]
    said += [(each.start, each.end, patterns.ROUGH_BEFORE) for each in durations.find(read)]
    for contract, name, argument in exact:
        own = list_named(contract, name)  # "best before" is what it is called
        eves = find_eves(days, own, tell_value(argument))
        for first, last in order.find(argument):
            for start, end, further in (each for each in said if each[0] < last and first < each[1]):
                before = (patterns.search_before(each, text, start) for each in (patterns.ROUGH_BEFORE, further))
                behind = patterns.OR_SO.match(text, find_closing(patterns.CLAUSE, text, start))
                found = next(filter(None, before), None) or patterns.ROUGH_BEHIND.match(text, end) or behind
                if found is not None and found["rough"].split()[0].casefold() not in {*own, *eves.get(start, ())}:
                    yield min(start, found.start("rough")), max(end, found.end("rough"))


def _counts(order: Order, unit: Unit, sign: re.Match[str]) -> bool:
    """Whether a sign of multiplication stands between a number of things and their name: "tacks x 200"."""
    before, after = order.text[: sign.start()].rstrip(), order.text[sign.end() :].lstrip()
    at = (len(before), len(order.text) - len(after))
    return unit is Unit.COUNT and any(end == at[0] or start == at[1] for start, end in order.names)


def _find_other_currencies(order: Order) -> Iterator[Place]:
    """Currencies that neither a used amount nor a record is in. Nothing is converted."""
    named = list(find_currencies(order.text)) if order.on_records else []
    if not named:
        return
    units = {find_unit(each.unit) for each in order.parts(Number)}
    known = {each.upper() for each in order.told_by_records} | {each for each in units if each is not None}
    known |= order.currencies
    # A number's quote may hold more than its unit, and a note that only says a currency is none.
    given = ((of.properties.get(name) or {}, each) for of, name, each in order.arguments)
    values = [each for schema, each in given if isinstance(each, QuotedText | TypedValue) and "enum" not in schema]
    notes = [each for each in order.find(values) if find_currency(order.text[slice(*each)]) is not None]
    apart = {*order.find(order.parts(Number)), *notes}
    used = [each for each in order.find(order.proposal.result) if each not in apart]
    counted = {each.end for each in numerals.find_typed(order.text)}  # "10 dollars, no, euros"
    unnamed = order.structure.several and not all(
        any(agrees(said, each) for said in named) for each in order.currencies
    )
    for said in named:
        into = patterns.search_before(patterns.IN, order.text, said.start)
        word = order.text[said.start : said.end].casefold()  # "ALL", "TRY" and "TOP" are codes too
        plain = word not in _OTHER_SENSES and not (len(word) == _CODE_LETTERS and (word in EMPTY or is_word(word)))
        of_number = len(order.text[: said.start].rstrip()) in counted
        if (
            (into is not None or (plain and not of_number))
            and not any(first < said.end and said.start < last for first, last in used)
            and (unnamed or not any(agrees(said, each) for each in known))
        ):
            yield (into.start() if into is not None else said.start), said.end


def _find_counted_out(order: Order) -> Iterator[Place]:
    """Things counted out that a plan only finds a record by: "one of the lamps", for the order that they are of."""
    said = [each.said for each in order.parts(Find) if each.said is not None]
    for start, end in order.find(said):
        found = patterns.search_before(_SOME_OF, order.text, start)
        used = found is not None and any(first <= found.start() < last for first, last in order.taken)
        if found is not None and not used and patterns.OWNS.match(order.text, end) is None:
            yield found.start(), start


def _find_rests(order: Order) -> Iterator[Place]:
    """The second of two shares, computed as the first: "the other half" is what is left, whatever that is by now."""
    if order.structure.computes_field:
        yield from (found.span() for found in _REST.finditer(order.polite))


def _find_told_values(order: Order) -> Iterator[Place]:
    """What a statement in the action's own verb tells of a text that was left out: "enter Ada, she plays The Swan", for
    an action with an optional piece that is played."""
    for contract in order.contracts:
        open_texts = [
            name
            for name, schema in contract.properties.items()
            if schema.get("type") == "string" and not {"enum", "format", "pattern"} & {*schema}
            if name not in contract.required and not any(name in call.arguments for call in order.calls)
        ]
        own = {*stem_text(contract.description)}
        for found in _TELLS.finditer(order.polite) if open_texts else ():
            told = found.span("told")
            if stem(found["verb"].casefold()) in own and not any(a < told[1] and told[0] < b for a, b in order.taken):
                yield told


def _find_stated(order: Order) -> Iterator[Place]:
    """A number of which a clause of its own says something else than what is done: "mark it as paid, 20 are still
    missing"."""
    before = {stem(str(each)) for note in order.notes for states in (note.filter or {}).values() for each in states}
    own = order.known - before - LEFT_STEMS  # "20 is open" tells what isn't paid
    for start, end in order.find([each for _, _, each in order.arguments if isinstance(each, ComputedArgument)]):
        found = _STATES.match(order.text, end) if search_before(_OPENS, order.text, start) else None
        told = found["told"].casefold() if found is not None else ""
        if found is not None and (found["still"] or (told not in EMPTY and stem(told) not in own)):
            yield start, found.end()


def _find_left_out(order: Order) -> Iterator[Place]:
    """Names that the request excludes ("all but Ada's", "not Ada's") but the proposal includes."""
    kept = {place for each in order.parts(Except) for place in order.find(each)}
    if kept and (back := patterns.AFTER_ALL.search(order.text, max(end for _, end in kept))) is not None:
        yield back.span()
    for find in (each for each in order.parts(Find) if each.said is not None):
        for place in set(order.find(find.said)) - kept:
            out = patterns.search_before(patterns.LEAVES_OUT, order.text, place[0])
            if out is None:
                continue
            every = patterns.search_before(patterns.ALL_OF, order.text, out.start())
            if not out["but"] or every or patterns.CLOSES.match(order.text, place[1]):
                yield out.start(), place[1]


def _find_split_names(order: Order) -> Iterator[Place]:
    """An owner and a name, or the ends of a range, taken for two records: "Ada's Sunday Standard", "502 to 504"."""
    calls = order.calls
    for one, other in itertools.pairwise(calls):
        if one.action != other.action:
            continue
        for _, end in order.find([each for each in walk(one) if isinstance(each, Find)]):
            for start, stop in order.find([each for each in walk(other) if isinstance(each, Find)]):
                from_to = order.text[end - 1].isdigit() and order.text[stop - 1].isdigit()
                if end < start and (
                    patterns.OWNS.fullmatch(order.text, end, start)
                    or (from_to and _FROM_TO.fullmatch(order.text, end, start))
                ):
                    yield start, stop


def find_counted_twice(order: Order) -> Iterator[Place]:
    """Numbers that two calls about one record both count: a part of the other's ("50 of it by card"), or one sum of
    money ("20 in cash and by card")."""
    one_sum = any(each.unit in MONEY for each in order.notes) and not patterns.OF_SEVERAL.search(order.text)
    for one, other in itertools.combinations(order.calls, 2):
        whose = [
            {(each.said.text if each.said else "", repr(each.where)) for each in walk(call) if isinstance(each, Find)}
            for call in (one, other)
        ]
        if one.action != other.action or (all(whose) and whose[0] != whose[1]):
            continue
        first, second = ({*_find_figures(order, call)} for call in (one, other))
        for start, end in first | second:
            before, behind = search_before(_OF_IT, order.text, start), _SHARE.match(order.text, end)
            if before or behind or (one_sum and (start, end) in first & second):
                yield before.start() if before else start, behind.end() if behind else end


def _find_figures(order: Order, call: Call) -> Iterator[Place]:
    """The places of a call's numbers, each where its quote says it once."""
    for each in (node for node in walk(call) if isinstance(node, Number)):
        for start, end in order.find(each):
            said = [one for one in numerals.find_typed(order.text[start:end]) if one.value == each.number]
            if len(said) == 1:
                yield start + said[0].start, start + said[0].end


def repeats_what_was_done(order: Order) -> bool:
    """Whether "make it 30" corrects a call that was already done, so that a new call would add to it."""
    result = order.proposal.result
    return not (isinstance(result, PlanResult) and result.replaces) and any(True for _ in _of_earlier(order))


def _find_other_codes(order: Order) -> Iterator[Place]:
    """Unused codes in a request about records: "F-231 - F-234", "7 waive F-231". Excluded codes don't count."""
    taken = order.find((order.proposal.result, order.proposal.replaced))
    for found in patterns.SERIES.finditer(order.text) if order.on_records else ():
        if {*stem_text(found[0])} <= order.told_by_records or any(
            a < found.end() and found.start() < b for a, b in taken
        ):
            continue
        if not patterns.search_before(patterns.NOT_THIS, order.text, found.start()):
            yield found.span()


def _of_earlier(order: Order) -> Iterator[Place]:
    """Words that modify an earlier value, if the proposal computes with none.

    Examples: "10 more" for a waiting call, and "make it 30" for a finished one. An answer to a question says how much,
    so then nothing is found.
    """
    request, proposal = order.request, order.proposal
    if not request.thread or request.answers or not isinstance(proposal.result, PlanResult):
        return
    waiting = sum(call.waits for turn in request.thread for call in turn.calls)
    if proposal.result.replaces and waiting > 1:
        # "Make hers 15" while two calls wait: the latest call doesn't tell whose "hers" is.
        yield from (found.span() for found in patterns.WHOSE.finditer(order.text))
    if any(isinstance(node, Computed | ArgumentOf) for node in order.nodes):
        return
    if proposal.result.replaces:
        found = patterns.RELATIVE.search(order.text)
        worded = order.find(order.drafts)
        if found is not None and any(start <= found.start() and found.end() <= end for start, end in worded):
            found = None  # how a text is to be worded
    else:
        done = {call.action for call in request.thread[-1].calls if not call.waits}
        again = any(call.action in done for call in order.calls)
        found = patterns.ANEW.match(order.text) if again else None
    if found is not None:
        yield found.span()

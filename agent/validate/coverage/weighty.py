"""Coverage check: words that change the deal and that no part of a proposal accounts for.

A number, date, part, negation, restriction, condition, quantifier or further wish is never passed over in silence.
Readers and closed word classes tell which words are such, the proposal's own parts what accounts for them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agent.extract.spans.money import find_currency
from agent.extract.spans.politeness import strip_politeness
from agent.pipeline import Request
from agent.planning.proposal import Call, DraftedText, Find, Handle, Number, Proposal
from agent.planning.quotes import find_places, locate, walk
from agent.query.arithmetic import find_unit
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.accounted_words import count_in_form, list_sum_words, list_unchosen
from agent.validate.coverage.asides import Asides
from agent.validate.coverage.described_only import Told, is_named_outright
from agent.validate.coverage.descriptions import (
    counts_names,
    denies_other_action,
    describes_name,
    find_amount_names,
    find_value_nouns,
    means_whole,
)
from agent.validate.coverage.further_orders import find_further_orders, find_joined_names, find_others
from agent.validate.coverage.left_over import find_left_over_words
from agent.validate.coverage.misread import find_conditions_in_answers, find_misread
from agent.validate.coverage.modifiers import FORBIDS, find_limits, find_modifiers, find_parts
from agent.validate.coverage.negations import (
    denies_another,
    denies_other_value,
    denies_verb,
    find_denied_clauses,
    find_negations,
    find_taken_back,
    only_contrasts,
)
from agent.validate.coverage.opposed_verbs import find_opposed_verbs, find_what_stays, goes_by, leading_verbs
from agent.validate.coverage.read_asides import Place, ReadAsides
from agent.validate.coverage.structure import read_structure
from agent.validate.coverage.told import find_exceptions, find_hedges, find_lone_order, find_told, list_direct
from agent.validate.coverage.unused_words import collect_subject_stems
from language import numerals
from language.stems import EMPTY, ORDERS, name_stems, stem, stem_text
from language.text import read_text
from registry.contract import Contract
from registry.records import RecordKind

_IT: Final = re.compile(r"\s*(?P<verb>[^\W\d_]+)\s+(?:it|him|her|them|that|this)\b", re.IGNORECASE)
_OWNERS_S: Final = re.compile(r"^['’]s?(?=\s)")


@dataclass(frozen=True, slots=True)
class Unaccounted:
    """The stretches of a request that hold a weighty word which nothing accounts for, as they stand, in their order.
    ``weighty`` ones stop the plan; ``told`` ones change nothing that it does, and are shown on its card; so are those
    that are ``expressed`` by it as the resolver says. ``firm``: whether a weighty one is such that no reading of it is
    believed."""

    weighty: list[str]
    told: list[str]
    expressed: list[str]
    firm: bool


def find_unaccounted(
    request: Request,
    proposal: Proposal,
    contracts: Sequence[Contract] = (),
    kinds: Sequence[RecordKind] = (),
    every: Iterable[Contract] = (),
    chosen_from: Collection[int] = (),
    named: Collection[int] = (),
    told_by_records: frozenset[str] = frozenset(),
    shown: frozenset[str] = frozenset(),
    by_step: Sequence[frozenset[str]] = (),
) -> Unaccounted:
    """What a proposal passes over. A number that is a default of the ``contracts`` called is accounted for by that.
    ``every`` contract there is tells which words of a drafted text are an order; ``chosen_from`` how many records a
    place in line was taken among, which accounts for that number where it is said so ("of her two bikes"). ``named``
    are the numbers of the records that the plan is about: a handle stands for them; ``told_by_records`` the stems of
    what those records say of themselves, and ``shown`` the names beside them, in small letters. ``by_step``
    are the words that the records of each step are told by."""
    text = request.text
    drafts = [node for node in walk(proposal.result) if isinstance(node, DraftedText)]
    told = find_places([each.quote for each in drafts], request)
    taken = [each for each in find_places((proposal.result, proposal.replaced), request) if each not in told]
    taken += [*find_amount_names(proposal, request), *find_value_nouns(proposal, contracts, request)]
    structure = read_structure(request, proposal)
    names = find_places([each.said for each in walk(proposal.result) if isinstance(each, Find)], request)
    heads = frozenset(verb for each in contracts for verb in leading_verbs(each))
    values = [each for each in taken if each not in names]
    aside = ReadAsides(request, proposal, taken, told_by_records, structure.several, heads, values)
    counted: set[float] = {*count_in_form(proposal, contracts)}
    if any(isinstance(node, Handle) for node in walk(proposal.result)):
        counted |= set(named)
    if structure.several_calls:  # "those two can go": each has its own call
        counted.add(sum(isinstance(node, Call) for node in walk(proposal.result)))
    polite = strip_politeness(text)
    notes = [note for each in contracts for note in each.annotations.values()]
    on_records = any(note.record is not None for note in notes)
    words = " ".join(word for note in notes for said in note.words.values() for word in said)
    known = collect_subject_stems(contracts, kinds) | frozenset(stem_text(words)) | list_sum_words(proposal)
    found: list[tuple[int, int]] = []
    strict: set[tuple[int, int]] = set()
    days_and_numbers: set[tuple[int, int]] = set()
    for pattern, accounted in (
        (patterns.RESTRICTION, structure.restricts or structure.computes_field),
        (patterns.CONDITION, structure.conditions),
        (patterns.QUANTIFIER, structure.quantifies),
        (patterns.PART, structure.computes),
        (patterns.DATE, structure.dates),
    ):
        places = [match.span() for match in pattern.finditer(polite)]
        if pattern is patterns.CONDITION:  # "once 7 is there": the number may be used
            places = [(start, start + len(polite[start:end].split()[0])) for start, end in places]
        found += [] if accounted else places
        days_and_numbers |= {match.span() for match in pattern.finditer(polite)} if pattern is patterns.DATE else set()
    found = [each for each in found if not counts_names(text, each, taken) and not means_whole(text, each, proposal)]
    limits = [] if structure.restricts else [match.span() for match in patterns.LIMIT.finditer(polite)]
    if structure.computes_field:  # what is computed up to a limit is a guess at what was left open, whatever it quotes
        limits = [each for each in limits if not patterns.search_before(patterns.FILLS, polite, each[0])]
    others = _verbs(every) - _verbs(contracts)
    unchosen = frozenset() if structure.several else frozenset(list_unchosen(proposal, contracts))
    if not structure.negates:
        found += [
            match.span("word") if match["word"] else _but(match)
            for match in patterns.NEGATION.finditer(polite)
            if not only_contrasts(text, match.end(), taken, known, structure.several)
            and not goes_by(match[0], contracts)
            and not denies_other_value(text, match.end(), taken, unchosen)
            and not (match["word"] and denies_another(text, match.end(), taken, names, others, known))
        ]
    for number in numerals.find(read_text(polite)):
        if (
            number.kind in ("cardinal", "percent")
            and not number.vague
            and number.value not in counted
            and not (number.value in chosen_from and patterns.search_before(patterns.CHOSEN_FROM, polite, number.start))
            and (not kinds or _counts_here(text, number, known))
            and not any(number.value == each.value for draft in drafts for each in numerals.find(read_text(draft.text)))
        ):
            found.append((number.start, number.end))
            days_and_numbers.add(found[-1])
            if text[number.start : number.end].isdigit():
                strict.add(found[-1])
    figures = set(find_places([each for each in walk(proposal.result) if isinstance(each, Number)], request))
    modifiers = set(find_modifiers(polite, [*taken, *told], figures, _verbs(contracts), structure))
    for found_each in patterns.OF_SEVERAL.finditer(polite) if structure.one_record and not structure.multiplies else ():
        named_both = counts_names(text, found_each.span(), taken)
        if not named_both and not any(a <= found_each.start() < b for a, b in (*taken, *told) if (a, b) not in figures):
            modifiers.add(found_each.span())
    modifiers = {
        each
        for each in modifiers
        if not FORBIDS.fullmatch(text[slice(*each)])
        or not (
            denies_another(text, each[1], taken, names, others, known)
            or denies_other_value(text, each[1], taken, unchosen)
        )
    }
    counts = days_and_numbers | find_limits(polite, modifiers)
    ends = {each for each in modifiers if text[slice(*each)].casefold() in ("until", "till", "til")}
    further = list(
        find_further_orders(polite, taken, _verbs(contracts) | (patterns.TELLING if drafts else frozenset()))
    )
    found += [*_other_units(text, proposal, contracts, taken), *further]
    found += find_joined_names(text, [*taken, *told], known, creates=bool(kinds) and not on_records)
    modifiers |= find_misread(request, proposal, contracts, told_by_records)
    hedges = {*find_hedges(text, taken, contracts)}
    taken_back = {*find_taken_back(text, taken, _verbs(contracts))}
    turned = {*find_opposed_verbs(polite, contracts), *taken_back, *hedges}
    stretches = {*turned}
    if on_records:
        writes = any(note.compose for note in notes)
        doers = None if writes else find_places(list_direct(proposal), request)
        stretches |= {*find_told(polite, heads, taken, doers), *find_others(text, taken, known, shown)}
        if not structure.negates:
            found += find_denied_clauses(polite, taken)
            found += [
                each
                for each in find_negations(polite, taken, _verbs(contracts))
                if not only_contrasts(text, each[1], taken, known, structure.several)
                and not denies_another(text, each[1], taken, names, others, known)
                and not denies_other_value(text, each[1], taken, unchosen)
                and not any(start <= each[0] < end for start, end in stretches)
            ]
    beside: set[tuple[int, int]] = set()
    if not drafts:
        verbs = _verbs(contracts)
        chosen = any(each.choice is not None for each in request.answers)
        beside = {
            *find_left_over_words(
                polite, proposal, contracts, kinds, verbs, known, told_by_records, taken, answered=chosen
            )
        }
        stretches |= {*beside, *aside.doubted}
    exceptions = {*find_exceptions(request, proposal, _verbs(contracts), by_step)}
    stretches |= exceptions
    weighed = {*found, *limits, *modifiers, *(stretches - beside)}
    details = {*counts, *limits, *hedges, *find_parts(polite, modifiers)}
    modifiers |= stretches
    located = [locate(each, request) for each in proposal.left_over]
    said = [each for each in located if each.origin == 0]
    left_over = [(each.start, each.start + len(each.text)) for each in said if each.start is not None]
    elsewhere = [each.text for each in located if each.origin]
    found += left_over
    wholes = {match.span() for match in patterns.QUANTIFIER.finditer(polite)}
    bound = {*find_denied_clauses(polite, taken), *further, *left_over, *turned, *find_parts(polite, modifiers)}
    bound |= {match.span() for match in patterns.PART.finditer(polite)}
    exact = stretches | {each for each in left_over if " " in text[slice(*each)].strip()}
    # What a drafted text is to convey stands on the card in other words, maybe of another language: but a figure must
    # be the same there, and an order of something that can be done here is one all the same.
    strict |= {each for each in further if _first_stem(text, each) in _verbs(every)}
    # "Check if it is there" asks whether, where checking is what the call does.
    narrows_or_asks = {each for each in found if _asks_whether(polite, each, contracts)}
    # "Only high", "only Adam's": what is to be alone is what the value itself says; "only lower it": and nothing else.
    narrows_or_asks |= {
        each
        for each in found
        if text[slice(*each)].casefold() == "only"
        and (_is_followed(text, each[1], taken) or (structure.one_record and _orders_next(text, each[1], heads)))
    }
    stays = patterns.cover(text, find_what_stays(polite, known))
    used = patterns.cover(text, taken)
    spoken = patterns.cover(text, [*taken, *told])
    left = [
        each
        for each in sorted({*found, *limits, *modifiers})
        if each not in narrows_or_asks and not all(stays[slice(*each)])
        if each in modifiers
        or (each in limits and structure.computes_field)
        or not any((used if each in strict else spoken)[slice(*each)])
    ]
    left = [each for each in left if not _taken_back(text, each, taken)]
    weighing = patterns.cover(text, [*(weighed & {*left}), *left_over])
    orders = ORDERS | others | _verbs(contracts)
    light = {each for each in beside if not any(weighing[slice(*each)]) and _first_stem(text, each) not in orders}
    stands = Told(
        text, proposal, contracts, (*taken, *told), names, {*left} - {*counts, *limits, *ends, *left_over}, request.now
    )
    lone = {find_lone_order(request, proposal, contracts, known, (*taken, *told))} & stretches
    kept = [each for each in left if each in lone or (each in counts | ends and stands.is_story(*each))]
    left = [each for each in left if each not in stretches or not denies_other_action(text, each, others)]
    kept += [each for each in left if each in stretches and describes_name(text, each, taken)]
    if on_records:
        asides = Asides(text, (*taken, *told), names, heads)
        outright, apart = is_named_outright(proposal), known | told_by_records
        kept += [
            each
            for each in left
            if each not in bound | exceptions
            and (outright or each not in counts)
            and (
                asides.holds(each, frozenset() if outright and each not in wholes else apart)
                or asides.dates_what_happened(each)
            )
            and not stands.could_take(*each)
        ]
    left = [
        each for each in left if each in exact or not any(a <= each[0] and each[1] <= b for a, b in exact & {*left})
    ]
    kept += [each for each in left if stands.counts_events(*each) or (each in details and stands.is_detail(*each))]
    kept += [each for each in left if each not in left_over and aside.hold(each, weighty=each not in light)]
    describing = [each for each in left_over if stands.is_description(*each)]
    kept += [each for each in left if any(start <= each[0] and each[1] <= end for start, end in describing)]
    kept = [each for each in kept if each not in aside.doubted]
    bars = [*taken_back, *(each for each in further if each in strict)]
    bars += [each for each in left if denies_verb(text, each, _verbs(contracts))]
    firm = {each for each in left if aside.is_firm(each, _quote_around(text, *each, spoken), bars)}
    kept += [each for each in left if each not in firm and aside.find_verdict(each) == "nothing"]
    # Who says what the result leaves out says that it expresses the other words.
    meant = [each for each in left if aside.explained and each in light and not aside.doubt(each) and each not in kept]
    meant += [each for each in left if each not in firm and aside.find_verdict(each) == "expressed"]
    asked = [each for each in left if each not in kept and each not in meant]
    return Unaccounted(
        _tell(text, asked, exact, spoken) + _outermost([*elsewhere, *find_conditions_in_answers(proposal)]),
        _tell(text, kept, light.union(left_over), spoken),
        _tell(text, meant, light, spoken),
        not firm.isdisjoint(asked),
    )


def _tell(text: str, places: Iterable[Place], whole: Collection[Place], spoken: Sequence[int]) -> list[str]:
    """What stands at each of the places; but for those that are ``whole`` with the words around it."""
    return _outermost(
        text[slice(*each)].strip() if each in whole else _quote_around(text, *each, spoken) for each in places
    )


def _but(match: re.Match[str]) -> tuple[int, int]:
    """The place of what leaves out: of "all of them but" the last word, as what stands between may be used."""
    start, end = match.span("out")
    return (end - len("but") if match["out"].casefold().endswith(" but") else start), end


def _first_stem(text: str, place: tuple[int, int]) -> str:
    return stem(text[slice(*place)].split(" ", 1)[0].casefold())


def _outermost(told: Iterable[str]) -> list[str]:
    """Each stretch once, without those that stand within another."""
    different = dict.fromkeys(told)
    return [each for each in different if not any(each != other and each in other for other in different)]


def _asks_whether(text: str, place: tuple[int, int], contracts: Sequence[Contract]) -> bool:
    """Whether an "if" tells what shall be found out, of calls that do nothing else."""
    if text[slice(*place)].casefold() != "if":
        return False
    before = patterns.search_before(patterns.ASKED, text, place[0])
    if before is None or stem(before[1].casefold()) not in patterns.ASKING:
        return False
    return bool(contracts) and all(_verbs([each]) & patterns.FINDING for each in contracts)


def _is_followed(text: str, at: int, taken: Sequence[tuple[int, int]]) -> bool:
    """Whether the next word is one that was used."""
    start = len(text) - len(text[at:].lstrip())
    return any(first <= start < last for first, last in taken)


def _orders_next(text: str, at: int, heads: frozenset[str]) -> bool:
    """Whether the next word is the verb of an order, with what stands for its record behind it."""
    found = _IT.match(text, at)
    return found is not None and stem(found["verb"].casefold()) in ORDERS | heads


def _other_units(
    text: str, proposal: Proposal, contracts: Sequence[Contract], taken: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Units beside numbers that were used without them, and that neither the value nor the parameter is in."""
    used = {find_unit(node.unit) for node in walk(proposal.result) if isinstance(node, Number)}
    used |= {note.unit.value for each in contracts for note in each.annotations.values() if note.unit is not None}
    said = (word for each in contracts for name in each.properties for word in _named(each, name))
    used |= {find_unit(word) for word in said if stem(word) in patterns.UNITS}
    for number in numerals.find(read_text(text)):
        after = patterns.UNIT_FURTHER.match(text, number.end)
        if after is None or not any(start <= number.start and number.end <= end for start, end in taken):
            continue
        unit = find_unit(after[1]) if stem(after[1].casefold()) in patterns.UNITS or find_currency(after[1]) else None
        if unit is not None and unit not in used:
            yield after.span(1)


def _named(contract: Contract, name: str) -> list[str]:
    """The words of a parameter's name and label, which may say its unit."""
    return f"{name.replace('_', ' ')} {contract.annotation(name).label or ''}".casefold().split()


def _verbs(contracts: Iterable[Contract]) -> frozenset[str]:
    """The words that the calls themselves go by: of what has two words ("write off"), both together say it."""
    named = [said.casefold() for each in contracts for said in (each.title.partition(" ")[0], *each.aliases)]
    of_names = [word for each in contracts for word in name_stems(each.name.rpartition(".")[2])]
    return frozenset([stem(said) for said in named if said.isalpha()] + of_names)


def _counts_here(text: str, number: numerals.Number, known: frozenset[str]) -> bool:
    """Whether a number can be about what is done: it stands alone, with a unit, or before a thing that the platform
    knows, maybe behind a word or two of what kind ("two oldest unpaid bills")."""
    after = patterns.UNIT.match(text, number.end)
    if number.unit or after is None or not after[1].isalpha():
        return True
    if after[1].casefold() in EMPTY:
        return True
    words = patterns.COUNTED.match(text, number.end)
    told = [word.casefold() for word in words[0].split()] if words is not None else []
    return any(stem(word) in known or stem(word) in patterns.UNITS or find_currency(word) is not None for word in told)


def _taken_back(text: str, place: tuple[int, int], taken: Sequence[tuple[int, int]]) -> bool:
    """Whether later words replace these: a correction stands between them and something that was used."""
    correction = patterns.first_from(patterns.CORRECTION, text, place[1])
    return correction is not None and any(start >= correction[1] for start, _ in taken)


def _quote_around(text: str, start: int, end: int, spoken: Sequence[int]) -> str:
    """The words around a place, so that a person sees what is meant: its clause, as far as none of it was used."""
    opening = patterns.last_before(patterns.CLAUSE, text, start) or (0, 0)
    closing = patterns.first_from(patterns.CLAUSE, text, end)
    first = opening[0] if text[slice(*opening)].isalpha() else opening[1]
    last = closing[0] if closing else len(text)
    if not any(spoken[start:end]):
        after = next((at + 1 for at in range(start - 1, first, -1) if spoken[at]), first)
        last = next((at for at in range(end, last) if spoken[at]), last)
        if not text[after:last].strip().isalpha():
            first = after
        elif after > first:  # a unit stands with its number, one word with what it belongs to
            first = next((at + 1 for at in range(after - 1, first, -1) if not spoken[at]), first)
    return _OWNERS_S.sub("", text[first:last]).strip(" ,;.!?\n") or text[start:end]

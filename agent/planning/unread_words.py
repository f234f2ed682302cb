"""Unread words: the words of a request that a plan has no place for, where no word orders its action."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from agent.extract.spans.politeness import strip_politeness
from agent.extract.time.day_pairs import ENDS, name_day
from agent.pipeline import Plan
from agent.planning.proposal import (
    Argument,
    Computed,
    ComputedArgument,
    Find,
    PlanResult,
    Proposal,
    QuotedText,
    RecordArgument,
    TypedValue,
)
from agent.planning.quotes import find_places, walk
from agent.planning.task import Outcome, Task, changes_something, hold_for_words
from agent.resolve.rules.clauses import begins_like_an_order, find_head, is_order, split_clauses
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import LIGHT as PLAIN_VERBS
from agent.resolve.rules.grammar.orders.action_words import TOLD, ActionWords, find_base_form, read_action_words
from agent.resolve.rules.grammar.orders.text_parameters import find_note_verb
from agent.resolve.rules.grammar.phrases.amounts import MONEY
from agent.validate.coverage.unused_words import TELLING, list_price_words, list_referred_kinds
from language.acts import HANDING, SETTING
from language.example_patterns import PARTICLES
from language.locales import translate
from language.measures import counts_singly
from language.opposites import GIVING_BACK, TAKING_AWAY
from language.stems import EMPTY, is_past, name_stems, split_runs, stem, stem_text
from language.text import word_set
from language.wordnet import is_word
from registry.contract import Contract, Unit
from registry.offers.shortlist import Shortlist

_LIGHT: Final = word_set(
    "a an the my our your his her their its hers theirs s of at for from in into on onto to with and again now "
    "instead please pls plz rather than make makes set put use do does go goes we i just one job run thing order"
)
"""Words that say nothing of an order by themselves, or by which anything may be set."""
_SPENDING: Final = word_set("did spent worked")
"""Who did an hour on something worked as long."""
_GIVING: Final = word_set("give get")
"""Verbs that order, at the beginning. Elsewhere they tell who gets something from whom."""
_WANTING: Final = word_set("want wants wanted need needs needed take takes")
"""Who wants money doesn't pay it."""
_CHANGING: Final = word_set(
    "push postpone delay swap switch correct change bump bring slip slips wait up down back forward"
)
"""Words by which a value is changed: to another one, or by something."""
_LESSENING: Final = word_set("drop raise lower cut")
"""… which is no day: a visit of Friday is dropped."""
_DATED: Final = word_set("by till until til")
"""Words beside a day."""
_COMING: Final = word_set("come comes coming came")
"""What somebody does on a day that ends nothing, and what is more than there was."""
_ONCE_MORE: Final = word_set("again")
"""What an action is called by: "Send a bill again"."""
_BY: Final = word_set("add more less fewer extra another by")
"""Words by which a value is changed by something. What an action adds is more of it, too."""
_IS: Final = word_set("is are being")
_ANEW: Final = word_set("now again instead until til till set make taking")
"""Words by which what something is said to be is new."""
_PERFECT: Final = word_set("has have been got")
"""Words before a participle by which something is told as done."""
_TO_BE: Final = re.compile(r"(?<!\w)to\s+be\s", re.IGNORECASE)
"""Before what shall be done: "7 to be cleaned on Friday"."""
_LET_DO: Final = re.compile(r"(?<!\w)let\s.+\s(?:have|know)(?!\w)", re.IGNORECASE)
_WHEN_DONE: Final = word_set("this morning afternoon just already")
"""When it was done."""
SAYING_NOTHING: Final = _WANTING | _WHEN_DONE | lexicon.OWNERS | word_set("theirs hers ours mine yours")
"""Words beside an order that change nothing about it: whose wish it is, and when it came up."""
_AIMED: Final = re.compile(r"(?<!\w)(?:to|at|until|till?|is|are|now)\s+(?:the\s+)?$", re.IGNORECASE)
"""Before a new value."""
_OLD: Final = re.compile(r"\b(?:instead\s+of|rather\s+than|not)\s+[€$£]?\s*(?P<value>\d[\d.,:]*)", re.IGNORECASE)
"""A value that another one takes the place of. Others check that it was the value before."""
_TOLD: Final = re.compile(r"(?<!\w)(?:is|are|being|has|have|been)\s+$", re.IGNORECASE)
"""Before what something is said to be."""
_AS_WHAT: Final = re.compile(r"(?<!\w)as\s+$", re.IGNORECASE)
"""Before what something is marked as."""
_BY_WHAT: Final = re.compile(r"(?<!\w)by\s+(?:the\s+)?$", re.IGNORECASE)
"""Before a way or a means: "by card"."""
_OWNED: Final = re.compile(r"\s+(?:the\s+)?\w+['’]s\b")
_LENGTHS: Final = frozenset((Unit.HOURS, Unit.MINUTES, Unit.SECONDS))
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_ODD: Final = re.compile(r"[^\w\s.,:;'’‘\"“”()/&#@%€£$+!×-]|(?<![\w.,])[-!](?=\s*\w)|!(?=.*\w)")
"""Signs that may deny, remove, compare or point: no plan has a place for them."""
_CHANGING_DEALS: Final = (lexicon.SUBORDINATE - {"as"}) | lexicon.MORE | {"or", "else", "than"}
_AROUND_ORDERS: Final = (EMPTY - TELLING - lexicon.DENYING - lexicon.SPARING - _CHANGING_DEALS) | {"whole"}
"""Words beside an order that neither give it a value nor deny or restrict it: "mark 5 as repaired"."""
_STOPS: Final = re.compile(r"[:;,.!?\n]\s+")
"""Between the parts of a request or of a text."""
_ANY_AMOUNT: Final = "amount"
"""What a parameter is called that may as well be given or taken."""
_LEAST_SHORT: Final = 3
"""Letters of a word that may be the beginning of another."""
AKIN: Final = 0.3
"""How much a word tells of an action that has a verb of that meaning."""


def list_unread(
    task: Task, proposal: Proposal, contract: Contract, words: ActionWords, states: Iterable[str] = ()
) -> Iterator[tuple[int, int]]:
    """The places of the words of the request that are neither in the plan, nor of its action, nor one of the ``states``
    by which its record is told."""
    text = task.request.text
    call = proposal.result.calls[0] if isinstance(proposal.result, PlanResult) else None
    every: Mapping[str, Argument] = call.arguments if call is not None else {}
    given = {name: each for name, each in every.items() if not isinstance(each, RecordArgument)}
    quoted = find_places([each for each in given.values() if isinstance(each, QuotedText)], task.request)
    before = {len(text[:first].rstrip(" \"'“‘")) for first, _ in quoted}  # a dash leads to the words behind it
    yield from (each.span() for each in _ODD.finditer(text) if each.end() not in before)
    runs = [word.casefold() for word, _, _ in split_runs(text)]
    akin = {each for each in {*runs} - EMPTY if words.rate_verb(find_base_form(stem(each))) >= AKIN}
    done = {each for each in akin if is_past(each) and find_base_form(stem(each)) not in PLAIN_VERBS}
    typed = [each for each in given.values() if isinstance(each, TypedValue)]
    sums = [each for each in given.values() if isinstance(each, ComputedArgument)]
    told = any(_TOLD.search(text, 0, first) for first, _ in find_places([*typed, *sums], task.request))
    light = _LIGHT | akin | {*states} | _list_light(task, contract, given)
    light |= _GIVING & {*runs[:1]}
    used = {at for place in find_places(proposal, task.request) for at in range(*place)}
    old = {at for each in _OLD.finditer(text) if each.start("value") not in used for at in range(*each.span())}
    light |= {"add"} if len(every) - len(given) > 1 else frozenset()  # "add Ada to the course"
    light |= HANDING if any(contract.annotation(name).replaces for name in every) else frozenset()
    listed = (name for name in given if (contract.properties.get(name) or {}).get("enum"))
    light |= SETTING if any(contract.annotation(name).replaces for name in listed) else frozenset()
    said = [one.quote.text.casefold() for one in typed if one.quote is not None]
    done |= {each for each in runs if is_past(each) and any(each in one.split() for one in said)}
    light |= _PERFECT | _WHEN_DONE if done or told else frozenset()  # "has been paid", of no change
    light |= {"let", "have", "know"} if _LET_DO.search(text) else frozenset()
    light |= {"be"} if _TO_BE.search(text) else frozenset()
    light |= _IS if done or told or old or not _ANEW.isdisjoint(runs) else frozenset()  # "Bo is taking over"
    own = _collect_own_stems(task, contract, every) | {find_note_verb(text, contract)}
    phrases = [each.casefold().split() for each in (contract.title, *contract.aliases)]
    own |= {each[1] for each in phrases if each[1:2] and each[1] in PARTICLES and stem(each[0]) in map(stem, runs)}
    light |= {*runs[:1]} if any(each[:1] == runs[:1] for each in phrases) else frozenset()  # "ok the plan"
    for word, start, end in split_runs(strip_politeness(text)):
        low = word.casefold()
        # Whose it was, or what else is changed: "from Ada's tour", "swap 7 with Ada's".
        other = low == "from" and _OWNED.match(text, start + len(word)) is not None
        other = other or (low == "with" and "swap" in runs)
        named = stem(low) in own or any(_is_short_for(low, each) for each in own if each)
        named = named or (counts_singly(low) and start - 2 in used)
        if other or (low not in light and not named and start not in used | old):
            yield start, end


def _is_short_for(said: str, word: str) -> bool:
    """Whether what is no word is the beginning of one: "urg" of "urgency"."""
    return len(said) >= _LEAST_SHORT and word.startswith(said) and not is_word(said)


def hold_unread(task: Task, made: Outcome) -> Outcome:
    """Makes a plan wait that leaves words of the request out, also where an order is understood, and shows them on a
    card that waits anyway: they may say what it lacks, denies or restricts."""
    plan, request = made.verdict, task.request
    if not isinstance(plan, Plan) or made.proposal is None or made.hold or not changes_something(plan):
        return made
    if request.answers or request.thread or translate(request.text) is not None:
        return made  # words of other languages are looked for elsewhere
    clauses = [each.text for each in split_clauses(request.text) if begins_like_an_order(each.text)]
    begins = {find_head(each) for each in _STOPS.split(request.text)} - {None}
    heads = {head for each in clauses if (head := find_head(each)) is not None}
    around = _AROUND_ORDERS | _list_label_words(plan)
    # A query doesn't quote what its records were picked by ("the oldest unpaid"): other checks look for those words.
    finds = [each for each in walk(made.proposal.result) if isinstance(each, Find)]
    picked = any(each.where or each.order is not None or each.pick != "one" for each in finds)
    shortlist = task.workspace_context.shortlist(task.actor, request.surface)
    left = []
    for step in plan.steps:
        offer, contract = shortlist.get(step.action), task.workspace_context.catalogue.get(step.action)
        if offer is None or contract is None:
            return made
        words = read_action_words(offer, shortlist)
        called = {stem_text(each)[0] for each in (contract.title, *contract.aliases) if stem_text(each)}
        ordered = {each for each in heads if is_order(each) or words.rate_verb(find_base_form(each)) >= AKIN}
        ordered |= called & begins
        if ordered and picked:
            return made
        left.append(list_unread(task, made.proposal, contract, words, ordered | around if ordered else ()))
    unread = sorted(set.intersection(*map(set, left)) | {*_list_swallowed(task, made.proposal, shortlist)})
    said = [request.text[start:end] for start, end in join_neighbours(request.text, unread)]
    untold = [each for each in said if not any(f"‘{each}’" in why for why in plan.held)]
    return hold_for_words(made, untold) if untold else made


def _list_label_words(plan: Plan) -> set[str]:
    """What the records of a plan are called, which its card shows."""
    labels = [pin.label or "" for step in plan.steps for pin in step.pins]
    called = {word.casefold() for each in labels for word, _, _ in split_runs(each) if not any(map(str.isdigit, word))}
    return called.union(*({f"{each}'s", f"{each}’s"} for each in called))


def _list_swallowed(task: Task, proposal: Proposal, shortlist: Shortlist) -> Iterator[tuple[int, int]]:
    """The places of parts of a text value that order something themselves."""
    text = task.request.text
    texts = [each for each in walk(proposal.result) if isinstance(each, QuotedText)]
    for first, last in find_places(texts, task.request):
        starts = [first + each.end() for each in _STOPS.finditer(text[first:last])]
        for start, end in itertools.pairwise([*starts, last]):
            head = find_head(text[start:end]) if begins_like_an_order(text[start:end]) else None
            verb = find_base_form(head or "")
            if verb and any(read_action_words(each, shortlist).rate_verb(verb) >= AKIN for each in shortlist.offers):
                yield start, end


def join_neighbours(text: str, places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The stretches of words at these places, those in a row as one."""
    made: list[tuple[int, int]] = []
    for start, end in places:
        follows = made and not any(map(str.isalnum, text[made[-1][1] : start]))
        made[-1:] = [(made[-1][0], end)] if follows else [*made[-1:], (start, end)]
    return made


def _list_light(task: Task, contract: Contract, given: Mapping[str, Argument]) -> frozenset[str]:
    """The words that say nothing else than these values."""
    text, values = task.request.text, tuple(given.values())
    relative = any(isinstance(each, Computed) for each in walk(values))
    places = find_places(values, task.request)
    aimed = any(_AIMED.search(text, 0, first) for first, _ in places)
    dated = [
        name
        for name, each in given.items()
        if (contract.properties.get(name) or {}).get("format") in ("date", "date-time")
        or (isinstance(each, TypedValue) and _DAY.match(str(each.value)))
    ]
    comes = all(ENDS.isdisjoint(name_day(name, contract.annotation(name))) for name in dated)
    pays = any(is_payment(task, contract, name) for name in given)
    by = any(_BY_WHAT.search(text, 0, first) and not re.search(r"\d", text[first:last]) for first, last in places)
    return frozenset().union(
        ("by",) if by else (),
        ("as",) if any(_AS_WHAT.search(text, 0, first) for first, _ in places) else (),
        _CHANGING if relative or aimed or dated else (),
        _LESSENING if relative or (aimed and not dated) else (),
        _BY if relative else _BY | _COMING if "add" in stem_text(contract.title) else (),
        (_DATED | _COMING if comes else _DATED) if dated else (),
        () if pays else _WANTING,
        _SPENDING | _WHEN_DONE if any(contract.annotation(name).unit in _LENGTHS for name in given) else (),
    )


def is_payment(task: Task, contract: Contract, name: str) -> bool:
    """Whether a parameter is money that somebody gives or gets, and no new price of a record."""
    note, kinds = contract.annotation(name), list_referred_kinds((contract,), task.workspace_context.kinds)
    named = name != _ANY_AMOUNT and any(kind.field_named(name) is not None for kind in kinds)
    return note.unit in MONEY and note.replaces is None and not named


def _collect_own_stems(task: Task, contract: Contract, given: Iterable[str]) -> frozenset[str]:
    """Stems of what an action is called, of its ``given`` parameters, and of the kinds of record that it is about. What
    its description tells may be said of another one as well."""
    made = {each for text in (contract.title, *contract.aliases) for each in stem_text(text)}
    for name in given:
        told = (contract.annotation(name).label, (contract.properties.get(name) or {}).get("description"))
        made.update((*name_stems(name), *(each for text in told for each in stem_text(str(text or "")))))
    made |= list_price_words((contract,), task.workspace_context.kinds)
    kinds = list_referred_kinds((contract,), task.workspace_context.kinds)
    return frozenset(made.union(stem(word) for kind in kinds for noun in kind.nouns for word in noun.split()))


def names_deed(contract: Contract, words: ActionWords, task: Task, masked: str) -> bool:
    """Whether a word is said of what the action does, and not only of what it is about."""
    nouns = {stem(word) for kind in task.workspace_context.kinds for noun in kind.nouns for word in noun.split()}
    called = [[word.casefold() for word, _, _ in split_runs(each)] for each in (contract.title, *contract.aliases)]
    small = (EMPTY | _LIGHT) - _ONCE_MORE - {each[0] for each in called if len(each) > 1}  # "ok the plan"
    said = {stem(word.casefold()) for word, _, _ in split_runs(masked) if word.casefold() not in small}
    own = {stem(word) for each in called for word in each if word not in small}
    return bool(said & (own - nouns)) or any(words.rate_verb(find_base_form(each)) >= AKIN for each in said)


def names_taking_away(task: Task, contract: Contract, words: ActionWords) -> bool:
    """Whether a verb of the action is said, or it is called by none that ends or takes away anything: who "paid 90"
    gets no refund."""
    said = {stem(word.casefold()) for word, _, _ in split_runs(task.request.text)}
    called = stem_text(contract.title)[:1]
    if not GIVING_BACK.isdisjoint(called):
        return not GIVING_BACK.isdisjoint(said)
    pairs = (each.casefold().split()[:2] for each in contract.aliases)
    phrasal = any(PARTICLES.issuperset(each[1:]) and said.issuperset(map(stem, each)) for each in pairs if each[1:])
    akin = any(words.rate_verb(find_base_form(each)) >= AKIN for each in said)
    return phrasal or akin or TAKING_AWAY.isdisjoint(called)


def names_action(task: Task, action: str, shortlist: Shortlist) -> bool:
    """Whether the request says the verb or another name of an action itself."""
    offer, said = shortlist.get(action), {stem(word.casefold()) for word, _, _ in split_runs(task.request.text)}
    words = read_action_words(offer, shortlist) if offer is not None else None
    if words is None:
        return False
    nouns = {stem(word) for kind in task.workspace_context.kinds for noun in kind.nouns for word in noun.split()}
    phrases = ([one for one in each if one not in nouns | {"a", "the"}] for each in words.phrases)  # "call off a class"
    return any(words.verbs.get(each, 0.0) >= TOLD for each in said) or any(
        said.issuperset(each) for each in phrases if len(each) > 1
    )

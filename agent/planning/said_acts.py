"""Said acts: what a request asks for in everyday words, as the act of an action that no word of its own names ("park
7", "7 is sorted", "say no to Ada")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from agent.planning.linked_calls import Role
from agent.planning.linked_values import mask
from agent.planning.proposal import TypedValue, Words
from agent.planning.record_links import RecordLink
from agent.planning.task import Task
from agent.planning.unread_words import join_neighbours
from agent.resolve.rules.grammar.orders.action_words import SHOWN, find_base_form, read_action_words
from language.acts import Act, find_acts, find_durations, list_acts_of
from language.opposites import GIVING_BACK
from language.stems import makes_anew, split_runs, stem, stem_text
from registry.contract import Contract
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist
from registry.records import Kinds

ABSENCE: Final = "stay away"
_HANDING: Final = "hand over"
"""What only an action does that gives a record another holder."""
_OFF: Final = re.compile(r"(?<!\w)(?:take|leave|get)\s+(?:him|her|them|it)\s+(?:off|out)(?!\w)", re.IGNORECASE)
_CALLED: Final = frozenset(map(stem, ("cancel", "remove", "delete")))
_DENIED: Final = (
    r"(?:can(?:no|['’]?)t|can\s+not|won['’]?t|will\s+not|(?:is|are)(?:n['’]?t|\s+not)|(?:['’]s|['’]re|['’]m|am)\s+not"
    r"|(?:does|do)(?:n['’]?t|\s+not)|no\s+longer)"
)
_ABSENT: Final = re.compile(
    rf"(?:\b(?:he|she|they)\s+)?(?<!\w){_DENIED}\s+(?:be\s+)?(?:able\s+to\s+)?"
    r"(?:com(?:e|es|ing)|mak(?:e|es|ing)|attend(?:s|ing)?|need(?:s|ed|ing)?|want(?:s|ed|ing)?)"
    r"(?:\s+(?:it|in|to\s+come|to))?(?!\w)|(?<!\w)any\s?more(?!\w)",
    re.IGNORECASE,
)
_LEAST_SHORT: Final = 3
"""Letters of what is short for a noun, and letters that it leaves out."""
_ENDING: Final = frozenset(("end", "shut out"))
_OPPOSED: Final = ({"accept", "decline"}, {"pause", "resume"}, {"shut out", "resume"})


def list_said_acts(text: str, masked: str, links: Sequence[RecordLink], wish: re.Match[str] | None) -> list[Act]:
    """The acts that a request says, if ``masked`` is its text without the names: that somebody won't come or wants
    something no more, or what is ordered or told in words of an act."""
    absent = [each.span() for each in _ABSENT.finditer(text)]
    if any(text[start:end].casefold().replace(" ", "") != "anymore" for start, end in absent):
        return [Act(ABSENCE, (*absent, *(each.span() for each in _OFF.finditer(text))), told=True)]
    owned = [each.end for each in links if each.owns and text[each.end - 1 : each.end].casefold() == "s"]
    wished = wish.end() if wish is not None else 0
    acts = find_acts(masked, owned, wished) or (find_acts(masked, owned) if wished else [])
    return [Act(each.kind, (*each.places, *find_durations(masked, each.kind)), each.told) for each in acts]


def is_word_of_act(text: str, link: RecordLink, links: Sequence[RecordLink]) -> bool:
    """Whether words that name a record are those of an act as well: "let Ada sign in again", where a case is called
    so."""
    places = [(each.start, each.end) for each in links if each is not link]
    acts = find_acts(mask(text, places), ())
    return any(start < link.end and link.start < end for each in acts for start, end in each.places)


def _is_short_for(said: str, noun: str) -> bool:
    return len(said) >= _LEAST_SHORT and len(noun) - len(said) >= _LEAST_SHORT and noun.startswith(said)


def find_short_nouns(
    task: Task, contract: Contract, every: Sequence[Sequence[Role]], masked: str
) -> Iterator[tuple[int, int]]:
    """The places of what is short for a noun of the action's records: "sub" of "subscription"."""
    kinds = {contract.annotation(each.parameter).record for roles in every for each in roles}
    known = (task.workspace_context.kinds.get(each or "") for each in kinds)
    nouns = {word for kind in known if kind is not None for noun in kind.nouns for word in noun.casefold().split()}
    for word, start, end in split_runs(masked):
        if word.casefold() not in nouns and any(_is_short_for(word.casefold(), noun) for noun in nouns):
            yield start, end


def does(kinds: Kinds, contract: Contract, act: Act, offer: Offer, shortlist: Shortlist) -> bool:
    """Whether an action does such a thing, and no other one goes by the word itself. A yes and a no are values."""
    if act.kind == ABSENCE:
        called = stem_text(contract.title)[:1]
        words = read_action_words(offer, shortlist)
        return GIVING_BACK.isdisjoint(called) and not _CALLED.isdisjoint({*called, *words.verbs})
    holders = [each for each in contract.properties if contract.annotation(each).record is not None]
    if act.kind == _HANDING and not any(contract.annotation(each).replaces for each in holders):
        return False
    own = _list_acts(contract) if _is_titled_by(contract, kinds) else frozenset()
    members = _list_members(contract, act.kind)
    if members:
        return len(members) == 1
    return act.kind in own and not any(act.kind in pair and pair <= own for pair in _OPPOSED)


def _is_titled_by(contract: Contract, kinds: Kinds) -> bool:
    """Whether the title names a record that the action needs: to send the bill of a booking sends no booking."""
    titled = {*stem_text(contract.title)}
    needed = (kinds.get(contract.annotation(each).record or "") for each in contract.required)
    nouns = {stem(word) for kind in needed if kind is not None for noun in kind.nouns for word in noun.split()}
    return not titled.isdisjoint(nouns)


def belongs_to_others(text: str, act: Act, offer: Offer, shortlist: Shortlist) -> bool:
    """Whether another action goes by the word of an act itself, and this one doesn't: where something is dropped at a
    door, nothing is cancelled by that."""
    said = {find_base_form(stem(text[start:end].casefold())) for start, end in act.places}
    if len(said) > 1 or act.kind == ABSENCE:
        return False
    word = next(iter(said))
    rates = {each.name: read_action_words(each, shortlist).verbs.get(word, 0.0) for each in shortlist.offers}
    return rates[offer.name] < SHOWN <= max(rates.values())


def is_said_of(task: Task, act: Act, contract: Contract, roles: Sequence[Role], masked: str) -> bool:
    """Whether an act is said of the record itself: by its own name, by two that lead to it, or with a noun of its kind
    ("kill Ada's sub"). Nothing new is made by one, and what is made of a thing doesn't end with it."""
    if makes_anew(contract.title):
        return False
    if any(each.direct for each in roles) or (len(roles) > 1 and act.kind not in _ENDING):
        return True
    kind = task.workspace_context.kinds.get(contract.annotation(roles[0].parameter).record or "") if roles else None
    nouns = {word for noun in (kind.nouns if kind is not None else ()) for word in noun.casefold().split()}
    said = [word.casefold() for word, _, _ in split_runs(masked)]
    return any(each in nouns or any(_is_short_for(each, noun) for noun in nouns) for each in said)


def may_be_replaced(shortlist: Shortlist, contract: Contract, roles: Sequence[Role]) -> bool:
    """Whether somebody else may take the place of who is absent: a lesson is not off because its tutor is."""
    theirs = {(each.kind, contract.annotation(each.parameter).record) for each in roles if not each.direct}
    notes = ((offer, note) for offer in shortlist.offers for note in offer.annotations.values())
    held = ((note.record, offer.annotation(note.replaces.parameter).record) for offer, note in notes if note.replaces)
    return any(each in theirs for each in held)


def list_chosen(contract: Contract, act: Act, text: str) -> dict[str, TypedValue]:
    """The value of a closed list by which an action does such a thing: that a request is approved."""
    stretches = join_neighbours(text, sorted(act.places))
    start, end = max(stretches, key=lambda each: each[1] - each[0], default=(0, 0))
    return {
        name: TypedValue(value=member, quote=Words(text=text[start:end], start=start))
        for name, member in _list_members(contract, act.kind)
    }


def _list_acts(contract: Contract | Offer) -> frozenset[str]:
    tail = contract.name.rpartition(".")[2].replace("_", " ")
    return list_acts_of((contract.title, tail, *contract.aliases))


def _list_members(contract: Contract | Offer, kind: str) -> list[tuple[str, str]]:
    """The members of a closed list of new values that stand for an act, each with its parameter."""
    return [
        (name, str(member))
        for name, schema in contract.properties.items()
        if contract.annotation(name).replaces is not None or name in contract.required
        for member in schema.get("enum") or ()
        if kind in list_acts_of((str(member).replace("_", " "), *contract.annotation(name).words.get(str(member), ())))
    ]

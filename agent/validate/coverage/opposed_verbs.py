"""Opposed verbs: an order whose verb asks for the opposite of the chosen action, such as "shorten" for an extension.

Both share the same object, so no other word shows that the action is the wrong way round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from agent.validate.coverage.weighty_patterns import PAST, Place, search_before
from language.opposites import ENDING, GIVING_BACK, LESS, MORE, PAIRS, REMOVING
from language.stems import EMPTY, name_stems, split_runs, stem, stem_text
from registry.contract import Contract
from registry.offers.offer import Offer

_CLAUSE: Final = re.compile(r"(?:[^;!?\n.,:]|[.,:](?=\d))+")
_AWAY: Final = re.compile(
    r"(?<!\w)(?P<verb>take|pull|claw|claim|get)\s(?:[^,;.!?\n]{1,200}?\b)?(?:away|back|off(?![^,;]*\b(?:give|hand|assign|pass|put)\b))\b",
    re.IGNORECASE,
)
# "Take Ada off the list", "strike 7 from the bill", but not "take it off Bo and give it to Ada", "get it out to Ada".
_REMOVAL: Final = re.compile(
    r"(?<!\w)(?:(?:take|get|pull|leave|keep|strike|scratch|cross|kick|wipe|rub)\s(?:[^,;.!?\n]{1,200}?\s)?"
    r"(?:away|off(?!\s+(?:to|by)\b)|out\s+of)"
    r"|(?:strike|scratch|cross|drop|pull|withdraw|remove|delete|erase|exclude|kick|strip)\s[^,;.!?\n]{1,200}?\sfrom)"
    r"(?!\w)(?P<rest>[^;!?\n]*)",
    re.IGNORECASE,
)
_ELSEWHERE: Final = re.compile(
    r"(?<!\w)(?:give|hand|assign|pass|put|move|set|switch|swap|bring|into|onto|to)(?!\w)", re.I
)
_REMOVES: Final = re.compile(r"(?<!\w)(?<!\bput )(?:off|out\s+of|away)(?!\w)", re.IGNORECASE)
# "Ada's out of the autumn race".
_IS_OUT: Final = re.compile(
    r"(?:(?<!\w)(?:is|are)|['’](?:s|re))\s+(?:now\s+)?(?P<out>(?:out\s+of|off)\s+(?:(?:the|his|her|its|their)\s+)?)",
    re.IGNORECASE,
)
# "They get half of it back": it is given to them.
_RECEIVES: Final = re.compile(r"(?<!\w)(?:(?i:he|she|they)|[A-Z]\w+)\s+(?:(?:should|must|can|shall|will|to)\s+)?$")
# Something that belonged to somebody before is given back. They get nothing more.
_RETURNS: Final = re.compile(r"(?<!\w)(?:give|hand|pay)\s(?:[^,;.!?\n]{1,80}?\s)?back\b", re.IGNORECASE)
# A word after one of these is no verb of an order: "the other suspended one", "she cancelled by mistake".
_DETERMINED: Final = re.compile(
    r"(?<!\w)(?:the|an?|his|her|their|its|our|my|your|these|those|other)\s+$", re.IGNORECASE
)
_DID: Final = re.compile(r"(?<!\w)(?:i|he|she|it|we|they|who|which)\s+(?:(?:has|have|had|\w+ly|just)\s+)*$", re.I)
_PAST: Final = re.compile(PAST, re.IGNORECASE)
_BY: Final = re.compile(r"(?<!\w)by\s", re.IGNORECASE)


def find_opposed_verbs(text: str, contracts: Sequence[Contract]) -> Iterator[Place]:
    """Finds verbs that ask for the opposite of what the call does. Only for a single contract: with several, it isn't
    known which verb belongs to which."""
    if len(contracts) != 1:
        return
    verbs = leading_verbs(contracts[0])
    does = verbs | {*name_stems(contracts[0].name.rpartition(".")[2])}
    for clause in _CLAUSE.finditer(text):
        told = clause[0]
        head = next(((w, s, e) for w, s, e in split_runs(told) if w.casefold() not in EMPTY), None)
        if head is None:
            continue
        said = stem(head[0].casefold())
        place = (clause.start() + head[1], clause.start() + head[2])
        opposed = any(
            said in asks and verbs & one and not verbs & asks for a, b in PAIRS for one, asks in ((a, b), (b, a))
        )
        # "By" an amount less, for an action that neither adds nor subtracts by name.
        lessens = said in LESS and not verbs & LESS and _BY.search(told, head[2]) is not None
        if (opposed or lessens) and not _is_no_order(told, head[1], head[0]):
            yield place
        away = _AWAY.search(told)
        returns = _RETURNS.search(told)
        if returns is not None and verbs & MORE and not (does | verbs) & GIVING_BACK:
            yield clause.start() + returns.start(), clause.start() + returns.end()
        if away is not None and away["verb"].casefold() == "get" and search_before(_RECEIVES, told, away.start()):
            away = None
        if away is not None and verbs & MORE and not verbs & LESS and stem(away["verb"].casefold()) not in verbs:
            yield clause.start() + away.start(), clause.start() + away.end()


def find_removals(text: str, contracts: Sequence[Contract], taken: Sequence[Place] = ()) -> Iterator[Place]:
    """Finds an order to remove something, for calls of which none removes anything: "take Ada off the list" enters
    nobody. What is taken away in order to be somewhere else ("off Bo and give it to Ada") is moved. "Is out of" what
    was used (``taken``) says the same."""
    if any(map(_removes, contracts)):
        return
    replaces = all(any(note.replaces for note in each.annotations.values()) for each in contracts)
    moves = replaces or len({each.name for each in contracts}) == len(contracts)
    for found in _REMOVAL.finditer(text):
        if not (moves and _ELSEWHERE.search(found["rest"])):
            yield found.start(), found.start("rest")
    used = {start for start, _ in taken}
    yield from (found.span("out") for found in _IS_OUT.finditer(text) if found.end() in used)


def _removes(contract: Contract) -> bool:
    """Whether an action takes something away, by a verb or a particle of its own."""
    verbs = leading_verbs(contract) | {*name_stems(contract.name.rpartition(".")[2]), *stem_text(contract.title)}
    words = (contract.title, contract.description, *contract.aliases, *contract.examples)
    return bool(verbs & (LESS | ENDING | REMOVING)) or any(map(_REMOVES.search, words))


def _is_no_order(told: str, at: int, verb: str) -> bool:
    """Whether the word is an attribute, or says what somebody has done."""
    if _DETERMINED.search(told, 0, at) is not None:
        return True
    return _PAST.fullmatch(verb) is not None and _DID.search(told, 0, at) is not None


def leading_verbs(contract: Contract | Offer) -> frozenset[str]:
    """The stems of an action's verbs: the first word of its name, its title and each alias."""
    said = (contract.name.rpartition(".")[2].partition("_")[0], contract.title, *contract.aliases)
    return frozenset(stem(word) for text in said for word in text.casefold().split()[:1])


def goes_by(order: str, contracts: Sequence[Contract]) -> bool:
    """Whether the single action is called by the words of an order. "Stop selling" then doesn't oppose it."""
    said = order.casefold().split()
    titles = [text for each in contracts for text in (each.title, *each.aliases)] if len(contracts) == 1 else []
    return any(text.casefold().split()[: len(said)] == said for text in titles)

"""Opposed verbs: an order whose verb asks for the opposite of what the chosen action does, such as "shorten" for an
extension. Both name the same thing, so nothing else tells that the action is the wrong way round."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from agent.validate.coverage.weighty_patterns import PAST, Place, last_before, search_before
from language.stems import EMPTY, name_stems, split_runs, stem, stem_text
from registry.contract import Contract

# More and less, letting and stopping, yes and no.
_PAIRS: Final = tuple(
    (frozenset(stem_text(one)), frozenset(stem_text(other)))
    for one, other in (
        (
            "add extend increase lengthen prolong raise give grant top load credit renew boost",
            "reduce decrease shorten lower cut trim deduct subtract lessen shrink remove revoke withdraw stop cancel"
            " undo reverse",
        ),
        (
            "open reopen enable activate reactivate start resume unblock unlock unsuspend unpause restore",
            "close disable deactivate stop pause suspend block lock ban freeze end cancel",
        ),
        ("approve accept confirm publish", "reject decline deny refuse unpublish"),
    )
)
_MORE, _LESS = _PAIRS[0]
_CLAUSE: Final = re.compile(r"(?:[^;!?\n.,:]|[.,:](?=\d))+")
_ENDS: Final = re.compile(r"[,;.!?:\n]")
_AWAY: Final = re.compile(
    r"(?<!\w)(?P<verb>take|pull|claw|claim|get)\s(?:[^,;.!?\n]{1,200}?\b)?(?:away|back|off(?![^,;]*\b(?:give|hand|assign|pass|put)\b))\b",
    re.IGNORECASE,
)
# "They get half of it back" is given to them.
_RECEIVES: Final = re.compile(r"(?<!\w)(?:(?i:he|she|they)|[A-Z]\w+)\s+(?:(?:should|must|can|shall|will|to)\s+)?$")
# What was somebody's before is given back: no more of it is given.
_RETURNS: Final = re.compile(r"(?<!\w)(?:give|hand|pay)\s(?:[^,;.!?\n]{1,80}?\s)?back\b", re.IGNORECASE)
_BACK: Final = frozenset(stem_text("return refund reimburse repay restore back"))
# That none of what the action does shall be, or something else than it ("pause, not cancel, …").
_NONE: Final = re.compile(r"\s*(?P<no>no)\s+(?P<what>[^\W\d_]+)", re.IGNORECASE)
_NOT: Final = re.compile(r"^\s*(?P<not>not)\s+(?P<verb>[^\W\d_]+)\s*$", re.IGNORECASE)
_STAYS: Final = re.compile(
    r"(?<!\w)(?:all|every\w*)(?!\w)[^,;.!?:\n\d]{0,80}\s(?:except(?:\s+for)?|but(?:\s+for)?|apart\s+from|other\s+than)(?!\w)",
    re.IGNORECASE,
)
_AS_IT_IS: Final = re.compile(r"(?<!\w)(?:stays?|remains?|keep|leave|unchanged|untouched)(?!\w)", re.IGNORECASE)
# What stands behind one of these is no verb of an order: "the other suspended one", "she cancelled by mistake".
_DETERMINED: Final = re.compile(
    r"(?<!\w)(?:the|an?|his|her|their|its|our|my|your|these|those|other)\s+$", re.IGNORECASE
)
_DID: Final = re.compile(r"(?<!\w)(?:i|he|she|it|we|they|who|which)\s+(?:(?:has|have|had|\w+ly|just)\s+)*$", re.I)
_PAST: Final = re.compile(PAST, re.IGNORECASE)
_BY: Final = re.compile(r"(?<!\w)by\s", re.IGNORECASE)


def find_opposed_verbs(text: str, contracts: Sequence[Contract]) -> Iterator[Place]:
    """The places of verbs that ask for the opposite of what the call does. Which order is whose can't be told where
    there are several."""
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
        none = _NONE.match(told)
        if none is not None and stem(none["what"].casefold()) in does:
            yield clause.start() + none.start("no"), clause.start() + none.end()
        other = _NOT.search(told)
        if other is not None and stem(other["verb"].casefold()) in does:
            yield clause.start() + other.start("not"), clause.start() + other.end()
        place = (clause.start() + head[1], clause.start() + head[2])
        opposed = any(
            said in asks and verbs & one and not verbs & asks for a, b in _PAIRS for one, asks in ((a, b), (b, a))
        )
        # By how much less, of what is no less or more itself.
        lessens = said in _LESS and not verbs & _LESS and _BY.search(told, head[2]) is not None
        if (opposed or lessens) and not _is_no_order(told, head[1], head[0]):
            yield place
        away = _AWAY.search(told)
        returns = _RETURNS.search(told)
        if returns is not None and verbs & _MORE and not (does | verbs) & _BACK:
            yield clause.start() + returns.start(), clause.start() + returns.end()
        if away is not None and away["verb"].casefold() == "get" and search_before(_RECEIVES, told, away.start()):
            away = None
        if away is not None and verbs & _MORE and not verbs & _LESS and stem(away["verb"].casefold()) not in verbs:
            yield clause.start() + away.start(), clause.start() + away.end()


def _is_no_order(told: str, at: int, verb: str) -> bool:
    """Whether the word says what kind something is of, or what somebody has done."""
    if _DETERMINED.search(told, 0, at) is not None:
        return True
    return _PAST.fullmatch(verb) is not None and _DID.search(told, 0, at) is not None


def find_what_stays(text: str, known: frozenset[str]) -> Iterator[Place]:
    """The places where all stays as it is except for what the calls are about (``known`` stems), which is what is
    ordered: "leave everything but the plan"."""
    for found in _STAYS.finditer(text):
        before = last_before(_ENDS, text, found.start())
        if _AS_IT_IS.search(text, before[1] if before is not None else 0, found.end()) is None:
            continue
        rest = _CLAUSE.match(text, found.end())
        said = [word.casefold() for word, _, _ in split_runs(rest[0])] if rest is not None else []
        named = {stem(word) for word in said if word not in EMPTY}
        if named and named <= known:
            yield found.span()


def leading_verbs(contract: Contract) -> frozenset[str]:
    """The stems of the verbs of an action: the first word of its name, its title and what it is called besides."""
    said = (contract.name.rpartition(".")[2].partition("_")[0], contract.title, *contract.aliases)
    return frozenset(stem(word) for text in said for word in text.casefold().split()[:1])


def goes_by(order: str, contracts: Sequence[Contract]) -> bool:
    """Whether the one action called goes by the very words of an order: "stop selling" is no word against it then."""
    said = order.casefold().split()
    titles = [text for each in contracts for text in (each.title, *each.aliases)] if len(contracts) == 1 else []
    return any(text.casefold().split()[: len(said)] == said for text in titles)

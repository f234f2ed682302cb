"""Further orders, and other people or things that are named.

A further order is another verb after "and", or what somebody may or must do: "Bo may come in again, and tell him". A
joined name is one more name or number after "and". Other people are those for whom, as whom or with whose permission
something is to be done.

"For" and "as" usually give a reason. Before a name they say whose the order is.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from typing import Final

from agent.pipeline import Span
from agent.planning.proposal import TypedValue
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.accounted_words import LIGHT, plain_word
from agent.validate.coverage.clauses import Clause, Word, split_clauses
from agent.validate.coverage.left_over import FINITE
from agent.validate.coverage.openings import ASKING
from agent.validate.coverage.order import Order
from agent.validate.coverage.unused_words import SAID_AROUND, find_left_over
from agent.validate.coverage.weighty_patterns import Place, blank
from language.common_words import is_everyday
from language.stems import EMPTY, KIN, ORDER_WORDS, ORDERS, READING, is_past, stem, stem_text
from language.text import NAMES_TOO, word_set
from language.wordnet import find_similar_stems, is_word, rate_similarity
from registry.contract import Contract

_ALIKE: Final = 0.8
"""Similarity above which a verb mostly means to tell somebody something, as "say" does."""


def find_further_orders(text: str, taken: Sequence[Place], known: frozenset[str]) -> Iterator[Place]:
    """Finds clauses that begin with the verb of an order that no call is about, and that hold no used word."""
    for found in patterns.FURTHER.finditer(text):
        said = found["verb"].casefold()
        verb = stem(said)
        orders = (
            said in ORDER_WORDS
            or rate_similarity(verb, patterns.TELLING, verb=True) > _ALIKE
            or verb in patterns.TELLING
            or (patterns.MARKED.search(found.group()) and find_similar_stems(verb, verb=True))
            or (_SAYS.match(text, found.end()) and verb not in _STATES and find_similar_stems(verb, verb=True))
        )
        if not orders or verb in known or patterns.TO_ME.match(text, found.end()):
            continue
        closing = patterns.CLAUSE.search(text, found.end())
        end = closing.start() if closing else len(text)
        if not any(start < end and found.start("verb") < stop for start, stop in taken):
            yield found.start("verb"), end


_SAYS: Final = re.compile(r"\s+that\s", re.IGNORECASE)
"""Behind a verb that says something: "and comment that she called"."""
_MODALS: Final = word_set("can may should must shall")
_OBLIGING: Final = word_set("has have needs need ought")
_MODAL: Final = re.compile(r"(?<!\w)(?:can|may|should|must|shall|to)(?!\w)", re.IGNORECASE)
_PRONOUNS: Final = word_set("he she they it")
_NOBODY: Final = word_set(
    "i we you us me who which what that there nobody none nothing no nor neither"
    " because as since if when whenever once until till unless while whether before after so"
)
"""What makes a subject one of whom nothing is ordered: whoever speaks or is asked, nobody, and one within a reason or a
time."""
_DETERMINERS: Final = word_set("the this that his her its their our my your")
_LEAD: Final = word_set("and also then plus ok okay yes now today well please again finally")
_BESIDE: Final = word_set("also still just now then again please already soon always both")
"""Words between a verb of duty and what is to be done."""
_GRANTED: Final = word_set("able allowed permitted free welcome")
_PARTICIPLE: Final = re.compile(rf"{patterns.PAST}|\w+en|put|let|cut|set|gone|done", re.IGNORECASE)
_NOT_DONE: Final = word_set("be have not never only hardly barely no")
_STATES: Final = frozenset(
    map(stem, word_set("need want like know think hope seem feel mean cost owe own wait hear understand"))
)
"""Verbs of how somebody is: "she may need a new one"."""
_WHY: Final = re.compile(
    r"(?<!\w)(?:so(?:\s+that)?|that|because|as|since|if|when|whenever|once|until|till|unless|while|whether|before|after)\s+$",
    re.IGNORECASE,
)
"""Before a clause that only gives a reason or a time."""
_JOINT: Final = re.compile(r"(?:(?<!\w)(?:and|plus|then)|[&+])\W*$", re.IGNORECASE)
_SENTENCE_ENDS: Final = re.compile(r"[;!?\n]|\.(?!\d)")
_MOST_SUBJECT: Final = 5
"""Words of the longest subject."""


def find_told_duties(order: Order) -> Iterator[Place]:
    """Finds what somebody may or must do, joined to an order: "Bo may come in again, and move him to the front".

    The place begins with the verb and holds no used word. No call has the verb among its words, and every call is
    ordered elsewhere.
    """
    text = order.polite
    if not order.on_records or not order.taken or _MODAL.search(text) is None:
        return
    used, clauses = patterns.cover(text, order.taken), list(split_clauses(text))
    words = frozenset(root for each in order.contracts for root in _list_words(each))
    duties = [(each, verb) for each in clauses if (verb := _find_duty(each, order, used)) is not None]
    undone = [
        (clause, verb)
        for clause, verb in duties
        if words.isdisjoint(_list_forms(plain_word(verb[0]))) and not any(used[verb[1] : clause.end])
    ]
    told = {clause.start for clause, _ in duties}
    ordered = [each for each in clauses if each.start not in told and _is_imperative(each, order, used)]
    if len({each.name for each in order.contracts}) > len(ordered) + len(duties) - len(undone):
        return
    ends = [found.start() for found in _SENTENCE_ENDS.finditer(text)]
    first = {bisect(ends, each.start): each.start for each in reversed(ordered)}
    last = {bisect(ends, each.start): each.start for each in ordered if _is_joined(each)}
    for clause, verb in undone:
        sentence = bisect(ends, clause.start)
        behind = _is_joined(clause) and first.get(sentence, clause.start) < clause.start
        if behind or clause.start < last.get(sentence, 0):
            yield verb[1], clause.end


def _list_words(contract: Contract) -> list[str]:
    """The stems of all words that a contract says its action by."""
    name = contract.name.rpartition(".")[2].replace("_", " ")
    return stem_text(" ".join((name, contract.title, *contract.aliases, *contract.examples)))


def _list_forms(verb: str) -> set[str]:
    """The stems of a verb, of its plain form if it is a participle ("forgiven"), and of verbs that mean the same."""
    roots = {stem(verb), stem(verb.removesuffix("n")), stem(verb.removesuffix("en"))}
    return roots.union(*(KIN.get(each, frozenset()) for each in roots))


def _is_joined(clause: Clause) -> bool:
    """Whether "and" or the like joins a clause to what stands before it."""
    also = plain_word(clause.words[0][0]) == "also"
    return also or patterns.search_before(_JOINT, clause.text, clause.start) is not None


def _is_imperative(clause: Clause, order: Order, used: bytearray) -> bool:
    """Whether a clause with used words, or with a verb of the calls, begins with a verb in its plain form."""
    told = blank(ASKING, clause.text[clause.start : clause.end])
    said = [each for each in clause.words if told[each[1] - clause.start] != " "]
    first = next((each for each in said if plain_word(each[0]) not in _LEAD | _BESIDE), None)
    ours = any(used[clause.start : clause.end]) or any(stem(plain_word(word)) in order.verbs for word, _, _ in said)
    if first is None or not ours:
        return False
    low = plain_word(first[0])
    root = stem(low)
    if root in ORDERS | READING | order.verbs:
        return low == first[0].casefold() and not is_past(low) and (not low.endswith("s") or low.endswith("ss"))
    return low not in EMPTY and not used[first[1]] and bool(find_similar_stems(root, verb=True))


def _find_duty(clause: Clause, order: Order, used: bytearray) -> Word | None:
    """The verb of what a clause's subject may or must do. None if it says no such thing of anybody."""
    words = list(clause.words)
    while words and plain_word(words[0][0]) in _LEAD:
        words = words[1:]
    low = [word.casefold() for word, _, _ in words]
    at = next((at for at, each in enumerate(low) if each in _MODALS | _OBLIGING), 0)
    obliges = low[at] in _OBLIGING if low else False
    if not 0 < at <= _MOST_SUBJECT or words[at][0].istitle() or (obliges and low[at + 1 : at + 2] != ["to"]):
        return None
    if patterns.search_before(_WHY, clause.text, words[0][1]) or not _is_somebody(words[:at], order, used):
        return None
    rest = [each for each in words[at + 1 + obliges :] if each[0].casefold() not in _BESIDE]
    said = [each[0].casefold() for each in rest]
    if said[:1] == ["be"]:
        able = said[1:2] and said[1] in _GRANTED and said[2:3] == ["to"]
        if not able and not (said[1:2] and _PARTICIPLE.fullmatch(said[1])):
            return None
        rest = rest[3:] if able else rest[1:]
    verb = next(iter(rest), None)
    done = verb is not None and verb[0].casefold() not in _NOT_DONE and stem(verb[0].casefold()) not in _STATES
    return verb if done else None


def _is_somebody(subject: Sequence[Word], order: Order, used: bytearray) -> bool:
    """Whether a subject is a pronoun or names a person or a record."""
    low = [plain_word(word) for word, _, _ in subject]
    if len(low) == 1 and low[0] in _PRONOUNS:
        return True
    if not _NOBODY.isdisjoint(low) or any(FINITE.fullmatch(each) for each in low):
        return False
    named = [word[:1].isupper() or word.isdigit() or used[start] for word, start, _ in subject]
    if len(low) > 1 and stem(low[0]) in ORDERS | READING | order.verbs and not used[subject[0][1]]:
        return False  # "tell Bo he may come"
    return any(named[-2:]) or (low[0] in _DETERMINERS and len(low) > 1)


def find_joined_names(text: str, taken: Sequence[Place], known: frozenset[str]) -> Iterator[Place]:
    """Finds names and numbers that "and" joins to used words."""
    claimed = [Span(start=start, end=end, text=text[start:end]) for start, end in taken]
    ends = {end for _, end in taken}
    for each in find_left_over(text, claimed, known):
        before = patterns.search_before(patterns.JOINED, text, each.start)
        if patterns.NAME.match(each.text) and before is not None and before.start() in ends:
            yield each.start, each.end


# "Poppy and | Rex", behind a verb, a preposition, an article or another name.
_BEFORE_NAME: Final = re.compile(
    r"(?:^|[,;.!?]|(?<!\w)(?P<lead>[^\W\d_][\w'’-]*)\s)\s*(?P<name>[^\W\d_][\w'’-]*)\s*(?:,|\s(?:and|or|&|\+))\s*(?:and\s+|the\s+)?$",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_][\w'’-]*")
_NEAR_VALUE: Final = 8
"""Characters from a preposition within which its value begins."""
_NO_NAME: Final = EMPTY | LIGHT | SAID_AROUND | word_set("say says saying explain explaining")
_LISTED: Final = re.compile(r"\s*+(?:,\s*+)?(?:and|or|&|\+)\s", re.IGNORECASE)
_LEADING: Final = word_set("for to of with from at on both the a an my our give get put")
# "Rex|, Poppy and Bess".
_BEHIND_NAME: Final = re.compile(
    r"(?:\s*,\s*[^\W\d_][\w'’-]{0,40}){1,8}\s*,?\s+(?:and|or|&)\s+(?:the\s+)?[^\W\d_][\w'’-]*", re.IGNORECASE
)
# "Rex| and the mill", "Rex| as well as bess", "Rex|'s bath and will bell's".
_ALSO_NAMED: Final = re.compile(
    r"(?:['’]s(?:\s+[^\W\d_]+){0,2}?)?(?:\s+(?:and|plus|as\s+well\s+as)\s+|\s*&\s*)(?:(?:also|the|of|for|at|with)\s+)*"
    r"(?P<said>(?!(?:that|it|he|she|there|what|who|let)['’])(?:[^\W\d_]+\s+){0,2}?[^\W\d_]+(?P<owns>['’]s(?!\w))"
    r"|[^\W\d_][\w'’-]*+(?!\s+(?:her|his|their|its|the|an?|it|him|them|my|our|your|all)(?!\w)))",
    re.IGNORECASE,
)
# "Rex|, bess on friday".
_BEFORE_VALUE: Final = re.compile(
    r"\s*,\s*(?:the\s+)?(?P<said>[^\W\d_][\w'’-]*(?:\s+[^\W\d_][\w'’-]*){0,2}?)\s+(?=(?:on|at|from|until|to|by|for|in)\s)",
    re.IGNORECASE,
)
# "Ready| and paid": one more value of what has one.
_AND_ANOTHER: Final = re.compile(r"\s+and\s+(?P<said>[^\W\d_]{3,})(?=\W*$)", re.IGNORECASE)
_SO_DOES: Final = re.compile(
    r"(?<!\w)(?:so|neither|nor)\s+(?:is|are|was|were|has|have|had|does|do|did|will|would|can|should|must)(?:n['’]t)?\s+"
    r"(?P<name>[^\W\d_][\w'’-]*)",
    re.IGNORECASE,
)


def find_listed_names(order: Order) -> Iterator[Place]:
    """Finds words that "and" or a comma joins to a record's name, in front of it ("Poppy and | Rex need a bath") or
    behind ("Rex|, Poppy and Bess need a bath", "… and so does Rex"): they name another record."""
    text, used = order.polite, order.taken

    def is_used(start: int, end: int) -> bool:
        return any(first < end and start < last for first, last in used)

    for at, end in order.names:
        start, joined = at, _LISTED.match(text, end) is not None
        while (found := patterns.search_before(_BEFORE_NAME, text, start)) is not None:
            first, last = found.span("name")
            low, lead = found["name"].casefold(), (found["lead"] or "").casefold()
            joined = joined or "," not in text[last:start]
            led = not lead or lead in _LEADING or stem(lead) in ORDERS or stem(lead) in order.verbs
            if not joined or not led or low in EMPTY or stem(low) in ORDERS | order.verbs or is_used(first, last):
                break
            start = first
        if start < at:
            yield start, at
        behind, also = _BEHIND_NAME.match(text, end), _ALSO_NAMED.match(text, end)
        if also is not None and not is_used(*also.span("said")):
            low, after = plain_word(also["said"]), _WORD.search(text, also.end("said"))
            low = plain_word(after[0]) if after is not None and low in NAMES_TOO else low  # "Will Bell"
            orders = stem(low) in ORDERS | READING | order.every_verb or low in _NO_NAME
            if also["owns"] or not (orders or stem(low) in order.known):
                yield also.span("said")
        value = _BEFORE_VALUE.match(text, end)
        if value is not None and not is_used(*value.span("said")) and is_used(value.end(), value.end() + _NEAR_VALUE):
            lows = [plain_word(word) for word in value["said"].split()]
            orders = any(low in EMPTY or stem(low) in ORDERS | READING for low in lows)
            if not orders and not all(low in _NO_NAME or stem(low) in order.known for low in lows):
                yield value.span("said")
        for each in _WORD.finditer(behind[0]) if behind is not None else ():
            first, last = end + each.start(), end + each.end()
            low = each[0].casefold()
            if low in EMPTY or stem(low) in ORDERS | order.verbs | order.known:
                continue
            if not is_used(first, last):
                yield first, last
    exact = [each for _, _, each in order.arguments if isinstance(each, TypedValue) and isinstance(each.value, str)]
    for _, end in order.find(exact):
        another = _AND_ANOTHER.match(text, end)
        if another is not None and another["said"].casefold() not in EMPTY and not is_used(*another.span("said")):
            yield another.span("said")
    for found in _SO_DOES.finditer(text):
        if not is_used(*found.span("name")):
            yield found.span()


_FOR: Final = re.compile(
    r"(?<!\w)(?:(?i:for|as|instead\s+of|on\s+behalf\s+of|in\s+the\s+name\s+of|in\s+favou?r\s+of|by\s+order\s+of)\s+"
    r"|(?i:on|at|with|under|from|through)\s+(?=[A-Z][\w-]*['’]s\s))"
    r"(?P<name>[A-Z][^\W\d_]+(?:-[A-Z][^\W\d_]+)?)(?:['’]s(?:\s+[^\W\d_]+)?)?"
)
# A strange word in lower case: "for ada".
_FOR_LOW: Final = re.compile(
    r"(?<!\w)(?:for|on\s+behalf\s+of)\s+(?P<name>[a-z]{3,})(?:['’]s)?(?=\s*(?:[,.;!?]|$)|\s+[a-z])"
)


def find_others(
    text: str, taken: Sequence[Place], known: frozenset[str], shown: frozenset[str] = frozenset()
) -> Iterator[Place]:
    """Finds names after such words ("for Ada"), unless they are used.

    Times of the year and abbreviations name nobody. Names ``shown`` with the call, in lower case, don't count either.
    """
    for found in _FOR.finditer(text):
        name, (start, end) = found["name"], found.span("name")
        low = name.casefold()
        if name.isupper() or stem(low) in patterns.TIMES or low in shown or stem(low) in known:
            continue
        if not any(first < end and start < last for first, last in taken):
            yield found.span()
    for found in _FOR_LOW.finditer(text):
        low, (start, end) = found["name"], found.span("name")
        said = is_word(low) or is_everyday(low) or stem(low) in patterns.TIMES or low in shown or stem(low) in known
        if not said and not any(first < end and start < last for first, last in taken):
            yield found.span()


_DIRECTING: Final = frozenset(stem_text("take get go let make give"))
"""Verbs that may only say from whom to whom: "take it off Ada and give it to Bo"."""


def find_passed_over(order: Order) -> Iterator[Place]:
    """Finds clauses that begin with another order's verb and hold no value of the plan, beside one that begins with a
    verb of the calls: "move it to the hall - extend it by a day", where only the extension is planned."""
    clauses = [(each, stem(plain_word(each.words[0][0]))) for each in split_clauses(order.polite)]
    own = [each for each, verb in clauses if verb in order.heads]
    for clause, verb in clauses if own and order.on_records else ():
        used = any(start < clause.end and clause.start < end for start, end in (*order.values, *order.texts))
        if verb in ORDERS - order.verbs - order.heads - READING - _DIRECTING and not used:
            yield clause.words[0][1], clause.words[0][2]

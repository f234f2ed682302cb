"""Left-over words: words of an order that neither a quote of the proposal nor the action's own words account for.

Their place gives them weight. A word inside the ordering clause narrows or changes the order: "in Swiss francs", "the
setup fee of". So does a clause that begins with another order's verb, or that is joined to one. A clause with its own
subject, or a reason, is a story. Words that have weight anywhere (numbers, negations) are in ``weighty_words.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from agent.planning.proposal import Handle
from agent.resolve.rules.api_orders.words import LIGHT as PUTTING
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.accounted_words import EVERY, LIGHT, Accounts, has_weight, list_accounts, plain_word
from agent.validate.coverage.clauses import Clause, Word, is_no_reason, split_clauses
from agent.validate.coverage.modifiers import BOUND, FREE, LIMIT, OTHERS, PAST, QUALIFIED, RATE, SHARE, WHEN
from agent.validate.coverage.openings import ASKING, WISH, WISHED
from agent.validate.coverage.order import Order
from agent.validate.coverage.weighty_patterns import Place, blank, match_words
from language import numerals
from language.example_patterns import PARTICLES
from language.number_words import CARDINALS
from language.stems import EMPTY, ORDERS, READING, is_past, split_runs, stem
from language.text import NAMES_TOO, is_written_as_name, word_set
from language.wordnet import find_similar_stems, is_word

_UNIT: Final = r"(?:second|minute|hour|day|night|week|month|quarter|year)s?"
# Introduces a reason, which lasts until the next used word.
_REASON: Final = match_words(
    r"because|cause|since|due\s+to|owing\s+to|thanks\s+to|on\s+account\s+of|in\s+(?:return|exchange)\s+for"
    r"|as(?=\s+(?:he|she|it|they|we|i|you|that|this|the|there|per|discussed|agreed|promised|requested|usual|always|soon)\b)"
    rf"|for(?!\s+(?:an?\s+|the\s+next\s+|another\s+|\d+\s+|each\s+|every\s+)?(?:\w+\s+)?{_UNIT}\b)(?!\s+(?:its|the)\s+\w+\s+half\b)"
    r"|given|after\s+all|although|though|even\s+though|so\s+that|in\s+order\s+to"
    r"|to\s+(?:make\s+up|say|apologi[sz]e|thank|help|keep)"
)
_TO_WHOM: Final = re.compile(
    r"(?<=\s)to\s+(?!(?:an?|the|his|her|its|their|our|my|make|say|apologi[sz]e|thank|help|keep|be|have|do)\b)(?P<whom>[^\W\d_]{3,})(?=\W*$|\s)",
    re.IGNORECASE,
)
_RELATIVE: Final = match_words(r"who|whom|whose|which|where")
# "…, which is to be halved", "…, to be repaid" and "…, which she pays back" order something. They don't describe.
_TO_BE: Final = re.compile(r"\s*(?:(?:who|which|that)\s+(?:is|are)\s+)?to\s+be\b", re.IGNORECASE)
_WHICH: Final = re.compile(r"\s*which\s+(?:he|she|it|they|we|you)\s+(?:\w+ly\s+)?(?P<verb>\w+)", re.IGNORECASE)
# Introduces a time or a condition. ``modifiers.py`` looks at those.
_BOUND: Final = match_words(r"before|after|if|unless|when|whenever|until|till?|once|provided|assuming|whether")
_SUBJECT: Final = r"(?:i|he|she|it|they|we|you|nobody|someone|somebody)"
OWN_SUBJECT: Final = re.compile(
    rf"(?<!\w)(?:{_SUBJECT}(?:['’](?:s|m|re|ve|d|ll)(?!\w)|\s+(?!to\b)[^\W\d_]+)"
    r"|(?:(?:they|we|you|i)ve|(?:they|you)re|(?:s?he)s|im)(?!\w))",
    re.IGNORECASE,
)
# A finite verb that states something.
FINITE: Final = re.compile(
    rf"(?<!\w)(?:(?:is|are|was|were|has|have|had|did|does|do|wo)(?:n['’]t)?|(?-i:will|WILL)|seems?|says?|keeps?|wants?|needs?|asks?"
    rf"|{patterns.IRREGULAR})(?!\w)"
    r"|(?<!\w)(?:that|this|there)(?:['’](?:s|ll|d)|\s+(?!to\b)[^\W\d_]+)"
    r"|(?<=\w)['’](?:s|ve|ll|re)\s+(?:been|not|gone|left|away|just|had|now|a|the|got|ill|sick|off\s+to|in\s+(?:bed|hospital)|\w+ing)\b",
    re.IGNORECASE,
)
# Words that have weight by themselves. Other modules look at those.
_ELSEWHERE: Final = (
    patterns.NEGATION, patterns.RESTRICTION, patterns.LIMIT, patterns.CONDITION, patterns.QUANTIFIER,
    patterns.OF_SEVERAL, patterns.PART, patterns.DATE, BOUND, WHEN, RATE, SHARE, LIMIT, QUALIFIED, OTHERS, FREE,
)  # fmt: skip
# "Let Ada have a look": a task, not a statement.
_LET: Final = re.compile(r"(?<!\w)let\s+(?:[^\W\d_][\w'’]*\s+){1,2}(?:have|do)(?!\w)", re.IGNORECASE)
# A past event before the order, as its reason: "The money arrived, …".
_ENDS_IN_PAST: Final = re.compile(r"\w\s+[^\W\d_]{2,}(?<!e)ed\s*$")
_INVERTED: Final = re.compile(r"\s*(?:should|had|were)\s+(?!(?:you|u|we|i)\b)[^\W\d_]+", re.IGNORECASE)
# "The lost key" and "to Rose" state nothing.
_DETERMINED: Final = re.compile(r"(?<!\w)(?:the|an?|his|her|its|their|our|my|your|to)\s+$", re.IGNORECASE)
_BEHIND: Final = re.compile(r"[ -]([^\W\d_]+)")
_OWNER: Final = re.compile(r"['’]s?\s+(?:(?P<kind>[^\W\d_]+)\s+)?$")
_OWNED: Final = re.compile(r"\w['’]s\s+$")
_MOST: Final = re.compile(r"(?<!\w)(?:most|least)\s+", re.IGNORECASE)
# How, at the end of what reports the order: "7 is paid by cheque".
_BY_WHAT: Final = re.compile(r"(?<!\w)(?:by|via|per)\s+(?P<what>[^\W\d_]+)\W*$", re.IGNORECASE)
# The same for somebody else: "(Ada's food to raw), the other's to dry".
_ANOTHER: Final = re.compile(r"\s*(?:the\s+)?\w+['’]s\s+(?:to|into|as|at|on|for)\s", re.IGNORECASE)
# Other records like the named one.
_LIKE: Final = re.compile(r"(?<!\w)(?:(?<!would )(?<!['’]d )(?<!i )(?<!we )like|similar\s+to|such\s+as)\s+", re.I)
# Something that is still to happen or goes on may limit the order: "…, he will drop it off himself", "letters keep
# coming".
_TO_COME: Final = re.compile(
    r"(?<!\w)(?:will|wo(?=n['’]t)|shall|can|ca(?=n['’]t)|cannot|may|might|must|should|(?:has|have|needs?)\s+to|keeps?|still)(?!\w)"
    r"|['’]ll(?!\w)",
    re.IGNORECASE,
)
# A reason, not a limit: "… should never have been sent", "nobody will pay it anyway".
_NO_MATTER: Final = re.compile(rf"{patterns.REGRETS.pattern}|(?<!\w)(?:anyway|anyhow|in\s+any\s+case)(?!\w)", re.I)
_OTHERWISE: Final = re.compile(r"\s*(?:otherwise|else|if\s+not)\b", re.IGNORECASE)
_CODE: Final = re.compile(r"(?<![\w@.-])[A-Za-z]{1,3}-?\d{1,6}(?![\w-])")
_OF_ITS_OWN: Final = re.compile(rf"[^\W\d_]+(?:ed|ing|ly|ous|[ai]ble|ive|ial|ful|less)(?![\w'’])|{_CODE.pattern}")
_ADDRESS: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DETERMINERS: Final = word_set("the a an his her their its our my your this that these those some")
_OBJECTS: Final = word_set("him them it us me you everyone everybody")
_STAYING: Final = word_set("stays stay remains remain")
_STAYING_STEMS: Final = frozenset(map(stem, (*_STAYING, "keep", "wait", "leave")))
_SPARING: Final = word_set("leave forget ignore spare exclude omit")
PREPOSITIONS: Final = word_set("with without as from against for by at during onto under towards through via")


def find_left_over_words(order: Order) -> Iterator[Place]:
    """Finds words that change an order and that nothing accounts for.

    Only for calls about records. Words around a plain function's values or a drafted text are talk.
    """
    repeats = not (order.taken or order.chosen) and bool(order.parts(Handle))  # "undo that" quotes nothing
    if order.drafts or not order.on_records or repeats:
        return
    text, by = order.polite, list_accounts(order, order.polite, order.known)
    used = [False] * (len(text) + 1)
    for start, end in order.taken:
        used[start:end] = [True] * (end - start)
    for found in _ADDRESS.finditer(text):
        if not any(used[found.start() : found.end()]):
            yield found.span()
            used[found.start() : found.end()] = [True] * len(found[0])
    elsewhere = [False] * (len(text) + 1)
    numbers = ((each.start, each.end) for each in numerals.find_typed(text) if not each.vague)
    for start, end in (*numbers, *(found.span() for pattern in _ELSEWHERE for found in pattern.finditer(text))):
        elsewhere[start:end] = [True] * (end - start)
    denied = [False] * (len(text) + 1)  # "(by text,) not by e-mail"
    for at in (found.end() for found in patterns.NEGATION.finditer(text)):
        if order.denies_other_value(at):
            stop = min((start for start, _ in order.taken if start >= at), default=len(text))
            stop = min(stop, patterns.find_closing(patterns.TURNS, text, at))
            denied[at:stop] = elsewhere[at:stop] = [True] * (stop - at)
    ordered = False
    for clause in split_clauses(text) if _is_english(order, used) else ():
        if clause.head is not None and denied[clause.head[1]]:
            continue
        ours = any(used[start] for _, start, _ in clause.words)
        words = [each for each in clause.words if not (used[each[1]] or elsewhere[each[1]])]
        left = [
            each
            for each in words
            if (has_weight(each[0], by) and not _is_half(text, each, by)) or _begins_name(text, each, used)
        ]
        places = list(_of_clause(clause, used, left, order.verbs, by, after=ordered, ours=ours))
        yield from places
        low, *turned = clause.words[-1]
        if clause.joined and ours and ordered and plain_word(low) in PARTICLES and not used[turned[0]]:
            yield turned[0], turned[1]  # "set A to high and B down"
        heads = clause.head is not None and stem(plain_word(clause.head[0])) in order.heads
        ordered = ordered or ours or heads or bool(places)


def _begins_name(text: str, word: Word, used: Sequence[bool]) -> bool:
    """Whether a name that looks like a function word stands here ("Will"), or a code of which nothing is used: "Z9".
    Of INV-1052 the number may be."""
    low, (_, at, end), found = plain_word(word[0]), word, _CODE.match(text, word[1])
    coded = found is not None and not any(used[at : found.end()])
    return coded or (low in NAMES_TOO and is_written_as_name(text, at, end))


def _is_half(text: str, word: Word, by: Accounts) -> bool:
    """Whether a word and the next one are known as one: "pick up", of a pickup."""
    behind = _BEHIND.match(text, word[2])
    return behind is not None and stem(f"{plain_word(word[0])}{behind[1].casefold()}") in by.known


def _of_clause(
    clause: Clause,
    used: Sequence[bool],
    left: Sequence[Word],
    verbs: frozenset[str],
    by: Accounts,
    *,
    after: bool,
    ours: bool,
) -> Iterator[Place]:
    """``after``: an order came before this clause. ``ours``: the clause holds used words."""
    told = clause.text[clause.start : clause.end]
    first, head = clause.words[0], clause.head
    which = _WHICH.match(told)
    done = which is not None and stem(which["verb"]) in ORDERS and not PAST.fullmatch(which["verb"])
    if (done or (left and (_INVERTED.match(told) or _TO_BE.match(told)))) and not ours:
        yield first[1], clause.end
        return
    if clause.joined and after and not ours and plain_word(first[0]) in EVERY:
        yield first[1], clause.end
        return
    if after and not ours and (_spares(clause) or patterns.STAYS.search(told)):
        if by.restricted and _OTHERWISE.match(told):
            return  # says that nothing happens if the condition fails
        yield first[1], clause.end
        return
    if after and not (ours or clause.joined) and left and PAST.fullmatch(plain_word(first[0])):
        yield first[1], clause.end  # "…, paid in advance"
        return
    plain = blank(_LET, blank(ASKING, told))
    # A verb in a name ("Will") or in a text that is sent states nothing of the order.
    told_here = (each for each in FINITE.finditer(plain) if not _DETERMINED.search(plain[: each.start()]))
    places = (each.span() for each in (*told_here, *OWN_SUBJECT.finditer(plain)))
    finite = min((at for at, last in places if not any(used[clause.start + at : clause.start + last])), default=None)
    begins = head is not None and stem(plain_word(head[0])) in ORDERS
    if not (begins or after) and clause.end < len(clause.text) and _ENDS_IN_PAST.search(plain):
        return
    tells = _NO_MATTER.search(told) or _RELATIVE.match(told.lstrip())
    if after and not ours and _TO_COME.search(plain) and not tells:
        yield first[1], clause.end
        return
    wish = WISH.search(plain) if ours else None
    if wish is not None and any(used[clause.start + wish.end() : clause.end]):
        left = [each for each in left if each[1] - clause.start >= wish.end()]  # "Ada needs | a loan in cash"
    elif finite is not None and not (ours and by.says_whole(told, reports=True)):
        if head is None or not begins or _is_determined(clause) or head[1] - clause.start > finite:
            by_what = _BY_WHAT.search(told) if ours else None
            if by_what is not None and any(each[1] - clause.start == by_what.start("what") for each in left):
                yield clause.start + by_what.start(), clause.start + by_what.end()
            return
        if by.restricted or OWN_SUBJECT.match(plain, finite) or PAST.search(plain, finite):
            left = [each for each in left if each[1] - clause.start < finite]
    if not left:
        if after and not ours and head is not None and plain == told and not by.says_whole(told):
            # "Call her", for an action called "call off", and "and the loan", although the action knows that word.
            joined = clause.joined and not by.described and head[0].isalpha()
            if (begins or joined) and stem(plain_word(head[0])) not in verbs | READING:
                yield (head if begins else first)[1], clause.end
        return
    if ours or any(stem(plain_word(word)) in verbs for word, _, _ in clause.words):
        yield from _beside(clause, used, left, verbs, by)
    elif begins and head and not _is_determined(clause) and plain == told and stem(plain_word(head[0])) not in READING:
        yield head[1], clause.end
    elif after and (clause.joined or (left[0] == first and _OF_ITS_OWN.match(clause.text, first[1]))):
        yield left[0][1], clause.end
    elif after and _ANOTHER.match(told):
        yield first[1], clause.end


def _spares(clause: Clause) -> bool:
    """Whether a clause exempts something from an order: "leave the lamp as it is", "the lamp stays"."""
    said = [plain_word(word) for word, _, _ in clause.words if plain_word(word) not in ("and", "but", "just", "please")]
    stays = len(said) > 2 and said[0] in _DETERMINERS and said[-1] in _STAYING and "rest" not in said
    spared = len(said) > 2 and said[0] in _SPARING and said[1] in _DETERMINERS | {"out", "it", "him", "them"}
    return spared or stays or "exception" in said


def _beside(
    clause: Clause, used: Sequence[bool], left: Sequence[Word], verbs: frozenset[str], by: Accounts
) -> Iterator[Place]:
    """Left-over words inside an order. Neighbours are joined if no used word stands between them."""
    for pattern in (_REASON, _RELATIVE, _BOUND):
        for found in pattern.finditer(clause.text, clause.start + 1, clause.end):
            at = found.start()
            if not (used[at] or is_no_reason(clause, at, by) or _TO_BE.match(clause.text, at)):
                ends = next((start for _, start, _ in clause.words if start > found.end() and used[start]), clause.end)
                ends = next(
                    (to.start() for to in _TO_WHOM.finditer(clause.text, found.end(), ends) if _names(to)), ends
                )
                left = [each for each in left if not at <= each[1] < ends]
    left = [each for each in left if each in clause.ordering]
    if left and left[0] == clause.head and is_verb(clause, used, verbs) and not _is_manner(clause, verbs, by.known):
        left = left[1:]  # the action itself accounts for the order's verb
    if not by.says_whole(clause.text[clause.start : clause.end], reports=True):
        left = _without_late_verb(clause, used, left, verbs)
    left = [each for each in left if not _tells_which(clause, each, used)]
    if by.restricted:  # "look at 7, and if …": a condition looks at something too
        left = [each for each in left if stem(plain_word(each[0])) not in READING]
    if by.answered and left and not any(used[: left[0][1]][clause.start :]):
        left = left[1:]  # described a record that was asked about and chosen since
    if by.described:  # the model reads a noun after its owner as the kind
        after = (each for each in left if _follows_owner(clause.text, each[1], used))
        kinds = [each for each in after if stem(plain_word(each[0])) not in by.others]
        left = [each for each in left if each not in kinds]
    if by.ordered:
        most = {each.end() for each in _MOST.finditer(clause.text, clause.start, clause.end)}
        left = [each for each in left if each[1] not in most]
    for like in _LIKE.finditer(clause.text, clause.start, clause.end):
        if used[like.end()] and not used[like.start()]:
            yield like.start(), like.end()
    run: list[Word] = []
    for each in left:
        if run and any(used[run[-1][2] : each[1]]):
            yield _widen(clause, run)
            run = []
        run.append(each)
    if run:
        yield _widen(clause, run)


def _names(to: re.Match[str]) -> bool:
    """Whether what follows "to" is no verb: "for the lost key to Ada". Then it is to whom, and belongs to no reason."""
    root = stem(to["whom"].casefold())
    return root not in ORDERS | READING and not find_similar_stems(root, verb=True)


def _without_late_verb(
    clause: Clause, used: Sequence[bool], left: Sequence[Word], verbs: frozenset[str]
) -> Sequence[Word]:
    """The left-over words without the order's verb and object, if the verb follows who or what it is about.

    Examples: "let Ada sign in", "Ada should be able to sign in", "Ada takes it". The action accounts for those words.
    """
    if not left or clause.head is None or not used[clause.head[1]]:
        return left
    words = (each for each in clause.words if plain_word(each[0]) not in _DETERMINERS | LIGHT | {"more"})
    before = [word for word, start, _ in words if start < left[0][1]]
    verb = next((each for each in left if patterns.search_before(WISHED, clause.text, each[1])), left[0])
    root = stem(plain_word(verb[0]))
    says = any(stem(plain_word(word)) in verbs for word, start, _ in clause.words if not used[start])
    owned = patterns.search_before(_OWNED, clause.text, verb[1])  # "make Ada's husband a member"
    if says or owned or (before and plain_word(before[-1]) in PREPOSITIONS):
        return left
    if clause.joined and (root in ORDERS or is_past(left[0][0].casefold())):
        return left  # "set A to high and B lower" makes B's value another; "A and B with 30 euros shared"
    if root in READING:  # "let Ada have a look at it" is too vague
        return left
    wished = patterns.search_before(WISHED, clause.text, verb[1]) is not None
    if wished and root in _STAYING_STEMS:
        return left
    if not wished and root not in ORDERS and not find_similar_stems(root, verb=True):
        return left
    until = (start for word, start, _ in clause.words if start > left[0][1] and plain_word(word) in PREPOSITIONS)
    ends = next(until, clause.end)
    return [each for each in left if each[1] >= ends]


def _tells_which(clause: Clause, word: Word, used: Sequence[bool]) -> bool:
    """Whether a verb follows a used word in a clause that describes the record itself: "what Ada still owes"."""
    at = [start for _, start, _ in clause.words].index(word[1])
    before = [each for each in clause.words[:at] if plain_word(each[0]) not in LIGHT]
    told = next((each for each in reversed(before) if not used[each[1]]), None)
    return bool(before) and used[before[-1][1]] and told is not None and plain_word(told[0]) in ("what", "whatever")


def _follows_owner(text: str, at: int, used: Sequence[bool]) -> bool:
    """Whether a plain word follows a used owner, with at most one word for the kind between them."""
    found = patterns.search_before(_OWNER, text, at) if text[at].islower() else None
    between = found["kind"] if found is not None else None
    return (
        found is not None
        and used[max(0, found.start() - 1)]
        and not (between and (between[:1].isupper() or plain_word(between) in EMPTY))
    )


def _is_manner(clause: Clause, verbs: frozenset[str], known: frozenset[str]) -> bool:
    """Whether the first word says how the next verb is to be done: "secretly waive", "in cash, waive"."""
    assert clause.head is not None
    verbs |= PUTTING if verbs & patterns.SETTING else frozenset()  # "Ada put 7 to ready", where an action sets that
    root = stem(plain_word(clause.head[0]))
    said = [stem(plain_word(word)) for word, start, _ in clause.words if start > clause.head[1]]
    if clause.head[0].endswith("ly"):
        return not verbs.isdisjoint(said[:1])
    before = [plain_word(word) for word, start, _ in clause.words if start < clause.head[1]]
    if before and before[-1] in PREPOSITIONS | {"in", "on"}:
        return root not in verbs and not (verbs & ORDERS).isdisjoint(said)
    said = [each for each in said if each not in EMPTY]
    thing = any(each.startswith(root) for each in known)  # "sub cancel"
    return root not in verbs | ORDERS and not thing and not (verbs & ORDERS).isdisjoint(said[:1])


def _is_determined(clause: Clause) -> bool:
    """Whether an article or possessive precedes the first content word, which then is no verb."""
    at = clause.head[1] if clause.head is not None else clause.start
    return any(plain_word(word) in _DETERMINERS for word, start, _ in clause.words if start < at)


def is_verb(clause: Clause, used: Sequence[bool], verbs: frozenset[str]) -> bool:
    """Whether the first content word is a verb that orders. Behind an order it must mean one of the action's, or stand
    before its object: "and tell Hugo", "and tell her", but not "(give Ada) and grace 2"."""
    assert clause.head is not None
    if _is_determined(clause):
        return False
    root = stem(plain_word(clause.head[0]))
    alike = find_similar_stems(root, verb=True)
    if not (clause.joined and any(used[: clause.start])) or root in ORDERS or not verbs.isdisjoint((root, *alike)):
        return True
    behind = next((each for each in clause.words if each[1] > clause.head[1]), None)
    low = plain_word(behind[0]) if behind is not None else ""
    named = behind is not None and used[behind[1]] and not (low.isdigit() or low in CARDINALS)
    return bool(alike) and (named or low in (_DETERMINERS - {"a", "an"}) | _OBJECTS)


def _widen(clause: Clause, run: Sequence[Word]) -> Place:
    """The place of a run of words, extended to the function words before it ("in", "as", "of") and to a whole code."""
    start, at = run[0][1], clause.words.index(run[0])
    code = _CODE.match(clause.text, run[-1][1])
    for word, first, end in reversed(clause.words[max(0, at - 3) : at]):
        if plain_word(word) not in EMPTY | LIGHT or not clause.text[end:start].isspace():
            break
        start = first
    return start, code.end() if code is not None else run[-1][2]


def _is_english(order: Order, used: Sequence[bool]) -> bool:
    """Whether two thirds of the unused words are English or names, a third only make an English sentence ("the … to
    … and …"), or the first orders something in English. In other languages these rules can't judge them."""
    runs = ((plain_word(word), start) for word, start, _ in split_runs(order.polite))
    words = [word for word, start in runs if not used[start] and not word.isdigit()]
    known = sum(each in EMPTY or is_word(each) or each in order.shown for each in words)
    if 3 * known >= 2 * len(words) or 3 * sum(each in EMPTY for each in words) >= len(words):
        return True
    return bool(words) and stem(words[0]) in order.heads and is_word(words[0])

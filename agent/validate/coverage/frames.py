"""Frames: words in front of a verb that turn an order into a report, a refusal, a question or a thought.

"I already closed it", "we shouldn't close it", "should we close it" and "I almost told you to close it" order nothing,
whatever verb follows. What tells them is a closed class: a pronoun with an auxiliary, a negation or an adverb. Wishes
are orders: "I'd like to", "we have to", "could you". Adverbs that deny or weaken a statement do so behind any subject:
"Ada no longer needs it", "Ada hardly needs it", "Ada might need it". What somebody else has still to do, and what
somebody has, uses or likes, is told as well: "Ada should pay it", "Ada has 2".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from agent.extract.references.vocabulary import is_person
from agent.planning.proposal import Find
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.resolve.rules.grammar.phrases.amounts import MONEY
from agent.validate.coverage.accounted_words import has_weight, list_accounts, plain_word
from agent.validate.coverage.clauses import Clause, split_clauses
from agent.validate.coverage.left_over import FINITE
from agent.validate.coverage.openings import (
    ADVERB,
    DO_IT,
    DONE,
    FEW,
    FRAME,
    HAPPENED,
    OFTEN,
    OPENERS,
    PLEASE,
    SUBJECT,
    WISH,
)
from agent.validate.coverage.opposed_verbs import leading_verbs
from agent.validate.coverage.order import Order
from agent.validate.coverage.told import find_direct
from agent.validate.coverage.weighty_patterns import (
    CORRECTION,
    OWNS,
    PAST,
    REGRETS,
    Place,
    cover,
    match_words,
    search_before,
)
from language.locales import guess_language
from language.opposites import ENDING
from language.stems import ORDERS, split_runs, stem, stem_text
from language.wordnet import find_similar_stems, is_word, rate_similarity

# What is no longer, hardly or perhaps so, behind any subject but the listener.
_WEAKENED: Final = re.compile(
    rf"{OPENERS}(?P<subject>(?:(?!(?:who|that|which|whose|if|unless|provided|because|since|as|when|while|until|was|were|you|u|{OFTEN})\b)[\w'’-]+\s+)"
    r"{0,6}?)(?P<adverb>no\s+longer|hardly(?:\s+ever)?|barely|scarcely|seldom|rarely|nearly|almost|used\s+to|might(?!\s+(?:you|we|i)\b)"
    r"|may(?=\s+(?:(?:well|also)\s+)?(?:need|want|require|be)\b)|could(?=\s+(?:also\s+)?be\b)|(?:is|are)(?:n['’]?t|\s+not)\s+(?:(?:supposed|meant|allowed|going)\s+)?to"
    r"|(?P<was>(?:is|are|was|were|has|have|had|did)(?:n['’]?t|\s+(?:not|never)))"
    rf"|(?:stopped|ceased|quit)(?=\s+\w+ing\b))(?:\s+(?:{ADVERB}|be|been|to|well))*\s+(?P<verb>[^\W\d_]+)",
    re.IGNORECASE,
)
# What somebody else has still to do, or what is still to be done: "Ada promised to pay it", "it will be paid".
_TO_COME: Final = re.compile(
    rf"{OPENERS}{SUBJECT}(?P<form>(?:will|would|shall|should|must|may|might|can|could)"
    r"|(?:has|have|needs?|ought|is|are|was|were)(?:\s+(?:going|about|due|supposed|meant|likely|planning|ready|willing|happy))?\s+to"
    r"|(?:promise|trie|forgot|prefer|agree|plan|intend|offer|refuse|expect|mean|meant|decide|decline|hope|tr(?:y|ies)"
    r"|attempt|fail|manage|swore|vow)(?:n?ed|red|d|s|es)?\s+to|(?P<wish>(?:want|wish|need|like|love)(?:s|es|ed|d)?\s+to"
    rf"|(?:would|['’]d)\s+(?:like|love|prefer)\s+to))\s+(?:(?:{ADVERB}|soon|have\s+to)\s+)*(?P<be>be\s+|get\s+)?"
    r"(?P<verb>[^\W\d_]+)(?!\w)",
    re.IGNORECASE,
)
# What somebody has, uses or likes: "Ada has 2", "Ada hates the corner".
_HAVING: Final = re.compile(
    rf"{OPENERS}{SUBJECT}(?P<frame>(?:(?:{ADVERB}|{OFTEN})\s+)*(?P<verb>(?:has|have|got)(?=\s+(?:{ADVERB}\s+|{OFTEN}\s+)*(?:\d|{FEW}\b))"
    r"|us(?:es|ed)(?!\s+to\b)|lost|spent|spends|wasted|(?:is|are)\s+missing|owns|holds|held|kept|received|hates?|hated|dislikes?d?"
    r"|loved|enjoys|enjoyed|stay(?:s|ed)|remain(?:s|ed)|asked\s+(?:for|about)|complain(?:s|ed)\s+about))(?!\w)",
    re.IGNORECASE,
)
# What is so, and of what: "the lid of 7 is ready".
_BEING: Final = re.compile(rf"{OPENERS}{SUBJECT}(?P<verb>is|are|was|were)(?!\w)", re.IGNORECASE)
# Before a state that may be or is still to come. One that should or has to be is ordered.
_POSSIBLE: Final = re.compile(r"will|would|can|(?:is|are|was|were)\s+\w+\s+to", re.IGNORECASE)
_NOTING: Final = frozenset(map(stem, ("mark", "note", "record", "log", "register", "confirm")))
"""Verbs of actions that only write down what somebody did."""
_SETTING: Final = frozenset(map(stem, ("set", "change", "update", "correct"))) | _NOTING
"""Verbs of actions that are told by what is so now ("Ada has 3"). Others add to it."""
_HAS: Final = frozenset(map(stem, ("has", "have")))
_HANDING: Final = frozenset(map(stem, ("give", "hand", "grant", "issue", "lend")))
_TAKING: Final = frozenset(map(stem, ("take", "receive", "collect"))) | _NOTING
_FROM: Final = re.compile(r"(?<!\w)from\s+$", re.IGNORECASE)
_TO: Final = re.compile(r"(?<!\w)(?:to|gave|given?|pay|paid|handed|sent)\s+$", re.IGNORECASE)
_GIVEN: Final = match_words(r"from|gives|gave|given|pays|paid|donate[sd]")
_GIVEN_BACK: Final = match_words(
    r"(?:g[ai]ven?|gives|pa(?:y|ys|id)|handed|sent|brought)(?:\s+(?!(?:when|after|before|because|since|as)\s)\S+){0,5}?\s+(?<!the\s)back"
)
_HOLDING: Final = frozenset(map(stem, ("keep", "stay", "remain", "have", "get", "take", "hold")))
"""Verbs of what somebody shall have: "Ada may keep it" is no task of hers."""
_HAS_DONE: Final = re.compile(r"\b(?:has|have|was|were|been)\s+(\w+)", re.IGNORECASE)
_NO_LONGER: Final = re.compile(r"(?<!\w)no\s+longer(?=\W*$)", re.IGNORECASE)
_LATER: Final = re.compile(
    r"(?<!\w)(?:will|would|\w+['’](?:ll|d))\s+(?:\w+\s+)?(?:need|want|require)(?!\w)", re.IGNORECASE
)
_NOT_YET: Final = re.compile(rf"{OPENERS}not\s+(?:yet|now|today)\s*", re.IGNORECASE)
# Wishes. A past tense only makes them polite.
_WISHES: Final = frozenset(
    map(stem, "want wish need like love prefer hope wonder think ask mean guess suggest promise forget".split())  # noqa: SIM905
)
_UNSURE: Final = frozenset(("might", "may", "could"))
_PAST: Final = re.compile(PAST)
_Match = Callable[[Clause, Order], re.Match[str] | None]
_ONLY: Final = frozenset(("only", "just", "simply", "rather", "better", "instead", "now"))


def find_frames(order: Order) -> Iterator[Place]:
    """Finds frames in front of what the plan does, unless another clause orders it."""
    text, clauses = order.polite, list(split_clauses(order.polite))
    if len(clauses) > 1 and _NOT_YET.fullmatch(text, clauses[0].start, clauses[0].end):
        yield clauses[0].start, clauses[0].end
    yield from _find_before_verbs(order, clauses, _match_frame)


def find_deeds(order: Order) -> Iterator[Place]:
    """Finds what was done, by its verb, where it is what the plan does, unless another clause orders it."""
    for match in (_match_deed, _match_happening):
        yield from _find_before_verbs(order, list(split_clauses(order.polite)), match)


def _find_before_verbs(order: Order, clauses: Sequence[Clause], match: _Match) -> Iterator[Place]:
    text = order.polite
    for clause in clauses:
        found = None if _is_text(clause, order) else match(clause, order)
        if found is None or REGRETS.search(text, clause.start, clause.end):
            continue
        used = any(found.end("frame") <= start < clause.end for start, _ in order.spoken)
        does = used or stem(found["verb"].casefold()) in order.heads
        others = (each for each in clauses if each is not clause and not _is_text(each, order))
        if does and not any(_orders(each, order) for each in others):
            yield found.start("frame"), found.end("verb")


def find_weakened(order: Order) -> Iterator[Place]:
    """Finds statements of what is no longer, hardly, perhaps or not yet so, unless they say why something is ordered,
    or the plan ends what they deny."""
    text, clauses = order.polite, list(split_clauses(order.polite))
    said = " ".join(words for each in order.contracts for words in (*each.aliases, *each.examples)).casefold()
    ends = bool(order.heads & ENDING)
    for clause in clauses:
        found = _WEAKENED.match(text, clause.start, clause.end)
        late = _NO_LONGER.search(text[: clause.end], clause.start)
        if late is None and not _orders(clause, order):  # but "order 5, because we'll need them"
            late = _LATER.search(text, clause.start, clause.end)
        if found is not None and _states(found, order):
            adverb, place = found.span("adverb"), (found.start("adverb"), found.end("verb"))
        elif late is not None:
            adverb = place = late.span()
        else:
            continue
        alone = adverb == (clause.words[0][1], clause.words[-1][2])  # "waive it, no longer"
        denied = {stem(plain_word(word)) for word, start, _ in clause.words if start > adverb[0]} & order.heads
        does = denied or alone or any(clause.start <= start < clause.end for start, _ in order.spoken)
        behind = next((each.words[0][1] for each in clauses if each.start >= clause.end), None)
        goes_on = behind is not None and CORRECTION.match(text, behind) is None
        later = goes_on and any(start >= clause.end for start, _ in order.deciding)
        others = (each for each in clauses if each is not clause and not _is_text(each, order))
        if (
            (does and not later and (denied or alone or not ends or text[slice(*adverb)].casefold() in _UNSURE))
            and text[slice(*adverb)].casefold() not in said
            and not any(first <= adverb[0] < last for first, last in order.implied)
            and (alone or not any(_orders(each, order) for each in others))
        ):
            yield place


def find_told_of_others(order: Order) -> Iterator[Place]:
    """Finds what somebody else has still to do, what somebody has, uses or likes, and a state that is only possible
    ("7 can be closed") or something else's ("the lid of 7 is ready"), unless another clause orders.

    What is to be done to a record is an order ("7 should be closed"), and so is what somebody should do or get if a
    call is about them ("Ada should move to plus"). An action that only notes what happened doesn't do what is to come.
    """
    text, clauses = order.polite, list(split_clauses(order.polite))
    noted, direct = _list_noted(order), order.find([each.said for each in find_direct(order)])
    yield from _find_other_way(order, direct)
    members = [each for of, name, each in order.arguments if "enum" in (of.properties.get(name) or {})]
    states = [start for start, _ in order.find(members)]
    for clause in clauses:
        used = [start for start, _ in order.deciding if clause.start <= start < clause.end]
        others = (each for each in clauses if each is not clause and not _is_text(each, order))
        if not used or any(_orders(each, order) for each in others):
            continue
        found = _TO_COME.match(text, clause.start, clause.end)
        possible = found is not None and found.start("verb") in states and _POSSIBLE.fullmatch(found["form"])
        if found is not None and _is_subject(found, order) and (possible or _leaves_to(found, order, noted, direct)):
            yield found.start("subject"), found.end("verb")
            continue
        found = _BEING.match(text, clause.start, clause.end)
        here = [start for start in states if clause.start <= start < clause.end]
        if found is not None and here and _is_subject(found, order) and _is_of_another(found, order, here):
            yield found.start("subject"), clause.end
            continue
        found = _HAVING.match(text, clause.start, clause.end)
        if found is None or not _is_subject(found, order) or max(used) < found.end():
            continue
        roots = set(map(stem, found["verb"].casefold().split()))
        holds = roots <= _HAS and bool(order.heads & _SETTING)
        gets = "got" in roots and not order.heads & _HANDING
        if not (holds or gets) and not roots & (order.verbs | order.heads | _list_said(order)):
            yield found.span("frame")


def _find_other_way(order: Order, direct: Sequence[Place]) -> Iterator[Place]:
    """Where the words hand something the other way than the action: "2 passes from Ada", where it gives her some, and
    "20 euros to Ada", "paid Ada 20" or "Ada gave 20 back", where it writes down what she gives."""
    texts = [
        words for each in order.contracts for words in (each.title, each.description, *each.aliases, *each.examples)
    ]
    gives = order.heads & _HANDING and not order.heads & _NOTING and "from" not in _list_said(order)
    moneyed = order.heads & _TAKING and any(note.unit in MONEY for note in order.notes)
    takes = moneyed and any(map(_GIVEN.search, texts)) and not any(map(_GIVEN_BACK.search, texts))
    persons = {each.name for each in order.kinds if is_person(each)}
    people = order.find([each.said for each in order.parts(Find) if each.record in persons])
    for start, end in direct if gives else people if takes else ():
        away = search_before(_FROM if gives else _TO, order.text, start)
        if away is not None and OWNS.match(order.text, end) is None:
            yield away.start(), end
    back = _GIVEN_BACK.search(order.polite) if takes else None
    if back is not None and not any(start <= back.start() and back.end() <= end for start, end in order.texts):
        yield back.span()


def _leaves_to(found: re.Match[str], order: Order, noted: frozenset[str], direct: Sequence[Place]) -> bool:
    """Whether what is still to come is noted as done, or is the subject's own task with a record of the call."""
    low = found["verb"].casefold()
    root = find_base_form(stem(low))
    if found["be"]:
        return root in noted and _PAST.fullmatch(low) is not None
    if root in noted:
        return root == stem(low)
    first, last = found.span("subject")
    if (
        found["wish"]
        or root not in order.heads - _HOLDING
        or any(start < last and first < end for start, end in direct)
    ):
        return False
    return any(found.end() <= start for start, _ in direct)


def _is_of_another(found: re.Match[str], order: Order, states: Sequence[int]) -> bool:
    """Whether a statement's subject has words for something else than the records, or all states beside them."""
    used, by = cover(order.text, order.taken), list_accounts(order, order.polite, order.known)
    runs = ((word, found.start("subject") + at) for word, at, _ in split_runs(found["subject"]))
    said = {stem(plain_word(word)) for word, at in runs if has_weight(word, by) and not used[at]}
    others = not all(rate_similarity(each, order.told_by_records) for each in said)  # "the bread" may be a loaf
    if max(states) < found.start("verb"):
        return any(found.start() <= start < found.start("verb") for start, _ in order.names)  # but "gold is enough"
    return others and FINITE.search(found["subject"]) is None  # but "Ada says that 7 is ready"


def _list_noted(order: Order) -> frozenset[str]:
    """The plain forms of what actions note as done: "pay" of "Mark an invoice paid", "leave" of "has left"."""
    noting = (each for each in order.contracts if leading_verbs(each) & _NOTING)
    said = [word for each in noting for text in (each.title, *each.examples) for word, _, _ in split_runs(text)]
    told = (text for each in order.contracts for text in (*each.aliases, *each.examples))
    said += [word for text in told for word in _HAS_DONE.findall(text)]
    return frozenset(find_base_form(stem(word)) for word in map(str.casefold, said) if _PAST.fullmatch(word))


def _list_said(order: Order) -> frozenset[str]:
    """The stems of all words that the actions' own texts say."""
    said = (text for each in order.contracts for text in (each.title, each.description, *each.aliases, *each.examples))
    return frozenset(root for text in said for root in stem_text(text))


def _states(found: re.Match[str], order: Order) -> bool:
    """Whether such an adverb stands in a statement about what an action does, behind its subject."""
    if not _is_subject(found, order):
        return False
    root = stem(found["verb"].casefold())
    if found["was"]:
        return root in order.verbs  # "she hasn't paid" may be why
    return _is_verb(found["verb"], order) or root in _WISHES | {"worth"} or found["adverb"].casefold() in _UNSURE


def _is_subject(found: re.Match[str], order: Order) -> bool:
    """Whether the words before a statement's verb are its subject, and no order with it in the middle ("scrap the
    barely used sander")."""
    start = found.start("subject")
    nouns = {stem(word) for kind in order.kinds for noun in kind.nouns for word in noun.split()}
    for word, at, _ in split_runs(found["subject"]):
        used = any(first <= start + at < last for first, last in order.names)
        root = stem(plain_word(word))
        ordering = root in ORDERS | order.heads or (not at and bool(find_similar_stems(root, verb=True)))
        if ordering and not used and root not in nouns and not word.endswith("ing"):
            return False
    return True


def _match_frame(clause: Clause, order: Order) -> re.Match[str] | None:
    framed = FRAME.match(clause.text, clause.start, clause.end)
    return framed if framed is not None and _is_verb(framed["verb"], order) else None


def _match_deed(clause: Clause, order: Order) -> re.Match[str] | None:
    done = None if _match_frame(clause, order) else DONE.match(clause.text, clause.start, clause.end)
    if done is None or _notes(done, order):
        return None
    # Other verbs may tell what has come to be so, and so what to write down: "we fixed the boiler".
    alone = not (done["who"] or done["other"])
    ordered = find_base_form(stem(done["verb"].casefold())) in (ORDERS | order.heads if alone else ORDERS)
    return done if ordered and not (alone and _tells_of_before(done, order)) else None


def _match_happening(clause: Clause, order: Order) -> re.Match[str] | None:
    """What has been done to something, by a verb of the action, where that doesn't note it."""
    done = HAPPENED.match(clause.text, clause.start, clause.end)
    root = find_base_form(stem(done["verb"].casefold())) if done is not None else ""
    return done if root in (order.verbs | order.heads) - _list_noted(order) else None


def _tells_of_before(done: re.Match[str], order: Order) -> bool:
    """Whether it is a participle of what was named before: "Ada's booking 7, cancelled"."""
    return bool(order.polite[: done.start()].strip()) and all(start < done.end() for start, _ in order.spoken)


def _notes(did: re.Match[str], order: Order) -> bool:
    """Whether what was done is what the actions write down, or go by: "took 20 from Ada", where to take a payment is to
    record it. Not what is told of somebody, nor what may be written down already."""
    low = did["verb"].casefold()
    titles = [text for each in order.contracts for text in (each.title, *each.aliases)]
    said = [*titles, *(text for each in order.contracts for text in each.examples)]
    noting = all(leading_verbs(each) & _NOTING for each in order.contracts)
    noted = {find_base_form(root) for text in titles for root in stem_text(text)} - _NOTING if noting else set()
    goes_by = any(text.casefold().startswith(low) for text in said)
    return not did["frame"].strip() and (goes_by or find_base_form(stem(low)) in noted)


def _is_verb(word: str, order: Order) -> bool:
    """Whether it may be a verb, in the past or perhaps misspelt, that isn't a wish."""
    low = word.casefold()
    root = stem(low)
    known = root in ORDERS | order.verbs | order.heads or bool(find_similar_stems(root, verb=True))
    return (known or _PAST.fullmatch(low) is not None or not is_word(low)) and root not in _WISHES


def _is_text(clause: Clause, order: Order) -> bool:
    """Whether its words are all part of a reason, note or message."""
    return any(start <= clause.words[0][1] and clause.words[-1][2] <= end for start, end in order.texts)


def _orders(clause: Clause, order: Order) -> bool:
    """Whether a clause is an order by its first word, or asks for something. A correction of a value is none."""
    if PLEASE.search(clause.text, clause.start, clause.end):
        return True
    does = DO_IT.match(clause.text, clause.words[0][1], clause.end)
    if does is not None and find_similar_stems(stem(does["verb"].casefold()), verb=True):
        return CORRECTION.match(clause.text, does.start("verb")) is None
    if clause.head is None or CORRECTION.match(clause.text, clause.head[1]):
        return False
    first = next((each for each in clause.words if each[0].casefold() not in _ONLY), None)
    root = stem(plain_word(clause.head[0]))
    used = any(start < clause.end and clause.start < end for start, end in order.spoken)
    return first == clause.head and (
        root in ORDERS | order.heads or (used and bool(find_similar_stems(root, verb=True)))
    )


_MAY: Final = re.compile(r"(?:^|[,;.!?:])\W*(?:and\s+)?(?:can|could|would|will|may|might|shall)\b", re.IGNORECASE)


def find_asked(order: Order) -> Iterator[Place]:
    """Finds the words of a question that orders nothing: "7 ready?". "Can Bo have 7?" and "close 7?" do."""
    text, clauses = order.polite.rstrip(), list(split_clauses(order.polite))
    if not text.endswith("?") or not clauses or _MAY.search(text) is not None or guess_language(text) is not None:
        return
    orders = ORDERS | order.heads
    if not any(each.head is not None and stem(plain_word(each.head[0])) in orders for each in clauses):
        yield clauses[-1].words[0][1], clauses[-1].words[-1][2]


def find_unordered(order: Order) -> Iterator[Place]:
    """Finds words that name no action, where nothing but their values fits it: "5 lamps are broken". What a record is
    named with may be asked of it in few words ("7: low"), but what is made anew must be ordered."""
    words = [plain_word(word) for word, _, _ in split_runs(order.polite)]
    if order.chosen or any(note.record is not None for note in order.notes) or not words:
        return
    verbs = ORDERS | order.verbs | order.heads
    past = re.compile(PAST, re.IGNORECASE)
    if any(stem(word) in verbs and not past.fullmatch(word) for word in words) or WISH.search(order.polite):
        return
    if (clauses := list(split_clauses(order.polite))) and guess_language(order.text) is None:
        yield clauses[0].words[0][1], clauses[0].words[-1][2]

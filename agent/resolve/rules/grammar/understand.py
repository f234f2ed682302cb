"""Understanding of a request over records: its condition, its question (about records, or about an action: "may I …"),
its calls, or what can't be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final, Literal

from agent.pipeline import Abstain, Ask, Calls, Draft, Proposed, Request, Resolution
from agent.planning.proposal import ActionAnswer, Call, Find, Proposal, Test, Words
from agent.planning.quotes import walk
from agent.resolve.resolver import find_chosen_action
from agent.resolve.rules.clauses import begins_like_an_order, is_order, parse_clause
from agent.resolve.rules.grammar.earlier_calls import exchange, take_place
from agent.resolve.rules.grammar.exemplified import resolve_exemplified
from agent.resolve.rules.grammar.orders.bare_notes import read_bare_note
from agent.resolve.rules.grammar.orders.examples import find_exemplified
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.number_ranges import joins_range
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase, is_code
from agent.resolve.rules.grammar.phrases.titles import Place, find_titles, read_titles_as_names
from agent.resolve.rules.grammar.proposer import Proposer, add_conditions, is_called, make_proposal
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.if_else import REGARDLESS, ConditionalRequest, find_condition, list_possible_branches
from agent.resolve.rules.normalization import AlignedText
from agent.validate.questions import ask_for_action, join, quote_words
from agent.validate.records.field_words import name_field
from agent.validate.records.located import name_kind
from language.stems import READING, stem, stem_text
from language.text import with_article, word_set
from language.wordnet import is_word
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

SEE: Final = "“What can you do?” lists what can be asked for."
NOTHING: Final = f"I can't find anything in that to do here; nothing was done. {SEE}"
NO_ANSWER: Final = f"Nothing here answers that question; nothing was done. {SEE}"
_NEAREST: Final = 3
_MOST_TOKENS: Final = 60  # of a text in which records are named
_FEWEST_DIGITS: Final = 3
_JOINING: Final = frozenset(("and", "or", "plus", "&", "+", ","))
_LISTS: Final = re.compile(
    r"^\W*(?:please\s+)?(?:list|display|count|(?:the\s+)?(?:average|median))\b[^.!?;\n]*[.?]?\s*$", re.IGNORECASE
)
_ASKS: Final = re.compile(
    r"^\W*(?:what|which|who|whose|when|why|how|where)(?:['’]s|\s+(?:\w+\s+){0,2}?(?:is|are|was|were|do|does|did|has|have|had|will|can)\b)"
    r"|^\W*(?:is|are|was|were|does|did|do|has|have|will)\s+(?!you\b)[^.!?]{0,400}\?\s*+$"
    r"|^\W*(?:what|which|who|whose|when|why|how|where)\b[^.!?]{0,400}\?\s*+$",
    re.IGNORECASE,
)
_BEGINS: Final = re.compile(r"\W*(?:what|which|who|whose|when|why|how|where)\b", re.IGNORECASE)
# An order in the form of a question: "could you please void it?"
_COULD_YOU: Final = re.compile(
    r"^\W*(?:can|could|would|will)\s+you\s+(?:(?:please|kindly|just|also|maybe|perhaps|possibly)\s+)*(\w+)",
    re.IGNORECASE,
)


def understand(
    read: AlignedText, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]
) -> Resolution | Proposed:
    """What the request means. An abstention if nothing of it is understood."""
    text = request.text
    if not any(char.isalnum() for char in text):
        return Abstain(reason="empty", detail="Nothing was asked.")
    thread = request.thread

    def among(offered: Shortlist) -> Proposer:
        return Proposer(read, offered, kinds, request.now, thread)

    def read_anew() -> Proposer:
        return among(shortlist)

    proposer = read_anew()
    chosen = find_chosen_action(request, shortlist)
    for parts in list_possible_branches(text):
        tested = _under_tests(proposer, parts)
        if tested is not None:
            return tested
        proposer = read_anew()
    if chosen is not None:
        made = proposer.resolve(chosen=True)
        return made or Calls(drafts=(Draft(action=chosen, version=shortlist.offers[0].version),))
    if (continued := proposer.follow_up()) is not None:
        return continued
    # What is typed like an action's example orders it, also where it tells something: "Ada's car is ready".
    ordered = _is_kind_order(text, proposer) or (
        not text.rstrip().endswith("?") and find_exemplified(read.typed, shortlist) is not None
    )
    answer = proposer.answer() if not ordered else None
    if answer is None and not ordered:
        for places in find_titles(proposer.reader)[:1]:
            titled = read_anew()
            read_titles_as_names(titled.reader, places)
            answer, proposer = titled.answer(), titled if proposer.reader.unread is None else proposer
    spoken = next((call.action for turn in reversed(thread) for call in turn.calls), None)
    answer = answer or find_asked_action(text, shortlist, read_anew().means, spoken)
    if answer is not None:
        return proposer.offer_answer(answer)
    unread = proposer.reader
    proposer = read_anew()
    whole = parse_clause(text)
    shows = not whole.negated and _LISTS.match(text) is not None
    asks = shows or ((bool(_ASKS.match(text)) or whole.about or whole.stands) and not proposer.ordered())
    ordered = not asks and proposer.ordered()
    unknown = explain_unread(unread, proposer.goes_by, ordered=ordered) if not asks else None
    if unknown is not None:
        return Abstain(reason="nothing_fits", detail=unknown)
    if whole.negated is not None and not (asks or ordered):
        detail = f"You wrote {quote_words(text.strip())}, so nothing was done."
        return Abstain(reason="nothing_fits", detail=detail)
    made = proposer.resolve(reads=asks)
    if isinstance(made, Proposed):
        made = made.model_copy(update={"proposal": take_place(proposer.reader, made.proposal, thread)})
    made = resolve_exemplified(read, shortlist, made, lambda only: Proposer(read, only, kinds, request.now, thread))
    if made is None or isinstance(made, Ask):
        noted = read_bare_note(read_anew().reader, shortlist)
        if noted is not None:
            return Proposed(proposal=make_proposal([noted]), unnamed=True)
    if made is None:
        why = explain_unread(unread, proposer.goes_by, ordered=ordered, tried=True) or (NO_ANSWER if asks else NOTHING)
        near = _list_nearest(text, shortlist)
        unknown_deed = Abstain(reason="nothing_fits", detail=why, nearest=near)
        if why != NOTHING:
            return unknown_deed
        about = _find_named_records(read_anew().reader)
        fitting = read_anew().list_fitting() if about else ()
        return unknown_deed.model_copy(update={"about": about, "fitting": fitting})
    reader = proposer.reader
    unchecked = find_condition(text, lambda at: reader.end_index(at) in reader.covered)
    if isinstance(made, Proposed) and unchecked is not None:
        return _regardless(made, shortlist, proposer.words(*unchecked).text)
    if not isinstance(made, Proposed):
        return made
    return _with_titles(made, read_anew, [] if asks else proposer.find_unread_names(made.proposal), reads=asks)


def answer_question(
    read: AlignedText, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]
) -> Proposed | None:
    """The answer from records to a question. None for an order, or for a question that records don't answer."""
    proposer = Proposer(read, shortlist, kinds, request.now, request.thread)
    asks = _BEGINS.match(request.text) or _LISTS.match(request.text) or request.text.rstrip().endswith("?")
    if not kinds or not asks or _is_kind_order(request.text, proposer):
        return None
    answer = proposer.answer()
    if answer is None:
        return None
    return proposer.offer_answer(answer)


def _is_kind_order(text: str, proposer: Proposer) -> bool:
    """Whether a question is a polite order ("could you …") rather than a request for information."""
    found = _COULD_YOU.match(text)
    word = found[1].casefold() if found is not None else ""
    return bool(word) and stem(word) not in READING and proposer.goes_by(word)


def _list_nearest(text: str, shortlist: Shortlist) -> tuple[str, ...]:
    """The names of the offers that share a word with the text. One of an example or a description says too little."""
    best = shortlist.top(text, _NEAREST)
    return tuple(each.offer.name for each in best if not shortlist.core(each.offer.name).isdisjoint(each.matched))


def _with_titles(made: Proposed, read_anew: Callable[[], Proposer], plain: Sequence[Place], *, reads: bool) -> Proposed:
    """The plan with further readings, in which titles of records and ``plain`` words are whole names. Beside such a
    name, or a number before it, a bare number is no record's."""
    titled: list[Proposal] = []
    reader = read_anew().reader
    numbers = reader.list_bare_numbers()
    finds = [each.said.text for each in walk(made.proposal) if isinstance(each, Find) and each.said is not None]
    corrected = any(reader.low(first) != "make" for first, _ in reader.corrections)  # "make it" may order something
    kept = [each for each in finds if each != each.lower()]
    readings = [(each, numbers[:0]) for each in find_titles(reader)]
    joined = not corrected and _are_joined(reader, plain)
    together = [tuple(plain), ((plain[0][0], plain[-1][1]),)] if joined else [(each,) for each in plain]
    readings += [(each, numbers) for each in together]
    listed = {each for pair in pairwise(numbers) if _continues(reader, *pair) for each in pair}
    bare = [each for each in numbers if each not in listed and not reader.numbered(each)]  # "400 for bill 7"
    counts = [[each for each in bare if each != numbers[0]], bare if len(bare) < max(len(numbers), 2) else []]
    readings += [((), each) for each in counts if each and not reads]
    for places, counting in readings:
        proposer = read_anew()
        read_titles_as_names(proposer.reader, places)
        proposer.reader.counting = {*counting}
        other = proposer.resolve(reads=reads)
        if not isinstance(other, Proposed) or other.proposal == made.proposal:
            continue
        said = [each.text for each in walk(other.proposal) if isinstance(each, Words)]
        names = (*kept, *(proposer.reader.words(*each).text for each in places))
        if all(any(name in each for each in said) for name in names):  # none is passed over, whoever it names
            titled.append(other.proposal)
    return made.model_copy(update={"titled": tuple(titled)}) if titled else made


def _continues(reader: Reader, before: int, at: int) -> bool:
    """Whether a number continues a list of records' numbers: "7 and 9", "7 as well as bill 9"."""
    between = range(before + 1, at)
    if len(between) == 1 and joins_range(reader, before):
        return True
    joined = any(reader.joint(step) or reader.low(step) == "well" for step in between)
    return joined and all(
        reader.joint(step) or reader.low(step) in {"as", "well"} or reader.noun(step) is not None for step in between
    )


def _are_joined(reader: Reader, names: Sequence[Place]) -> bool:
    """Whether only joining words stand between names: then each is meant, or they are one."""
    between = (reader.lows(one[1], other[0] - one[1]) for one, other in pairwise(names))
    return len(names) > 1 and all(_JOINING.issuperset(lows) for lows in between)


def _regardless(made: Proposed, shortlist: Shortlist, words: str) -> Ask | Proposed:
    """Asks whether to do it regardless of the condition in these words, which nothing here can look up."""
    result = made.proposal.result
    calls = result.calls if result.kind == "plan" else ()
    names = dict.fromkeys(call.action for call in calls)
    offers = [offer for name in names if (offer := shortlist.get(name)) is not None]
    if not offers:
        return made
    drafts = tuple(Draft(action=offer.name, version=offer.version) for offer in offers)
    question = ask_for_action(offers, REGARDLESS.format(words=quote_words(words)))
    return Ask(question=question, drafts=drafts, stands=True)


def _under_tests(proposer: Proposer, parts: ConditionalRequest) -> Proposed | None:
    """The calls of a request whose condition records can answer. None if it has no such condition."""
    tests = proposer.tests(parts.condition, holds=not parts.negated)
    calls = proposer.calls(parts.then)
    if calls is None:
        return None
    read_anew = (proposer.tests(parts.condition, holds=not parts.negated) for _ in proposer.speak_of_each(calls))
    tests = tests or next(filter(None, read_anew), None)
    if tests is None:
        return None
    made = add_conditions(calls, tests, holds=not parts.negated)
    if parts.otherwise is not None:
        more = _call_instead(proposer.reader, calls, tests, parts.otherwise)
        if not more and _says_more(proposer.reader, parts.otherwise[0]):
            more = proposer.calls(parts.otherwise) or ()
        if not more:
            return None
        made += add_conditions(more, tests, holds=parts.negated)
    return proposer.propose_calls(made)


def _says_more(reader: Reader, start: int) -> bool:
    """Whether another branch orders something or says where to: "otherwise to Ada". "Otherwise Ada" may be hers of
    anything."""
    return begins_like_an_order(reader.text.plain, start) or reader.low(reader.end_index(start)) in {"to", "by", "on"}


_ASKED: Final = word_set("how which what who")
_SHOWN: Final = _ASKED | word_set("list show display find count number")
_CLAUSES: Final = word_set("with without who that which whose having under")
_OPENS: Final = _CLAUSES | word_set("whom have has had in by from where but not is are")
"""What follows the noun of a set that is only spoken of: nothing is ordered of it yet."""
_ON: Final = word_set("and then to so")
"""Words after which something may be ordered of the set."""
_BEFALLS: Final = word_set("get gets go goes")
"""What a set shall get, or where it shall go, is ordered for it, and not told of it."""
_MOST_QUOTED: Final = 12  # words
_MOST_KNOWN: Final = 8
UNKNOWN: Final = "I can't tell what “{words}” says of {kind} here; nothing was listed and nothing was done."


def explain_unread(reader: Reader, orders: Callable[[str], bool], *, ordered: bool, tried: bool = False) -> str | None:
    """What a question says about a kind's records that nothing here knows, in words for the person. None if the request
    asks about no set of records.

    ``orders`` says whether a word orders an action. ``ordered``: a verb of the request may be an order; one in a
    description of a set, as "open" in "that are open", is none. ``tried``: no order was understood.
    """
    if reader.unread is None:
        return None
    at, stop, kind, several = reader.unread
    if reader.low(at) in _BEFALLS:
        return None
    first = next((step for step in range(at) if reader.tokens[step].word), 0)
    low = reader.low(first)
    opened = any(reader.low(step) in _CLAUSES for step in range(first, at + 1))
    if not several and low not in _SHOWN:
        return None
    if ordered:
        rest = range(at - 1, stop)
        if any(reader.is_mark(step) for step in rest):
            return None
        joined = any(reader.low(step) in _ON for step in rest)
        begins = not orders(low) and (low in _SHOWN or not is_order(stem(low)))
        told = opened or (tried and low in _SHOWN)
        if low not in _ASKED and (joined or not begins or not told):
            return None
    elif low not in _SHOWN and not opened and reader.low(at) not in _OPENS:
        return None
    words = reader.words(at, min(stop, at + _MOST_QUOTED)).text
    named = dict.fromkeys(name_field(each, kind) for each in kind.fields if each.type not in ("id", "currency", "json"))
    known = f" Known of it: {join([*named][:_MOST_KNOWN], 'and')}." if named else ""
    return f"{UNKNOWN.format(kind=with_article(name_kind(kind)), words=words)}{known}"


Asks = Literal["may I", "who may", "can it be undone", "is it confirmed", "how do I"]
_SPOKEN_OF: Final = frozenset(stem_text("do that it this then afterwards later again"))
_FORMS: Final[Mapping[Asks, str]] = {
    "may I": r"^\W*(?:am\s+i\s+(?:allowed|able|permitted)\s+to|may\s+i"
    r"|do\s+i\s+have\s+(?:the\s+)?(?:permission|right)s?\s+to)\s+(?P<what>.{1,120})$",
    "who may": r"^\W*who(?:\s+else)?\s+(?:can|may|is\s+(?:allowed|able)\s+to)\s+(?P<what>.{1,120})$",
    "can it be undone": r"^\W*(?:can|could)\s+(?:i\s+)?(?P<what>.{1,100}?)\s+be\s+"
    r"(?:undone|reversed|taken\s+back|reverted)\W*$"
    r"|^\W*can\s+(?:i|you|we)\s+(?:undo|reverse|revert|take\s+back)\s+(?P<that>.{1,100})$",
    "how do I": r"^\W*how\s+(?:do|can|could|would)\s+(?:i|we|you)\s+(?P<what>[^?]{1,80})\?*\W*$"
    r"|^\W*how\s+to\s+(?P<that>[^?]{1,80})\?*\W*$",
}


def find_asked_action(
    text: str, shortlist: Shortlist, means: Callable[[int, int], str | None], spoken: str | None = None
) -> ActionAnswer | None:
    """The action that a question is about. None if the words ask no such question, or name no single action. ``means``
    gives the one action that the words at some offsets mean as an order, ``spoken`` is what "that" is."""
    for asks, form in _FORMS.items():
        found = re.match(form, text, re.IGNORECASE | re.DOTALL)
        if found is None:
            continue
        named = "what" if found["what"] else "that"
        said = set(stem_text(found.groupdict().get(named) or ""))
        names = [*(offer.name for offer in shortlist.offers), *shortlist.others]
        parts = {name: [stem(part) for part in name.rpartition(".")[2].split("_")] for name in names}
        whole = [name for name in names if said.issuperset(parts[name])]
        verbs = [name for name in names if parts[name][0] in said]
        meant = spoken if said <= _SPOKEN_OF else whole[0] if len(whole) == 1 else means(*found.span(named))
        meant = meant or (verbs[0] if len(verbs) == 1 else None)
        if meant is not None:
            return ActionAnswer(action=meant, asks=asks)
    return None


def _find_named_records(reader: Reader) -> tuple[tuple[Find, ...], ...]:
    """The records that the words name, in groups: by a number or code (which may be one of several kinds), by a phrase
    with a noun, by a person's name. None for a text that names much else, or several numbers."""
    if len(reader.tokens) > _MOST_TOKENS:
        return ()
    coded: dict[int, list[Find]] = {}
    nouns: list[Find] = []
    people: list[Find] = []
    at = 0
    while at < len(reader.tokens):
        phrase = None
        if at not in reader.quoted and reader.tokens[at].word:
            kinds = [kind for kind in reader.kinds.values() if is_code(reader, at, kind) and _identifies(reader, at)]
            if kinds:
                coded[at] = [Find(record=kind.name, said=reader.words(at, at + 1)) for kind in kinds]
            phrase = read_phrase(reader, at, len(reader.tokens), None)
        if phrase is not None and phrase.find.pick == "one" and (phrase.find.said or phrase.find.where):
            (nouns if phrase.noun else people if _names_person(reader, phrase) else []).append(phrase.find)
        at = max(phrase.last if phrase is not None else 0, at + 1)
    if len(coded) > 1:
        return ()
    return tuple(tuple(dict.fromkeys(each)) for each in (*coded.values(), nouns, people) if each)


def _identifies(reader: Reader, at: int) -> bool:
    """Whether a number or code can be a record's own: no amount, and no small number that may count anything."""
    text = reader.tokens[at].text
    held = reader.money.get(at)
    amount = held is not None and held.currency is not None
    return reader.numbered(at) or (not amount and (len(text) >= _FEWEST_DIGITS or not text.isdigit()))


def _names_person(reader: Reader, phrase: Phrase) -> bool:
    """Whether a phrase without a noun is a name rather than a word that begins a sentence."""
    token = reader.tokens[phrase.first]
    opens = reader.starts(phrase.first) and is_word(token.low) and phrase.last == phrase.first + 1
    return not is_word(token.low) or (token.capital and not (opens and not token.owns))


def _call_instead(
    reader: Reader, calls: Sequence[Call], tests: Sequence[Test], stretch: tuple[int, int]
) -> tuple[Call, ...]:
    """The same calls with another record in the place of the tested one. Empty if the words are no
    such record."""
    first, stop = (reader.end_index(at) for at in stretch)
    for tested in (each for each in walk(tests) if isinstance(each, Find) and each.said is not None):
        own = next((each for each in walk(calls) if is_called(each, tested)), None)
        other = read_phrase(reader, first, stop, reader.kinds[tested.record]) if own else None
        said = other.find.said if other is not None and other.last >= stop else None
        if other is not None and said is not None and other.find.record == tested.record and _alike(said, tested.said):
            return tuple(exchange(call, own, other.find) for call in calls)
    return ()


def _alike(said: Words, other: Words | None) -> bool:
    """Whether two names are of one form: a number and a number, and no number and somebody's name."""
    return other is not None and any(map(str.isdigit, said.text)) == any(map(str.isdigit, other.text))

"""Words of an action: the verbs that order it, and the words that its contract uses."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Final

from agent.extract.scales import list_end_words
from agent.resolve.rules.clauses import is_akin_to_order, is_order
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.text_parameters import TELLING, is_message, is_sent, takes_text
from agent.resolve.rules.phrasal_verbs import replace_phrasal_verbs
from language.example_patterns import PARTICLES
from language.irregular_verbs import UNSURE_FORMS
from language.stems import EMPTY, GENERIC, KIN, MAKING, ORDERS, is_past, name_stems, split_runs, stem, stem_text
from language.wordnet import find_similar_stems, is_word, rate_similarity
from registry.offers.offer import Offer
from registry.offers.shortlist import ALIKE, Shortlist

OWN: Final = 1.0
"""How much a verb tells that the action itself goes by: in its name or title, or alone as an alias."""
TOLD: Final = 0.9
SHOWN: Final = 0.7
"""… that begins one of its examples."""
WRITES: Final = 0.65
"""… that any text is sent with, by an action that sends one."""
AKIN: Final = 0.75
HINTED: Final = 0.35
"""… whose particle alone is said."""
ALIKE_SHARE: Final = 0.6
LIGHT_SHARE: Final = 0.5
# Verbs whose object says what they do ("give credit", "set to urgent", "make it high").
_DOING: Final = frozenset(map(stem, ("make", "give", "take", "have", "do", "send")))
_ONE: Final = frozenset(("a", "an"))
# What these are done to is no verb of the action: "refund a deposit" deposits nothing.
_UNDOING: Final = frozenset(
    map(
        stem,
        ("refund", "cancel", "delete", "remove", "void", "return", "revoke", "reverse", "undo", "waive", "withdraw"),
    )
)
_UNSURE: Final = {stem(form): stem(plain) for form, plain in UNSURE_FORMS.items()}
_FIRST_CLAUSE: Final = re.compile(r"^[^.;:,]+")
_PREDICATE: Final = re.compile(r"\b(?:is|are|been|as)\s+(?:now\s+)?([^\W\d_]+)(?:\s+(?:now|again))?\s*[.!]?$")
# Before a predicate of the record as it is, or of what is denied: "cancel a bill that hasn't been paid".
_DESCRIBES: Final = re.compile(
    r"\w\s+\w.*\b(?:which|who|whose|that|where|if|when|while|once)\b|\b(?:not|never|no|nothing|nobody)\b|n['’]t\b",
    re.IGNORECASE,
)

_TAKING: Final = "off"
_IS: Final = frozenset(("is", "are"))
_OWNS: Final = ("'s", "’s", "s'", "s’")
_DOES: Final = "ing"
_CAME_IN: Final = ([stem("came"), stem("in")], [stem("come"), stem("in")])
_TENSE: Final = frozenset(map(stem, ("is", "was", "were", "has", "been", "just", "got")))
# Verbs for sending a text.
_WRITING: Final = tuple(
    map(stem, ("apologize", "apologise", "thank", "ask", "inform", "remind", "warn", "congratulate", "tell", "write"))
)
# Verbs that make a number more or less.
_CHANGING: Final = frozenset(map(stem, ("raise", "increase", "lower", "reduce", "decrease")))
_SAYING: Final = stem("say")
LIGHT: Final = GENERIC | frozenset(
    map(stem, ("let", "give", "move", "mark", "send", "hand", "apply", "change", "switch", "have", "get", "bring"))
)


class ActionWords:
    """The words of an action.

    - ``verbs``: stem → how surely it means the action.
    - ``phrases``: aliases and titles of several words, as stems.
    - ``reported``: stems of what tells that it is so: "was collected", "is back".
    - ``nouns``: its other names. ``values``: list members of which it needs one.
    - ``known``: every stem of its contract.
    - ``makes``: nouns of what it makes anew, which are among its verbs too.
    - ``writes``: it sends somebody a text.
    """

    __slots__ = ("_told", "known", "makes", "nouns", "phrases", "reported", "values", "verbs", "writes")

    def __init__(self, offer: Offer, shortlist: Shortlist) -> None:
        verbs: dict[str, float] = {}

        def tells(word: str, much: float) -> None:
            if word:
                verbs[word] = max(verbs.get(word, 0.0), much)

        called = shortlist.called(offer.name)
        things = {stem(note.record) for note in offer.annotations.values() if note.record is not None}
        platform = stem(offer.name.partition(".")[0]) if "." in offer.name else ""  # names none of its actions
        own = [each for each in called if each != platform]
        drafted = offer.name.count(".") > 1  # "shop.order.ship": the thing first
        for at, each in enumerate(own):
            if (at == 0 and not drafted) or (each in ORDERS - things and own[0] not in _UNDOING):
                tells(each, OWN)
        tells(_find_first(offer.title), OWN)
        tells(_find_deed(offer.title), OWN)
        phrases: list[tuple[str, ...]] = []
        reported: set[str] = set()
        nouns = {*own, *stem_text(offer.title)}
        for alias in offer.aliases:
            said = [stem(run) for run, _, _ in split_runs(alias)]
            nouns.update(stem_text(alias))
            if said in _CAME_IN:
                reported.add(stem("arrived"))
            if len(said) > 1 and all(each in _TENSE or each in things for each in said[:-1]):  # "prop returned"
                reported.add(find_base_form(said[-1]))
            if len(said) == 1:
                tells(said[0], OWN)
                if is_past(alias):
                    reported.add(find_base_form(said[0]))  # "settled": it is
            elif said:
                phrases.append(tuple(said))
                particle = not PARTICLES.isdisjoint(alias.casefold().split()[1:2])  # "no-show" is one word, two runs
                if said[1:] == [_TAKING]:
                    tells(_TAKING, HINTED)  # "20 off 1042", where its alias is "knock off"
                if not particle and said[0] not in things and (said[0] in ORDERS or said[0] in KIN):
                    tells(said[0], TOLD)
        described = _find_first(offer.description)
        apart = PARTICLES & set(
            offer.description.casefold().split()[1:2]
        )  # "Call off a tour": to call is another thing
        tells(described if described != _SAYING and not apart else "", SHOWN)  # "Say that it is done": not by saying
        for text in (offer.title, *offer.aliases):  # "Call a tour off" is to cancel it
            for _, _, plain in replace_phrasal_verbs(text):
                tells(stem(plain) if plain.strip() else "", TOLD)
        titled = _frame_of(offer.title, things)
        phrases += [titled] if len(titled) > 1 else []
        phrases += _find_phrasal_verbs(offer)
        reported.update(find_predicates(offer), map(_find_told, offer.examples))
        for example in offer.examples:
            first = _find_shown(example, things)
            if first and not PARTICLES & set(example.casefold().split()[1:2]):
                tells(first, SHOWN)  # "ticket 7 is not solved, reopen it" begins with no verb
        self.writes = _sends_text(offer, {each for each, much in verbs.items() if much >= TOLD})
        if self.writes:
            for each in _WRITING:
                tells(each, WRITES)
        if _changes_amount(offer):
            for each in _CHANGING - verbs.keys():
                tells(each, AKIN)
        for parameter, annotation in offer.annotations.items():
            nouns.update(name_stems(parameter))
            nouns.update(stem_text(annotation.label or ""))
        makes = {_find_made(text) for text in (offer.title, *offer.aliases)} - {*verbs, ""}
        self.makes = frozenset(each for each in makes if not _is_shared(each, offer, shortlist))
        for each in self.makes:
            tells(each, SHOWN)
        self.verbs: Mapping[str, float] = verbs
        self.phrases = tuple(phrases)
        self.nouns = frozenset(nouns)
        self.reported = frozenset(reported - {""})
        self.known = shortlist.spoken(offer.name)
        self.values = _list_values(offer)
        self._told: dict[str, float] = {}

    @property
    def known_words(self) -> frozenset[str]:
        """The stems of its verbs and nouns."""
        return self.nouns | self.verbs.keys()

    def rate_verb(self, said: str) -> float:
        """How surely a verb's stem means this action. 0 if it says nothing."""
        said = find_base_form(said)
        if said not in self._told:
            self._told[said] = self._rate_said(said)
        return self._told[said]

    def _rate_said(self, said: str) -> float:
        own = self.verbs.get(said, 0.0)
        if own or said in LIGHT:
            return own * (LIGHT_SHARE if said in LIGHT and said not in _WRITING else 1.0)
        strong = [verb for verb in self.verbs if verb not in LIGHT | self.makes]  # to pay is akin to no payment
        kin = KIN.get(said, frozenset())
        near = max((self.verbs[verb] for verb in strong if verb in kin), default=0.0) * AKIN
        if near:
            return near
        share = rate_similarity(said, strong, verb=True) if said not in EMPTY else 0.0
        return ALIKE_SHARE if share >= ALIKE else 0.0


def _changes_amount(offer: Offer) -> bool:
    """Whether an action gives a number of a record another value: its price."""
    numbers = (name for name, each in offer.properties.items() if each.get("type") in ("integer", "number"))
    notes = map(offer.annotation, numbers)
    return any(note.replaces is not None and note.record is None for note in notes)


def _sends_text(offer: Offer, verbs: Collection[str]) -> bool:
    """Whether an action sends somebody a text: it composes one, or needs one that it goes by a verb of telling for."""
    if any(each.compose and is_sent(name, each) for name, each in offer.annotations.items()):
        return True
    needed = ((name, offer.annotation(name)) for name in offer.required)
    texts = [
        name for name, note in needed if takes_text(name, offer.properties.get(name), note) and is_message(name, note)
    ]
    return len(texts) == 1 and not {*map(stem, TELLING)}.isdisjoint(verbs)


def find_base_form(said: str) -> str:
    """The stem of a word as one of a verb: "left" is of "leave"."""
    return _UNSURE.get(said, said)


def is_over(word: str) -> bool:
    """Whether a verb tells the past and nothing else: "stayed", "drove", but "put" and "come"."""
    return is_past(word) and (word.endswith("ed") or find_base_form(stem(word)) != stem(word))


def find_predicates(offer: Offer) -> frozenset[str]:
    """Stems of the single words by which an action's own texts say what shall be true: "Mark a parcel as packed", "Say
    that a job is done", "4 is ready". None of a closed list's members, which are values."""
    said = [offer.title, *offer.aliases, *_FIRST_CLAUSE.findall(offer.description), *offer.examples]
    made = (
        found for text in said for found in _PREDICATE.finditer(text) if not _DESCRIBES.search(text[: found.start()])
    )
    found = {find_base_form(stem(each[1])) for each in made}
    return frozenset(found - lexicon.NAME_STOP - _list_values(offer, required=False))


def _list_values(offer: Offer, *, required: bool = True) -> frozenset[str]:
    """Stems of the closed lists' members that the action takes; ``required``: that it needs one of."""
    made: set[str] = set()
    for name in offer.required if required else offer.properties:
        schema = offer.properties.get(name)
        if isinstance(schema, Mapping) and "default" not in schema:
            made.update(map(stem, list_end_words(schema.get("enum") or ())))
            for value in schema.get("enum") or ():
                said = (str(value).replace("_", " "), *offer.annotation(name).words.get(str(value), ()))
                made.update(each for words in said for each in stem_text(words))
    return frozenset(made).union(map(find_base_form, made))


def read_action_words(offer: Offer, shortlist: Shortlist) -> ActionWords:
    return _read_cached(_Held(offer, shortlist))


class _Held:
    """An offer with its shortlist as a key, by identity."""

    __slots__ = ("offer", "shortlist")

    def __init__(self, offer: Offer, shortlist: Shortlist) -> None:
        self.offer, self.shortlist = offer, shortlist

    def __hash__(self) -> int:
        return hash((id(self.offer), id(self.shortlist)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.offer is self.offer and other.shortlist is self.shortlist


@lru_cache(maxsize=1024)
def _read_cached(held: _Held) -> ActionWords:
    return ActionWords(held.offer, held.shortlist)


def _frame_of(title: str, things: Collection[str]) -> tuple[str, ...]:
    """The verb and object of a title, in any order of the objects: "Send a postcard" also matches "send Ada a
    postcard"."""
    runs = [run for run, _, _ in split_runs(title) if run.casefold() not in EMPTY]
    return tuple(said for run in runs if (said := find_base_form(stem(run.casefold()))) not in things)


def _find_phrasal_verbs(offer: Offer) -> list[tuple[str, ...]]:
    """The verbs with a particle that an action's nouns and examples are made of: "a pickup" is to pick up."""
    said = [word for text in (offer.title, *offer.aliases) for word in text.casefold().split()]
    joined = [(word[: -len(end)], end) for word in said for end in PARTICLES if word.endswith(end) and is_word(word)]
    begun = [tuple(example.casefold().split()[:2]) for example in offer.examples]
    pairs = [each for each in (*joined, *begun) if len(each) == 2 and each[1] in PARTICLES]
    return [(stem(verb), stem(end)) for verb, end in pairs if find_similar_stems(stem(verb), verb=True)]


def _find_shown(example: str, things: Collection[str]) -> str:
    """The verb of an example: its first word, or what its subject does ("Ada drives 7, Ada is driving 7"), of whom only
    a name is said. Empty if it is a noun of the platform's."""
    first, *rest = example.split() or [""]
    named = first[:1].isupper() and not is_order(stem(first)) and not is_akin_to_order(stem(first))
    if named and rest and rest[0] in _IS and rest[1:2] and rest[1].endswith(_DOES) and rest[1].islower():
        return _find_first(rest[1])
    does = next((word for word in rest[:2] if word.islower() and word.endswith("s")), "")
    shown = _find_first(does) if named else _find_first(example, names=True)
    return "" if shown in things else shown


def _find_told(example: str) -> str:
    """The base form of what an example says that somebody has done: "Ada Berg paid 40 euros". Empty if it says none."""
    said = example.split()
    named = next((at for at, word in enumerate(said) if not (word[:1].isupper() and word.isalpha())), len(said))
    rest = [word for word in said[named : named + 3] if word.casefold() not in {"has", "have", "just"}]
    low = rest[0].casefold() if named and rest else ""
    base = find_base_form(stem(low))
    return base if is_past(low) and low not in _IS and not is_order(stem(said[0].casefold())) else ""


def _find_first(text: str, *, names: bool = False) -> str:
    """The stem of a text's first word. Empty for a grammar word, and with ``names`` for a name that a text may begin
    with."""
    run = next((run.casefold() for run, _, _ in split_runs(text)), "")
    told = run in EMPTY and run != "let"
    return "" if told or (names and not is_word(run)) else stem(run)


def _find_made(title: str) -> str:
    """The noun of what an action makes anew: "Book a driver's absence" makes an absence. Empty if it makes nothing of a
    name of its own."""
    said = title.casefold().split()
    does = len(said) >= 3 and stem(said[0]) in MAKING and said[1] in _ONE
    alone = does and (len(said) == 3 or (len(said) == 4 and said[2].endswith(_OWNS)))
    return stem(said[-1]) if alone and stem(said[-1]) not in GENERIC else ""


def _is_shared(noun: str, offer: Offer, shortlist: Shortlist) -> bool:
    """Whether a noun is also another action's, or that of a kind of records, which there are already."""
    kinds = (note.record for each in shortlist.offers for note in each.annotations.values() if note.record)
    others = (each for each in shortlist.offers if each is not offer)
    return noun in {stem(each) for each in kinds} or any(noun in stem_text(each.title) for each in others)


def _find_deed(title: str) -> str:
    """The deed of a light verb, which is a verb too: "Make an offer" is to offer. Empty if a title has none."""
    said = title.casefold().split()
    does = len(said) == 3 and stem(said[0]) in _DOING and said[1] in _ONE
    return stem(said[2]) if does and find_similar_stems(stem(said[2]), verb=True) else ""

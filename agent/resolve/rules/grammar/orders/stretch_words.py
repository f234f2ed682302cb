"""Words of a stretch: its quotations, verbs and names, and where its order begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from agent.extract.references.vocabulary import rate_person_likeness
from agent.extract.spans.politeness import is_polite_word
from agent.planning.proposal import BelongsTo, Find
from agent.resolve.rules.clauses import is_order
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.name_ends import MOST_NAMED, is_attribute, is_definite
from agent.resolve.rules.grammar.orders.action_words import ALIKE_SHARE, LIGHT, OWN, SHOWN, ActionWords, find_base_form
from agent.resolve.rules.grammar.orders.interpretation import Piece, Stretch, says_whose
from agent.resolve.rules.grammar.orders.text_parameters import TELLING, find_note_verb, takes_text
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase
from agent.resolve.rules.grammar.phrases.plain_names import find_counting_words
from agent.resolve.rules.grammar.reader import Reader
from agent.validate.coverage.told import NOT_YET
from language.example_patterns import PARTICLES
from language.stems import EMPTY, is_past, makes_anew, stem
from language.text import find_quotations, word_set
from language.wordnet import find_similar_stems, is_word
from registry.contract import Annotation, SourceKind
from registry.offers.offer import Offer
from registry.records import RecordKind

MOST_TOKENS: Final = 160
"""Of a stretch that is cut into pieces; what is longer says most of it in words that are no order."""

MOST_SUBJECT: Final = 8
"""Tokens of a subject that are looked at."""
_SAYING: Final = frozenset(("tell", "think"))
MOST_BETWEEN: Final = 40
"""Tokens between two phrases of a list."""
_TAKES: Final = stem("take")
_BEFORE_NOUNS: Final = lexicon.OF | word_set("the a an my your his her its our their in at on with")
"""Words right before which a verb is a noun."""
_BETWEEN: Final = lexicon.DETERMINERS | lexicon.OF | {"as", "well", "also", "both", "to", "on", "in"}


class StretchWords:
    """One stretch of tokens, with the words of one action in it."""

    def __init__(self, reader: Reader, offer: Offer, words: ActionWords, place: Stretch) -> None:
        self.reader, self.offer, self.words, self.place = reader, offer, words, place
        first, stop = place.first, place.stop
        self.first, self.stop = first, min(stop, first + MOST_TOKENS)
        self.quoted = reader.quoted
        self.verbs: dict[int, float] = {}
        self.values: dict[str, list[Piece]] = {}
        self.records: dict[str, list[Piece]] = {}
        self.covered: set[int] = set()
        self.mentioned: list[RecordKind] = []
        self.named_kinds: list[str] = []
        self.unread: list[tuple[int, int]] = []
        self.creates = False  # whether a new record is spoken of, which no action on records there are can mean
        self.others: set[int] = set()  # the words of named records from which nothing leads to those of the action
        self.doubtful = self.last_try = self.light_phrase = False
        self.led = False  # whether the noun of what the action makes, or who is to do it, begins the words
        self.handed = False  # whether only who is to do it does
        self.behind_colon: tuple[int, int] | None = None  # the text that an action needs
        self.told = False  # whether what a message shall say is told plainly
        self.labels: set[int] = set()  # the words by which texts are labelled
        self.renewed: set[str] = set()  # the texts that a record's field becomes

    def _find_verbs(self) -> None:
        reader = self.reader
        stems = {
            at: find_base_form(stem(reader.low(at))) for at in range(self.first, self.stop) if at not in self.quoted
        }
        for at, said in stems.items():
            token = reader.tokens[at]
            reports = said in self.words.reported and self._is_so(at)
            empty = reader.low(at) in EMPTY and reader.low(at) not in {"let", "off"}
            if not token.word or (empty and not reports):
                continue
            puts = at == self.place.order and said == find_note_verb(reader.text.plain, self.offer)
            much = 1.0 if reports or puts else self.words.rate_verb(said)
            owner = token.capital and at > self.first and not reader.starts(at) and token.owns
            if much and not owner and not self._is_thing(at, much):
                self.verbs[at] = much
        self.aliased: set[int] = set()
        called, aliases = set[int](), [*map(str.casefold, self.offer.aliases)]  # "came in", as an alias says it
        for phrase in self.words.phrases:
            places = self._match_alias(phrase, stems)
            told = is_past(reader.low(places[0])) and " ".join(map(reader.low, places)) in aliases if places else False
            called.update(places if told else ())
            reported = told or (bool(places) and phrase[-1] in self.words.reported)
            denied = reported and not self._has_happened(places[-1])
            if places and not denied and (told or not self._told(places[0])):
                self.verbs.update(dict.fromkeys(places, 1.05))
                self.light_phrase = all(each in LIGHT or each in PARTICLES for each in phrase)  # "put on"
                self.aliased.update(places)
        for at in list(self.verbs):
            if at not in called and self._told(at) and not (stems[at] in self.words.reported and self._is_so(at)):
                self.verbs[at] *= 0.3
            elif at not in self.aliased and self._is_only_named(at):
                self.verbs[at] *= 0.5

    def _is_thing(self, at: int, much: float) -> bool:
        """Whether a word that tells so much as a verb stands where a noun does: "the visit", "70 seats", or is the noun
        of what the action is done to."""
        reader, noun = self.reader, self.reader.noun(at)
        own = noun is not None and noun[0].name in self.list_own_kinds()
        counted = much <= ALIKE_SHARE and at - 1 in reader.numbers
        return is_definite(reader, at) or counted or (own and much < OWN)

    def _why(self) -> int:
        """Where a reason begins. Nobody in it is meant."""
        reader = self.reader
        whys, near = (("due", "to"), ("owing", "to")), range(self.first + 1, self.stop)
        return next((at for at in near if reader.low(at) == "because" or reader.lows(at, 2) in whys), self.stop)

    def _joined(self, name: str, at: int) -> bool:
        """Whether a phrase continues a list: only conjunctions and values separate it from the one before."""
        last = self.records[name][-1].last
        return self._joins(last, at) or any(last <= first and stop <= at for first, stop in self.reader.corrections)

    @property
    def makes_new(self) -> bool:
        """Whether the action makes a record, which has no values before."""
        anew = makes_anew(self.offer.title) or any(each.casefold().startswith("new ") for each in self.offer.aliases)
        return anew or any(map(self._makes, self.reader.kinds.values()))

    def _makes(self, kind: RecordKind) -> bool:
        """Whether the action makes such a record: its words name it, and no parameter takes one."""
        taken = {each.name for name in self.offer.properties if (each := self.kind(name)) is not None}
        return kind.name not in taken and any(stem(noun) in self.words.nouns for noun in kind.nouns)

    def _list_taken(self) -> set[int]:
        """The tokens of values and records."""
        every = (piece for pieces in (*self.values.values(), *self.records.values()) for piece in pieces)
        return {at for piece in every for at in range(piece.first, piece.last)}

    def _joins(self, first: int, last: int) -> bool:
        """Whether only conjunctions, articles and values separate two phrases of a list."""
        reader, tokens = self.reader, range(first, last)
        if last - first > MOST_BETWEEN or not (
            first == last or any(reader.joint(at) or reader.low(at) == "well" for at in tokens)
        ):
            return False
        held = self._list_taken()
        return not any(reader.low(at) == "or" for at in tokens) and all(
            reader.joint(at) or at in held or reader.low(at) in _BETWEEN for at in tokens
        )

    def _told(self, at: int) -> bool:
        """Whether a verb reports what was done ("I already refunded her"), and orders nothing."""
        reader = self.reader
        if not is_past(reader.low(at)) or at == self.first:
            return False
        near = {reader.low(step) for step in range(max(self.first, at - 6), at)}
        return reader.low(at - 1) in lexicon.HAVING or near.isdisjoint(lexicon.WANTING)  # "should have told us"

    def _is_only_named(self, at: int) -> bool:
        """Whether a deed is a noun that nobody asks for: "at her end", "his cancellation is off", but not "give her a
        refund"."""
        reader = self.reader
        before = at - 1
        if reader.low(at) in TELLING and reader.low(at + 1) == "from":
            return True  # "message from Ada"
        if reader.low(before - 1) in {"a", "an"} and reader.low(before).isalpha():
            before -= 1  # "a new email"
        owns = before >= self.first and reader.tokens[before].owns
        if not owns and (before <= self.first or reader.low(before) not in _BEFORE_NOUNS):
            return False
        head = stem(reader.low(self.place.order))
        near = {reader.low(step) for step in range(max(self.first, at - 6), at)}
        return not (self.place.ordered and (head in LIGHT or is_order(head))) and near.isdisjoint(lexicon.WANTING)

    def _is_so(self, at: int) -> bool:
        """Whether a word of what shall be true says that it is: "4 was packed", "Ada is back", "Ada pays"."""
        low, dated = self.reader.low(at), not self.reader.dated.isdisjoint(range(at, self.stop))
        behind = at in (self.first + 1, self.reader.name(self.first, self.stop))
        does = low.endswith("s") and behind and self.reader.noun(at) is None and not dated
        return (is_past(low) or does or self._is_predicate(at)) and self._has_happened(at)

    def _is_predicate(self, at: int) -> bool:
        """Whether a word says how the subject of its sentence is: "4 is ready", but not "the one that is ready"."""
        reader = self.reader
        near = range(at - 1, max(self.first, at - 3) - 1, -1)
        be = next((step for step in near if reader.low(step) in lexicon.BE or reader.tokens[step].owns), at)
        before = range(max(self.first, be - MOST_SUBJECT), be)
        if be == at or any(reader.low(step) in lexicon.RELATIVES | lexicon.SUBORDINATE for step in before):
            return False
        return not any(self._opens_clause(step) for step in before)

    def _opens_clause(self, at: int) -> bool:
        """Whether a verb stands here with a clause of its own as object: "Ada says her bill is paid"."""
        reader, token = self.reader, self.reader.tokens[at]
        low = token.low
        if low in lexicon.NAME_STOP or token.owns or not token.word or token.capital:
            return False
        anew = reader.low(at + 1) in lexicon.DETERMINERS | lexicon.OWNERS | lexicon.PRONOUNS
        anew = anew or (low.endswith("s") and reader.noun(at) is None and reader.noun(at + 1) is not None)
        return anew or not _SAYING.isdisjoint(find_similar_stems(stem(low), verb=True))

    def _has_happened(self, at: int) -> bool:
        """Whether a participle reports an event that has happened, rather than one that hasn't or is to come."""
        tokens = self.reader.tokens
        near = {self.reader.low(step) for step in range(max(self.first, at - 4), at)}
        asked = self.stop < len(tokens) and tokens[self.stop].text == "?"
        return near.isdisjoint(lexicon.NOT | NOT_YET) and not asked

    def _match_alias(self, phrase: Sequence[str], stems: Mapping[int, str]) -> list[int]:
        """Where the words of an alias stand, in order and near each other."""
        for start in (at for at, said in stems.items() if said == phrase[0]):
            places, at = [start], start
            for word in phrase[1:]:
                near = range(at + 1, min(at + 6, self.stop))
                at = next((step for step in near if stems.get(step) == word or self._is_off(phrase, word, step)), -1)
                if at < 0:
                    break
                places.append(at)
            if len(places) == len(phrase):
                return places
        return []

    def _is_off(self, phrase: Sequence[str], word: str, at: int) -> bool:
        """Whether "off" takes something back: "take her credit off again", but not "take 5 off the bill"."""
        ends = at + 1 >= len(self.reader.tokens) or self.reader.is_mark(at + 1) or self.reader.low(at + 1) == "again"
        return word == "back" and phrase[0] == _TAKES and self.reader.low(at) == "off" and ends

    def kind(self, name: str) -> RecordKind | None:
        return self.reader.kinds.get(self.offer.annotation(name).record or "")

    def list_own_kinds(self) -> set[str]:
        """The kinds that the action's parameters refer to."""
        return {kind.name for name in self.offer.properties if (kind := self.kind(name)) is not None}

    def _speaks(self, annotation: Annotation) -> bool:
        if annotation.derive is not None:
            return "sources" in annotation.model_fields_set and annotation.takes_words
        return annotation.takes_words or SourceKind.RECORD in annotation.sources

    def _read_order(self) -> str:
        """The words from the beginning of the order."""
        begin = min(max(self.place.order, self.first), self.stop - 1)
        tokens = self.reader.tokens
        return self.reader.text.plain[tokens[begin].start : tokens[self.stop - 1].end]

    def _take_raw(self) -> tuple[int, str]:
        start = self.reader.tokens[self.first].start
        return start, self.reader.text.plain[start : self.reader.tokens[self.stop - 1].end]

    def _find_core(self) -> set[int]:
        """The tokens of the parts between punctuation that hold a verb or value of the action. All tokens if none
        does."""
        reader = self.reader
        telling = {at for at, much in self.verbs.items() if much >= 0.5}
        telling |= {at for pieces in self.values.values() for p in pieces for at in range(p.first, p.last)}
        begin, core = self.first, set[int]()
        for at in range(self.first, self.stop + 1):
            if at == self.stop or reader.tokens[at].text in {",", ":", ";", ".", "!", "?", "-", "–"}:
                if not telling.isdisjoint(range(begin, at)):
                    core.update(range(begin, at))
                begin = at + 1
        return core or set(range(self.first, self.stop))

    def _drop_taken_back(self, pieces: list[Piece]) -> list[Piece]:
        """Drops pieces that a correction takes back: a later piece of the same kind follows it."""
        kept: list[Piece] = []
        for piece in pieces:
            marks = [
                mark for mark in self.reader.corrections if kept and kept[-1].last <= mark[0] and mark[1] <= piece.first
            ]
            if marks:
                for each in kept:
                    self.covered.update(range(each.first, each.last))
                for first, last in marks:
                    self.covered.update(range(first, last))
                kept = []
            kept.append(piece)
        return kept

    def _find_quoted_names(self) -> dict[int, int]:
        """Quotations that name a record, first token → end token.

        Those that follow the kind's noun count. So do the first ones, as far as there are more than texts to fill
        ("rename “Old” to “New”").
        """
        reader = self.reader
        places = [
            (reader.end_index(first + 1), reader.end_index(last - 1))
            for first, last in find_quotations(reader.text.plain)
        ]
        places = [
            each
            for each in places
            if self.first <= each[0] < each[1] <= self.stop
            and each[1] - each[0] <= MOST_NAMED + 2
            and reader.tokens[each[1] - 1].text not in {".", "!", "?"}  # a sentence is no name
        ]
        texts = [
            name
            for name, schema in self.offer.properties.items()
            if takes_text(name, schema, self.offer.annotation(name)) and self._speaks(self.offer.annotation(name))
        ]
        beyond = len(places) - len(texts)
        titles = {first: last for first, last in reader.titles.items() if self.first <= first < last <= self.stop}
        return titles | {
            first: last
            for at, (first, last) in enumerate(places)
            if at < beyond or self._find_noun_before(first) is not None
        }

    def _find_noun_before(self, at: int) -> RecordKind | None:
        """The kind whose noun stands right before a quotation or title that begins at a token."""
        before = at if at in self.reader.titles and self.reader.tokens[at - 1].word else at - 1
        for length in (1, 2, 3):
            found = self.reader.noun(before - length)
            if found is not None and found[1] == length:
                return found[0]
        return None

    def _find_wanted(self, names: Sequence[str], at: int) -> tuple[str, RecordKind] | None:
        """The parameter for a quoted name: one of the kind whose noun precedes it, or else the first open one whose
        records have names."""
        noun = self._find_noun_before(at)
        free = (name for name in names if all(says_whose(each) for each in self.records.get(name, ())))
        kinds = ((name, kind) for name in free if (kind := self.kind(name)) is not None)
        fit = [(name, kind) for name, kind in kinds if noun is None or noun.name == kind.name]
        called = [(name, kind) for name, kind in fit if any(each.search == "name" for each in kind.fields)]
        # Of what has no name, the name of what it is of: "Ada's Spanish course", where that is a booking of hers.
        return next(iter(called or (fit if at in self.reader.titles else [])), None)

    def _plausible(self, phrase: Phrase, kind: RecordKind) -> bool:
        """Whether words without a noun mean a record: a code, an address, a name. Words of the action and plain English
        in lower case don't, unless they stand where a name does."""
        reader, at = self.reader, phrase.first
        token, span = reader.tokens[at], range(at, phrase.last)
        if phrase.noun or any(map(str.isdigit, token.text)) or "@" in token.text:
            return True
        if any(step in self.verbs and not reader.tokens[step].capital for step in span):
            return False
        if reader.tokens[phrase.last - 1].owns:
            return True
        known = [
            step
            for step in span
            if not (reader.tokens[step].capital and not reader.starts(step))
            and (
                self._known(reader.low(step))
                or is_polite_word(reader.low(step))
                or reader.low(step) in EMPTY
                or reader.low(step) in lexicon.MANNER
            )
        ]
        if len(known) == len(span) and not self._is_shown_name(phrase, kind):
            return False
        alone = len(span) == 1 and phrase.last not in self.verbs  # but "Grace paid 20 euros"
        if token.capital and not (reader.starts(at) and is_word(token.low) and alone):
            return True
        if not is_word(token.low):
            return True
        if token.low.endswith("ing") and len(span) == 1:
            return False  # "for smoking": a reason, no person
        placed = reader.low(at - 1) in {"for", "of", "to", "from", "by", "with"} or self.verbs.get(at - 1, 0.0) >= 0.5
        # A thing has plain words as its name if it is counted or has its article: "12 door hinges", "door hinges 12".
        thing = self._names_thing(phrase.find, kind)
        before = at - 2 if reader.low(at - 1) in lexicon.MORE else at - 1
        last = at - 1 - (reader.low(at - 1) in lexicon.DETERMINERS)
        joined = (reader.joint(last) and reader.low(last) != ",") or reader.low(last - 1) == "well"  # ", for a reason"
        listed = joined and len(span) > 1 and any(self._joins(each[-1].last, at) for each in self.records.values())
        counted = before in reader.numbers or (reader.starts(at) and len(span) > 1 and span.stop in reader.numbers)
        named = listed or counted or reader.low(at - 1) == "the"
        return (placed or (thing and named)) and not any(
            (is_order(stem(reader.low(step))) and not is_attribute(reader, step))
            or reader.low(step) in lexicon.MORE | lexicon.COMMON
            for step in span
        )

    def _is_shown_name(self, phrase: Phrase, kind: RecordKind) -> bool:
        """Whether words that only the action's examples have are a thing's name here too: "the green hall"."""
        lows = self.reader.lows(phrase.first, phrase.last - phrase.first)
        verbs = {each for each, much in self.words.verbs.items() if much > SHOWN}
        own = not (self.words.nouns | verbs).isdisjoint(map(stem, lows))
        counted = phrase.first - 1 in find_counting_words(self.reader)  # "3 boxes of bleach"
        return (
            (len(lows) > 1 or counted) and not own and EMPTY.isdisjoint(lows) and self._names_thing(phrase.find, kind)
        )

    def _names_thing(self, find: Find, kind: RecordKind) -> bool:
        """Whether a name is a thing's: a record's own, or, of a kind without names, that of what the record is of."""
        owners = [each.owner for each in find.where if isinstance(each, BelongsTo) and isinstance(each.owner, Find)]
        if find.said is None and len(find.where) == len(owners) == 1 and not rate_person_likeness(kind):
            return self._names_thing(owners[0], self.reader.kinds[owners[0].record])
        return find.record == kind.name and find.said is not None and not self._is_person(kind)

    def _is_person(self, kind: RecordKind) -> bool:
        people = self.reader.people()
        return rate_person_likeness(kind) == 2 or (people is not None and people.name == kind.name)

    def _known(self, low: str) -> bool:
        """Whether a word is one of the action's own, and no name from its examples."""
        said = stem(low)
        return said in self.words.nouns or said in self.words.verbs or (said in self.words.known and is_word(low))

"""Names in a stretch: which quotations and plain words may be what a record is called."""

from __future__ import annotations

from collections.abc import Sequence

from agent.extract.references.vocabulary import person_like
from agent.extract.spans.politeness import is_polite_word
from agent.resolve.rules.clauses import is_order
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase
from agent.resolve.rules.grammar.reader import MOST_NAMED
from agent.resolve.rules.grammar.orders.stretch_values import StretchValues
from agent.resolve.rules.grammar.orders.texts import takes_text
from language.stems import EMPTY, stem
from language.text import find_quotations
from language.wordnet import is_word
from registry.records import RecordKind


class StretchNames(StretchValues):
    """Tells what may be a name of a record."""

    def _quoted_names(self) -> dict[int, int]:
        """Quotations that name a record, the first token → the one after the last: those that stand behind its noun,
        and as many of the first as there are more than texts to fill ("rename “Old” to “New”")."""
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
            if takes_text(schema, self.offer.annotation(name)) and self._speaks(self.offer.annotation(name))
        ]
        beyond = len(places) - len(texts)
        return {
            first: last
            for at, (first, last) in enumerate(places)
            if at < beyond or self._noun_before(first) is not None
        }

    def _noun_before(self, at: int) -> RecordKind | None:
        """The kind whose noun stands right before a quotation that begins at a token."""
        for length in (1, 2, 3):
            found = self.reader.noun(at - 1 - length)
            if found is not None and found[1] == length:
                return found[0]
        return None

    def _wanted(self, names: Sequence[str], at: int) -> tuple[str, RecordKind] | None:
        """The parameter that a quoted name is for: one of the kind whose noun is before it, else the first that has
        none and whose records have names."""
        noun = self._noun_before(at)
        for name in names:
            kind = self.kind(name)
            if kind is None or name in self.records or (noun is not None and noun.name != kind.name):
                continue
            if any(each.search == "name" for each in kind.fields):
                return name, kind
        return None

    def _plausible(self, phrase: Phrase, kind: RecordKind) -> bool:
        """Whether words without a noun mean a record: a code, an address, a name; words of the action and plain English
        in small letters are none, unless they stand where a name does."""
        reader, at = self.reader, phrase.first
        token = reader.tokens[at]
        if phrase.noun or any(map(str.isdigit, token.text)) or "@" in token.text:
            return True
        span = range(at, phrase.last)
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
        if len(known) == len(span):
            return False
        if token.capital and not (reader.starts(at) and is_word(token.low) and len(span) == 1):
            return True
        if not is_word(token.low):
            return True
        if token.low.endswith("ing") and len(span) == 1:
            return False  # "for smoking": why, and nobody
        placed = reader.low(at - 1) in {"for", "of", "to", "from", "by", "with"} or self.verbs.get(at - 1, 0.0) >= 0.5
        # A thing is called by plain words where it is counted, or told with its article: "12 door hinges".
        thing = phrase.find.record == kind.name and phrase.find.said is not None and not self._is_person(kind)
        before = at - 2 if reader.low(at - 1) in lexicon.MORE else at - 1
        placed = placed or (thing and (before in reader.numbers or reader.low(at - 1) == "the" or self._counted(span)))
        return placed and not any(
            (is_order(stem(reader.low(step))) and not reader.describes(step))
            or reader.low(step) in lexicon.MORE | lexicon.COMMON
            for step in span
        )

    def _is_person(self, kind: RecordKind) -> bool:
        people = self.reader.people()
        return person_like(kind) == 2 or (people is not None and people.name == kind.name)

    def _counted(self, span: range) -> bool:
        """Whether several words at the beginning are followed followed by how many: "door hinges 12"."""
        return self.reader.starts(span.start) and len(span) > 1 and span.stop in self.reader.numbers

    def _known(self, low: str) -> bool:
        """Whether a word is one of the action's own, and no name that stands in its examples."""
        said = stem(low)
        return said in self.words.nouns or said in self.words.verbs or (said in self.words.known and is_word(low))

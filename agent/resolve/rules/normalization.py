"""Text normalization: removes polite phrases, expands chat abbreviations, corrects typos, and replaces phrasal verbs by
one word. It keeps the place of every character in the typed text."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from agent.extract.spans.money import find_currency
from agent.extract.spans.politeness import strip_politeness
from agent.extract.time import durations
from agent.pipeline import Argument, Ask, Calls, Draft, ListArgument, Resolution, Span
from agent.resolve.rules.clauses import begins_like_an_order
from agent.resolve.rules.grammar.messages import find_message
from agent.resolve.rules.phrasal_verbs import replace_phrasal_verbs
from agent.resolve.rules.reported_orders import find_reported_orders
from language.common_words import find_common_word
from language.date_forms import DAYS, MONTHS
from language.locales import translate
from language.measures import find_measure
from language.spell_correction import Speller
from language.stems import EMPTY, GROUPED, ORDER_WORDS, ORDERS, READING_WORDS, stem
from language.text import blank_quotations, word_set
from language.wordnet import is_word, load_lexicon
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind


@dataclass(frozen=True, slots=True)
class AlignedText:
    """Normalized text with its places in what was typed. ``text`` is read instead of ``typed``. ``places`` gives, for
    each character of ``text`` and its end, the offset in ``typed``."""

    text: str
    typed: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, typed: str, text: str | None = None) -> AlignedText:
        """The typed text, or an equally long ``text`` to read instead."""
        return cls(typed if text is None else text, typed, tuple(range(len(typed) + 1)))

    def put(self, pieces: Iterable[tuple[int, int, str]]) -> AlignedText:
        """Replaces words at these places of ``text``, which don't overlap."""
        text, places = self.text, list(self.places)
        for start, end, words in sorted(pieces, reverse=True):
            own = places[start:end] or places[start : start + 1]  # inserted words get the place of what follows them
            places[start:end] = [own[min(at, len(own) - 1)] for at in range(len(words))]
            text = text[:start] + words + text[end:]
        return AlignedText(text, self.typed, tuple(places))

    def as_typed(self, resolution: Resolution) -> Resolution:
        """The same resolution with its words as they were typed."""
        if self.text == self.typed or not isinstance(resolution, Calls | Ask):
            return resolution
        return resolution.model_copy(update={"drafts": tuple(self._draft(draft) for draft in resolution.drafts)})

    def _draft(self, draft: Draft) -> Draft:
        arguments = {name: self._move_argument(each) for name, each in draft.arguments.items()}
        return draft.model_copy(update={"arguments": arguments})

    def _move_argument(self, argument: Argument) -> Argument:
        if isinstance(argument, ListArgument):
            items = tuple(each.model_copy(update={"spans": self._move_spans(each.spans)}) for each in argument.items)
            return ListArgument(items=items)
        return argument.model_copy(update={"spans": self._move_spans(argument.spans)})

    def _move_spans(self, spans: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple(span if span.origin else self.span(span) for span in spans)

    def span(self, span: Span) -> Span:
        end = span.end
        # A word that was made longer ends where the next one begins.
        while span.start < end < len(self.text) and self.places[end] == self.places[end - 1]:
            end += 1
        first, last = self.places[span.start], self.places[min(end, len(self.text))]
        while last > first + 1 and self.typed[last - 1].isspace():
            last -= 1
        return Span(start=first, end=last, text=self.typed[first:last])


_EMAIL: Final = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
_COUNT: Final = (
    r"(?:\d[\d.,]{0,12}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred)"
)
_UNIT: Final = r"(?:\s?(?:%|[€$£¥]|days?|weeks?|months?|years?|hours?|euros?|eur|usd|gbp|dollars?|pounds?|yen|percent))"
_NUMBER: Final = rf"[€$£¥]?(?:{_COUNT}{_UNIT}?|an?{_UNIT})"
_MARK: Final = (
    r"[ ]?[,.;–—-]{0,3}[ ]?(?:or\s)?(?:no(?!\.\s?\d)|nope|wait|scratch\sthat|correction|i\smeant?|make\s(?:that|it)|"
    r"sorry|actually|rather)(?![\w'’])[ ,:;.]{0,4}(?:(?:no|make\sit|make\sthat|i\smean|it['’]s|to|by)\s)?"
)
_CORRECTED: Final = tuple(
    re.compile(rf"(?<![\w@.])(?P<old>{kind}{_MARK})(?={kind}(?![\w@]))", re.IGNORECASE) for kind in (_EMAIL, _NUMBER)
)

CORRECTION: Final = re.compile(
    r"(?<![^\s,.;:!?–—(-])(?P<mark>(?:(?:oh|er+|um+|uh|ah|oops|hmm+|well)[\s,.…]{1,3})*"
    r"(?:no+(?=[,.:;!–—\s]*(?:make|i|to|wait|the|it|not|\d|[,:.–—]))|nope|wait|hold\s+on|scratch\s+that|strike\s+that|correction|"
    r"sorry(?=\s*[,:–—-]|\s+i\b|\s+(?:not|make|to|for|the)\b)|i\s+meant?(?:\s+to\s+say)?|"
    r"(?<!\band )(?<!\bthen )make\s+(?:that|it)|or\s+rather|rather|actually(?=\s*,|\s+(?:make|no)\b)|my\s+mistake)"
    r"(?:[\s,.:;!–—-]{1,3}(?:no|wait|sorry|actually|rather|i\s+meant?|make\s+(?:that|it)|it['’]s))*)(?!\w)",
    re.IGNORECASE,
)
"""A mark that what was said right before is said anew."""


def blank_out_corrected(text: str) -> str:
    """Blanks out what was taken back. The length stays the same."""
    for pattern in _CORRECTED:
        text = pattern.sub(lambda found: " " * len(found[0]), text)
    return text


_SHORT: Final = {
    "w/": "with", "w/o": "without", "b/c": "because", "bc": "because", "cuz": "because", "coz": "because",
    "plz": "please",
    "pls": "please", "u": "you", "ur": "your", "r": "are", "thx": "thanks", "acct": "account", "msg": "message",
    "tix": "tickets",
    "tmrw": "tomorrow", "asap": "asap", "gimme": "give me", "lemme": "let me", "wanna": "want to", "gonna": "going to",
    "snd": "send", "rply": "reply", "tkt": "ticket", "cust": "customer", "subs": "subscriptions", "info": "info",
    "ppl": "people", "rn": "right now", "til": "until",
}  # fmt: skip
# Slips in words that are too short to be corrected, and misspellings that no single slip makes.
_SLIPS: Final = {
    "teh": "the", "hte": "the", "th": "the", "adn": "and", "nad": "and", "ot": "to", "fo": "of", "fro": "for",
    "ofr": "for", "wih": "with", "whit": "with", "tommorow": "tomorrow", "wensday": "wednesday", "febuary": "february",
}  # fmt: skip
_ASKING: Final = ("what", "who", "where", "when", "how", "that", "there")
_DENYING: Final = (
    "is", "are", "was", "were", "has", "have", "had", "do", "does", "did", "should", "could", "would", "need", "must",
)  # fmt: skip
_WITHOUT_APOSTROPHE: Final = {
    **{f"{each}s": f"{each}'s" for each in (*_ASKING, "he", "she")},
    **{f"{each}nt": f"{each}n't" for each in _DENYING},
    **{f"{each}ve": f"{each}'ve" for each in ("they", "we", "you")}, "ive": "I've", "im": "I'm", "theyre": "they're",
    "youre": "you're", "cant": "can't", "wont": "won't",
}  # fmt: skip
_ITS: Final = re.compile(r"\b(?:if|unless|because|since)\s+(?P<its>its)\s+(?P<next>[^\W\d_]+)", re.IGNORECASE)
_WORD: Final = re.compile(
    r"(?<![\w@./'’-])(?P<word>[^\W\d_]+(?:/o?)?|[^\W\d_]+[248][^\W\d_]*)(?![\w@'’]|[./-]\w)", re.UNICODE
)
_DIGIT: Final = re.compile(r"(?<=[^\s,;:(]\s)(?P<digit>[24])(?=\s+(?P<next>[^\W\d_]+)(?P<plural>\s+[^\W\d_]{2,}s\b)?)")
_ASKS: Final = re.compile(r"\W*(?:is|are|was|were|does|did|has|who|which|what|how)\b", re.IGNORECASE)
_TIMES: Final = re.compile(
    r"(?<![\w.,-])(?:[x×]\s?(?P<after>\d{1,4})|(?P<before>\d{1,4})\s?[x×])(?![\w.,-])", re.IGNORECASE
)
# "James' card": the apostrophe alone, unless it opens a quotation.
_OWNS: Final = re.compile(r"(?<=[^\W\d_]s)['’](?=\s+[^\W\d_])")
_OPENS: Final = re.compile(r"(?:^|(?<=[\s(]))['‘]")
# "Mondays class" and "last weeks bill": the day's. "On mondays" and "mondays and fridays" are plurals.
_DAY_OWNS: Final = re.compile(
    rf"(?<![\w@./'’-])(?:(?:today|tonight|tomorrow|yesterday|{'|'.join(each for each in DAYS if len(each) > 5)})"
    r"|(?:this|last|next)\s+(?:week|month|year))(?P<s>s)(?=\s+(?P<next>[^\W\d_]+))",
    re.IGNORECASE,
)
_MAIL_ADDRESS: Final = re.compile(r"(?<![\w-])mail(?=\s+address)", re.IGNORECASE)
_AGAIN: Final = re.compile(
    r"\b(?:once\s+(?:more|again)|one\s+more\s+time|a\s+second\s+time|yet\s+again)\b", re.IGNORECASE
)
_E_MAIL: Final = re.compile(r"(?<![\w@-])e-mail(?=s?\b(?![-@]))", re.IGNORECASE)
# "Let Ada have the lamp": to give it to her. "Let me have a look" is none, nor a question.
_LET_HAVE: Final = re.compile(
    r"^\W*(?:please\s+)?(?P<let>let|can|could)\s+(?!(?:i|me|us|we|you|it|this|that|there)\b)(?:[\w'’-]+\s+){1,3}?(?P<have>have\s+)"
    r"(?=(?:the|an?|\d+|his|her|their|our|two|three|another)\s)(?!(?:an?\s+)(?:look|try|go|word|think|say)\b)(?!.*\?\s*$)",
    re.IGNORECASE | re.DOTALL,
)
_FEWEST: Final = 3  # letters
_DIGITS: Final = {"2": "to", "4": "for"}
_SCALES: Final = ("hundred", "thousand")
_DETERMINERS: Final = word_set("the these those all my our your his her its their any only top first last next other")


def write_out(text: str, counted: Callable[[str], bool], nouns: Collection[str] = ()) -> Iterator[tuple[int, int, str]]:
    """Finds abbreviated words and their full forms. ``counted``: such a word can be counted: "2" in "2 weeks". A number
    behind one of ``nouns`` may be of a record's name: "desk 2"."""
    bare = blank_quotations(text)
    for found in _WORD.finditer(bare):
        word = found["word"].lower()
        slip = _SLIPS.get(word) if found["word"].islower() else None
        full = _SHORT.get(word) or _WITHOUT_APOSTROPHE.get(word) or slip or _write_out_several(word)
        if full is not None and full != word:
            yield found.start("word"), found.end("word"), full
    for found in _AGAIN.finditer(bare):
        yield found.start(), found.end(), "again"
    if (lets := _LET_HAVE.match(bare)) is not None:
        yield *lets.span("let"), "give"
        yield *lets.span("have"), ""
    for found in (*_E_MAIL.finditer(bare), *_MAIL_ADDRESS.finditer(bare)):
        yield found.start(), found.end(), "email"
    for found in _OWNS.finditer(text) if not _OPENS.search(text) else ():
        before = text[: found.start()].split()[-2:]
        if before[-1].lstrip('("“')[:1].isupper():
            family = before[0].lower() == "the" and len(before) > 1  # "the Bergs' car" is a family's
            yield found.start() - family, found.end(), "'s"
    for found in _DAY_OWNS.finditer(bare):
        if found["next"].lower() not in EMPTY:
            yield *found.span("s"), "'s"
    for found in _TIMES.finditer(bare):
        yield found.start(), found.end(), found["after"] or found["before"]
    for found in _DIGIT.finditer(bare) if not _ASKS.match(bare) else ():
        after = found["next"].lower()
        word_before = bare[: found.start()].split()[-1].lower()
        own = word_before in {*_DETERMINERS, *nouns} or stem(word_before) in ORDERS
        if found["plural"] or own or after in {*MONTHS, *_SCALES} or find_measure(after):
            continue  # "2 door hinges", "the 4 oldest", "sell 2 olive soap" are counted, "2 dec" is a day
        if not counted(after) and not after.endswith("s") and after not in EMPTY and found["next"].islower():
            yield found.start("digit"), found.end("digit"), _DIGITS[found["digit"]]


def _write_out_several(word: str) -> str | None:
    """A plural abbreviation: "accts"."""
    one = _SHORT.get(word[:-1]) if word.endswith("s") and len(word) > _FEWEST and not is_word(word) else None
    return f"{one}s" if one is not None and not one.endswith("s") else None


MOST_STRANGE: Final = 200
"""Different words of one text that are looked up as slips; a text with more is no request in words that are known
here."""
_DOES: Final = re.compile(r"\s+(?:is|was|has|had|does|did|can|will|should|must|gets|goes|takes|needs|wants)\b|['’]s\b")
_RUN: Final = re.compile(r"(?<![\w@.'’/#+-])[^\W\d_]{4,}(?![\w@’'/+-]|\.\w)")


@cache
def load_order_speller() -> Speller:
    return Speller({*ORDER_WORDS, *READING_WORDS, *GROUPED, *EMPTY, *(f"{word}s" for word in GROUPED)})


@cache
def _load_english_speller() -> Speller:
    return Speller(load_lexicon())


def load_things_speller(kinds: Sequence[RecordKind]) -> Speller:
    said = [word for kind in kinds for word in (*kind.nouns, *kind.states, *kind.times)]
    return _make_speller(
        tuple(said + [word for kind in kinds for each in kind.fields for word in (each.label, *each.words)])
    )


@lru_cache(maxsize=32)
def _make_speller(said: tuple[str, ...]) -> Speller:
    return Speller(part for words in said for part in re.split(r"[^a-z]+", words.casefold()))


def correct_spelling(text: str, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> list[tuple[int, int, str]]:
    """Finds misspelt words and their corrections. Skips quotes, and words with a capital unless they come first."""
    made = []
    strange: set[str] = set()
    words = (load_order_speller(), load_things_speller(kinds), shortlist.speller)
    for found in _RUN.finditer(blank_quotations(text)):
        word = found[0]
        if not word.islower() and (not word[1:].islower() or text[: found.start()].strip()):
            continue
        low = word.casefold()
        if not word.islower() and _DOES.match(text, found.end()):
            continue  # a name: nobody orders "emial is ill"
        named = low in DAYS or low in MONTHS or find_measure(low) is not None
        if named or any(low in speller for speller in words) or shortlist.knows(stem(low)):
            continue
        strange.add(low)
        if len(strange) > MOST_STRANGE:
            break
        meant = next((each for speller in words if (each := speller.meant(low)) is not None), None)
        if meant is None and not is_word(low):
            meant = words[1].complete(low)  # "prio", where records have a priority
        if meant is None and not is_word(low):
            known = (each for _, each in _load_english_speller().near(low) if shortlist.knows(stem(each)))
            meant = next(known, None) or find_common_word(low)  # "connectioon", where the offers say "connect"
        if meant is not None:
            made.append((found.start(), found.end(), meant))
    return made


def normalize(typed: str, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> AlignedText:
    """Normalizes the request: without polite phrases, with typos corrected and phrasal verbs as one word."""
    read = AlignedText.of(typed, blank_out_corrected(strip_politeness(_lower_shouted(typed))))
    if (other := translate(read.text)) is not None:
        return read.put(other.pieces)
    read = read.put((at, at + 1, "") for at in _find_initials(read.text))
    read = read.put((at, at + 1, ",") for at in _find_dashes(read.text))
    read = read.put((each.start, each.end, ". ") for each in find_reported_orders(read.text))
    read = read.put(_find_lines(read.text))
    named = [kind for kind in kinds if {each.search for each in kind.fields} & {"name", "number"} == {"name"}]
    nouns = {noun.casefold() for kind in named for noun in kind.nouns}
    read = read.put((*write_out(read.text, _counted, nouns), *_find_its(read.text, kinds)))
    read = read.put(correct_spelling(read.text, shortlist, kinds))
    return read.put(replace_phrasal_verbs(read.text, shortlist.knows, shortlist.calls))


_DASH: Final = re.compile(r"(?<=[^\W\d_]) (?P<dash>-) (?=(?P<behind>[^\W\d_]+))")
_INITIAL: Final = re.compile(
    r"(?<!\w)(?:(?P<first>[^\W\d_]{2,})\s+[A-Z](?P<after>\.)(?=['’]s|\s+[^\WA-Z])|[A-Z](?P<before>\.)\s?(?P<last>[A-Z][^\W\d_]+))"
)


def _find_its(text: str, kinds: Sequence[RecordKind]) -> Iterator[tuple[int, int, str]]:
    """Finds "its" for "it's": "if its low". What has a name here may be its own: "if its priority is low"."""
    names = {
        word
        for kind in kinds
        for noun in (*kind.nouns, *(each.label for each in kind.fields))
        for word in noun.casefold().split()
    }
    for found in _ITS.finditer(blank_quotations(text)):
        if found["next"].casefold() not in names:
            yield *found.span("its"), "it's"


def _find_initials(text: str) -> Iterator[int]:
    """The periods behind the one letter of a name ("Dario R.", "D. Ruiz"), which end no sentence."""
    for found in _INITIAL.finditer(blank_quotations(text)):
        if found["first"] and found["first"][0].isupper():
            yield found.start("after")
        elif found["last"] and not is_word(found["last"].casefold()):  # it may begin a sentence
            yield found.start("before")


def _find_lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Breaks before a line that begins like an order, which end a sentence. A text to be sent keeps its lines."""
    message = find_message(text)
    for found in _LINE.finditer(blank_quotations(text)):
        if begins_like_an_order(text, found.end()) and (message is None or found.start() < message):
            yield *found.span(), " " if text[: found.start()].rstrip()[-1:] in {"", *".,;:!?"} else ". "


_LINE: Final = re.compile(r"(?<=\S)\s*\n\s*")


def _find_dashes(text: str) -> Iterator[int]:
    """Dashes that set words apart like a comma: "move it to Friday - Ada is ill". "Friday - Sunday" is a stretch."""
    for found in _DASH.finditer(blank_quotations(text)):
        if found["behind"].casefold() not in MONTHS | DAYS:
            yield found.start("dash")


def _counted(word: str) -> bool:
    return (
        word in durations.SECONDS
        or find_currency(word) is not None
        or word in {"more", "of", "open", "per", "people", "children"}
    )


def _lower_shouted(typed: str) -> str:
    """Lowers the case of a text in capitals, where case can't tell a name from another word."""
    letters = [char for char in typed if char.isalpha()]
    shouted = len(letters) > 7 and sum(map(str.isupper, letters)) > 0.8 * len(letters)
    low = typed.lower()
    return low if shouted and len(low) == len(typed) else typed

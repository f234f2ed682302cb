"""From drafts to a proposal: the wishes of a request read again in full, with their condition."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Final

from agent.extract.limits import MAX_WISHES, refuse_too_many
from agent.extract.spans.politeness import is_polite_word
from agent.extract.time import durations
from agent.pipeline import Abstain, Ask, Candidate, Draft, Proposed, Question, Resolution, Span, Turn
from agent.planning.proposal import (
    Answer,
    Argument,
    Call,
    Find,
    NoneResult,
    PlanResult,
    Proposal,
    RecordArgument,
    Test,
    When,
    Words,
)
from agent.planning.quotes import list_words
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.contrasts import find_contrast, is_of_before
from agent.resolve.rules.grammar.earlier_calls import exchange
from agent.resolve.rules.grammar.follow_ups import follow_up, remember
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.resolve.rules.grammar.orders.chooser import Chooser
from agent.resolve.rules.grammar.orders.interpretation import Interpretation, Stretch
from agent.resolve.rules.grammar.orders.wishes import list_wishes, speak_of_denied, split_atoms
from agent.resolve.rules.grammar.phrases.amounts import MONEY
from agent.resolve.rules.grammar.phrases.conditions import read_tests
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.questions.answers import read_answer
from agent.resolve.rules.grammar.questions.continued import continued
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.normalization import AlignedText
from language.stems import EMPTY, ORDERS, stem
from language.wordnet import is_word
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

MOST_BEFORE: Final = 60
"""Tokens before an order in which its person is looked for."""
MOST_OTHERWISE: Final = 2
"""Other kinds that a name is looked for in where the likeliest has none such."""
DATED: Final = 0.55
"""How surely words must mean a day to count as one."""
# Words of amounts that only arithmetic could say.
_RESTS: Final = frozenset({"down", "rest", "remaining", "remainder", "plus", "minus", "difference", "net", "gross"})
# What follows says why, and changes nothing of what is done.
_REASONS: Final = frozenset({"for", "because", "since", "as", "due"})
# What shall not be done, or shall be done no more: nothing comes of its words.
_DENIED: Final = re.compile(r"\b(?:don['’]?t|do\s+not|never|rather\s+than|instead\s+of)\b[^,;.!?\n]*", re.IGNORECASE)
_AFTER: Final = frozenset({"after", "before", "until", "till"})
_WHOLE: Final = frozenset({"full", "fully", "whole", "entire", "complete", "completely", "next", "once"})
_PLAIN: Final = _WHOLE | EMPTY | lexicon.NAME_STOP | lexicon.AUXILIARIES | lexicon.RELATIVES
_SENTENCE: Final = re.compile(r"[.!?\n](?=\s|$)")


class Proposer:
    """Reads one request. ``shortlist`` holds what may be called."""

    def __init__(
        self,
        read: AlignedText,
        shortlist: Shortlist,
        kinds: Sequence[RecordKind],
        now: datetime,
        thread: Sequence[Turn] = (),
    ) -> None:
        self.read, self.shortlist, self.thread = read, shortlist, thread
        self.reader = Reader(read.text, kinds, now, self.words)
        remember(self.reader, thread)
        self._person = self.reader.person

    def follow_up(self, *, anew: bool = False) -> Proposal | Abstain | None:
        """What continues the thread's last calls."""
        contrast = None if anew else find_contrast(self.read.text)
        if contrast is None or not self.thread:
            return follow_up(self.reader, self.read.typed, self.shortlist, self.thread, anew=anew)
        kinds = tuple(self.reader.kinds.values())
        without = self.read.put([(*contrast.place, " ")])
        made = Proposer(without, self.shortlist, kinds, self.reader.now, self.thread).follow_up(anew=True)
        if isinstance(made, Proposal) and not is_of_before(contrast, made, self.thread, self.shortlist, self.reader):
            made = None
        if isinstance(made, Proposal):
            return made.model_copy(update={"replaced": (*made.replaced, self.words(*contrast.place))})
        return made or follow_up(self.reader, self.read.typed, self.shortlist, self.thread)

    def words(self, start: int, end: int) -> Words:
        span = self.read.span(Span(start=start, end=end, text=self.read.text[start:end]))
        return Words(text=span.text, origin=0, start=span.start)

    def resolve(
        self, stretch: tuple[int, int] | None = None, *, chosen: bool = False, reads: bool = False
    ) -> Resolution | Proposed | None:
        """What a stretch of the text asks for: a plan, a refusal, a question which action is meant; None where it asks
        for nothing that is known here. ``reads`` leaves only what changes nothing."""
        reader, chooser = self.reader, Chooser(self.reader, self.shortlist)
        first = reader.end_index(stretch[0]) if stretch else 0
        stop = reader.end_index(stretch[1]) if stretch else len(reader.tokens)
        parts = list_wishes(reader, first, stop, chooser.orders)
        if len(parts) > MAX_WISHES:
            return Abstain(reason="too_complex", detail=refuse_too_many(len(parts)))
        if reads and not chosen:
            parts = parts or [Stretch(first, stop, 0)]
        made: list[Call] = []
        doubtful = False
        left: list[Stretch] = []
        over: list[str] = []
        for wish in parts:
            self._told_before(first, wish.first)
            denied = (each for each in split_atoms(reader, first, wish.first, chooser.orders) if each.negated)
            speak_of_denied(reader, denied)
            choice = chooser.choose(wish, chosen=chosen, reads=reads)
            best = choice.best
            if choice.closed is not None:
                return Proposed(proposal=Proposal(result=NoneResult(reason="not allowed", action=choice.closed.name)))
            if best is None and choice.tied and len(parts) == 1:
                return self._whichever(choice.rivals, told=choice.told)
            if best is None and choice.rivals and (len(parts) == 1 or wish.ordered):
                return self._which(choice.rivals)
            if best is not None and best.missing and not wish.ordered and len(parts) > 1:
                best = None
            if best is None:
                left.append(wish)
                continue
            doubtful = doubtful or best.doubtful
            over += [reader.words(at, at + 1).text for at in best.unexplained]
            over += [reader.words(*each).text for each in best.unread]
            if any(best.offer.annotation(name).unit in MONEY for name in best.offer.properties):
                vague = [at for at in range(wish.first, wish.stop) if reader.low(at) in lexicon.VAGUE]
                over += [reader.words(at, at + 1).text for at in vague if at not in best.covered]
            reader.person, reader.thing, reader.spoken = best.person, best.thing, dict(best.spoken)
            reader.covered |= best.covered
            listed = [_record_of(each) for each in best.calls]
            reader.several = tuple(each for each in listed if each is not None) if len(listed) > 1 else ()
            made += [Call(action=best.offer.name, arguments=each) for each in best.calls]
        if not made or doubtful:
            return None
        over += [reader.words(each.first, each.stop).text for each in left if each.ordered]
        proposal = proposal_of(made, (*over, *self.left_over(made)))
        return Proposed(proposal=proposal, otherwise=read_otherwise(proposal, reader.guesses))

    def _whichever(self, rivals: Sequence[Interpretation], *, told: bool) -> Proposed:
        """Plans that the words say equally well: live data tells which of them works. ``told`` says that a verb tells
        so much of each."""
        made = []
        for each in rivals:
            self.reader.covered |= each.covered
            calls = [Call(action=each.offer.name, arguments=arguments) for arguments in each.calls]
            made.append(proposal_of(calls, self.left_over(calls)))
        return Proposed(proposal=made[0], instead=tuple(made[1:]), sure=told)

    def _which(self, rivals: Sequence[Interpretation]) -> Ask:
        """A question which of the likeliest actions is meant."""
        text = "Which of these do you mean?" if len(rivals) > 1 else "Is this what you mean?"
        candidates = tuple(
            Candidate(
                id=each.offer.name, label=each.offer.title or each.offer.name, detail=each.offer.description[:200]
            )
            for each in rivals
        )
        drafts = (Draft(action=rivals[0].offer.name, version=rivals[0].offer.version),)
        question = Question(slot="action", code="unclear_action", text=text, candidates=candidates)
        likeliest = None
        if len(rivals) == 1 and rivals[0].complete:
            calls = [Call(action=rivals[0].offer.name, arguments=arguments) for arguments in rivals[0].calls]
            likeliest = proposal_of(calls, self.left_over(calls))
        return Ask(question=question, drafts=drafts, likeliest=likeliest)

    def means(self, start: int, end: int) -> str | None:
        """The one action that the words between two offsets would order, were they an order."""
        first, stop = self.reader.end_index(start), self.reader.end_index(end)
        if first >= stop:
            return None
        choice = Chooser(self.reader, self.shortlist).choose(Stretch(first, stop, ordered=True))
        if choice.closed is not None:
            return choice.closed.name
        one = choice.best or (choice.rivals[0] if len(choice.rivals) == 1 else None)
        return one.offer.name if one is not None else None

    def ordered(self) -> bool:
        """Whether anything is ordered."""
        chooser = Chooser(self.reader, self.shortlist)
        return any(each.ordered for each in list_wishes(self.reader, 0, len(self.reader.tokens), chooser.orders))

    def awaits(self, pattern: re.Pattern[str]) -> bool:
        """Whether words of the pattern stand outside all that was read."""
        found = pattern.finditer(self.reader.text.plain)
        return any(self.reader.end_index(each.start()) not in self.reader.covered for each in found)

    def calls(self, stretch: tuple[int, int] | None = None) -> tuple[Call, ...] | None:
        """The calls that a stretch of the text asks for, where it is understood."""
        made = self.resolve(stretch)
        if not isinstance(made, Proposed) or not isinstance(made.proposal.result, PlanResult):
            return None
        return made.proposal.result.calls

    def _told_before(self, first: int, stop: int) -> None:
        """Who is spoken of in the sentences before an order."""
        reader = self.reader
        at = max(first, stop - MOST_BEFORE)
        while at < stop and reader.person == self._person:
            token = reader.tokens[at]
            if token.capital or not is_word(token.low):
                phrase = read_phrase(reader, at, stop, None)
                people = reader.people()
                if (
                    phrase is not None
                    and people is not None
                    and phrase.find.record == people.name
                    and (not phrase.noun or phrase.find.said is not None)
                ):
                    if (
                        token.capital
                        and reader.starts(at)
                        and is_word(token.low)
                        and phrase.last == at + 1
                        and not token.owns
                    ):
                        at += 1
                        continue
                    reader.person = phrase.find
                    return
            at += 1

    def tests(self, stretch: tuple[int, int], *, holds: bool = True) -> tuple[Test, ...] | None:
        first, last = (self.reader.end_index(at) for at in stretch)
        return read_tests(self.reader, first, last, holds=holds)

    def may_test(self, stretch: tuple[int, int]) -> bool:
        """Whether the words may be told of what the call is about: "it's …", "there is one", "nobody is on it"."""
        reader = self.reader
        first, last = reader.end_index(stretch[0]), reader.end_index(stretch[1])
        begins = reader.low(first).split("'")[0] in lexicon.PRONOUNS | {"there"}
        return begins or any(reader.low(at) in lexicon.THINGS for at in range(first, last))

    def spoken_of(self, calls: Sequence[Call]) -> None:
        """What "it" in a condition is: the record of the first call."""
        for call in calls:
            for argument in call.arguments.values():
                if isinstance(argument, RecordArgument) and isinstance(argument.reference, Find):
                    people = self.reader.people()
                    if people is not None and argument.reference.record == people.name:
                        self.reader.person = argument.reference
                    self.reader.thing = argument.reference
                    return

    def left_over(self, calls: Sequence[Call]) -> tuple[str, ...]:
        """Names, numbers and days that stand beside what the calls quote, in the same sentence, and that none of them
        says."""
        if not calls:
            return ()
        read = [self.reader.words(at, at + 1) for at in sorted(self.reader.covered)]
        places = (
            (each.start, each.start + len(each.text)) for each in list_words((calls, read)) if each.start is not None
        )
        quoted = set(places)
        offers = [offer for call in calls if (offer := self.shortlist.get(call.action)) is not None]
        paid = any(each.annotation(name).unit in MONEY for each in offers for name in each.properties)
        spoken = frozenset[str]().union(*(self.shortlist.spoken(each.name) for each in offers))
        strict = paid or (self.read.text.islower() and self.read.typed.isupper())
        typed = self.read.typed
        held = bytearray(len(typed))
        for start, end in quoted:
            held[start:end] = b"\1" * (end - start)
        ends = [match.end() for match in _SENTENCE.finditer(typed)]
        told = {bisect_right(ends, start) for start, _ in quoted}  # the sentences that the calls quote
        found = [
            place
            for place in self._telling(spoken, strict=strict)
            if bisect_right(ends, place[0]) in told and not any(held[slice(*place)])
        ]
        return tuple(dict.fromkeys(typed[start:end] for start, end in found))

    def _telling(self, spoken: frozenset[str], *, strict: bool) -> Iterator[tuple[int, int]]:
        """Words that say who, when or how much, but for those that say why and what shall not be done."""
        reader = self.reader
        denied = [found.span() for found in _DENIED.finditer(self.read.typed)]
        lasting = {each.start: each.end - each.start for each in reversed(self._durations)}
        because = False
        for at, token in enumerate(reader.tokens):
            because = (because or self._gives_reason(at)) and at not in reader.covered and not reader.is_mark(at)
            if because or at in reader.covered:
                continue
            words = reader.words(at, at + 1)
            start = words.start if words.start is not None else -1
            before = bisect_right(denied, (start, len(self.read.typed))) - 1
            if start < 0 or (before >= 0 and start < denied[before][1]):
                continue
            day = reader.dates.get(at)
            code = any(map(str.isdigit, token.text)) and (at not in reader.money or "-" in token.text)
            opens = not at or reader.tokens[at - 1].text in '.!?:;"“'
            name = token.capital and len(token.text) > 1 and not opens
            if day is not None and day.weight >= DATED and not day.now:
                yield start, start + (day.end - day.start)
                continue
            if token.start in lasting or token.low in _AFTER:
                yield start, start + lasting.get(token.start, len(words.text))
                continue
            named = name and reader.noun(at) is None and token.low not in lexicon.NAME_STOP
            telling = strict and token.low.isalpha() and self._tells(at, spoken)
            if code or named or telling or self._strange(at, spoken):
                yield start, start + len(words.text)

    def _gives_reason(self, at: int) -> bool:
        """Whether a word introduces why: "as she asked", and not "as Ada Lovelace", which says who or what."""
        reader = self.reader
        named = reader.low(at) == "as" and at + 1 < len(reader.tokens) and reader.tokens[at + 1].capital
        return reader.low(at) in _REASONS and not (named and reader.low(at + 1) not in lexicon.NAME_STOP)

    def _strange(self, at: int, spoken: frozenset[str]) -> bool:
        """Whether a word is none of English or of the action's: a name in small letters."""
        low = self.reader.low(at)
        known = is_word(low) or low in lexicon.NAME_STOP or low in EMPTY or stem(low) in spoken or self.reader.noun(at)
        return low.isalpha() and len(low) > 2 and not known and self._english

    @cached_property
    def _durations(self) -> tuple[durations.Duration, ...]:
        return durations.find(self.reader.text)

    @cached_property
    def _english(self) -> bool:
        """Whether the request is in English, as far as its words tell."""
        words = [token.low for token in self.reader.tokens if token.low.isalpha()]
        return 2 * sum(is_word(word) or word in EMPTY for word in words) >= len(words)

    def _tells(self, at: int, spoken: frozenset[str]) -> bool:
        """Whether a word may change what is done with money: none of the grammar's, the action's or politeness's."""
        reader, low = self.reader, self.reader.low(at)
        if is_polite_word(low) or low in lexicon.MANNER:
            return False
        plain = low in _PLAIN
        if low in _RESTS:
            return True
        return not plain and is_word(low) and stem(low) not in spoken | ORDERS and reader.noun(at) is None

    def goes_by(self, word: str) -> bool:
        """Whether an action that may be asked for goes by the word itself: in its name, its title, an alias."""
        names = [name.rpartition(".")[2].replace("_", " ") for name in self.shortlist.others]
        for offer in self.shortlist.offers:
            names += [offer.name.rpartition(".")[2].replace("_", " "), (offer.title or "").lower()]
            names += [alias for alias in offer.aliases if " " not in alias]
        return any(name.lower().split()[:1] == [word] for name in names)

    def does(self, at: int) -> tuple[str, int] | None:
        """The verb of the action that the words at a token are another name of ("give back": "refund"), and how many
        they are."""
        for length in (3, 2, 1):
            said = [find_base_form(stem(word)) for word in self.reader.lows(at, length)]
            for offer in self.shortlist.offers if all(said) else ():
                verb = offer.name.rpartition(".")[2].split("_")[0]
                if said in ([stem(verb)], *([stem(word) for word in alias.split()] for alias in offer.aliases)):
                    return verb, length
        return None

    def answer(self) -> Answer | None:
        self.reader.asks = True
        return continued(self.reader, self.thread) or read_answer(self.reader, self.goes_by, self.does)


def conditioned(calls: Sequence[Call], tests: tuple[Test, ...], *, holds: bool) -> tuple[Call, ...]:
    return tuple(call.model_copy(update={"condition": When(tests=tests, holds=holds)}) for call in calls)


def proposal_of(calls: Sequence[Call], left_over: Sequence[str] = ()) -> Proposal:
    return Proposal(result=PlanResult(calls=tuple(calls)), left_over=tuple(left_over))


def read_otherwise(proposal: Proposal, guesses: Sequence[tuple[Find, str]]) -> tuple[Proposal, ...]:
    """The same plan with a name read as another kind's, once for each that it may be."""
    made = [exchange(proposal, owner, owner.model_copy(update={"record": kind})) for owner, kind in guesses]
    return tuple(each for at, each in enumerate(made) if each != proposal and each not in made[:at])[:MOST_OTHERWISE]


def _record_of(arguments: Mapping[str, Argument]) -> Find | None:
    """The first record that a call speaks of."""
    for argument in arguments.values():
        if isinstance(argument, RecordArgument) and isinstance(argument.reference, Find):
            return argument.reference
    return None

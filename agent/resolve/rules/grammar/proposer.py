"""Proposer: reads the wishes of a request in full, with their condition, and turns drafts into a proposal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final, TypeGuard

from agent.extract.limits import MAX_WISHES, refuse_too_many
from agent.extract.references.vocabulary import rate_person_likeness
from agent.pipeline import Abstain, Ask, Draft, Proposed, Resolution, Span, Turn
from agent.planning.proposal import (
    Answer,
    AnswerResult,
    Argument,
    Call,
    Find,
    Has,
    NoneResult,
    PlanResult,
    Proposal,
    RecordArgument,
    Test,
    When,
    Words,
)
from agent.planning.quotes import walk
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.earlier_calls import exchange, rewrite
from agent.resolve.rules.grammar.follow_ups import follow_up
from agent.resolve.rules.grammar.orders.action_words import ALIKE_SHARE, LIGHT
from agent.resolve.rules.grammar.orders.chooser import TELLS, Choice, Chooser
from agent.resolve.rules.grammar.orders.interpretation import Interpretation, Stretch
from agent.resolve.rules.grammar.orders.wishes import (
    list_wishes,
    speak_of_denied,
    speak_of_numbered,
    split_atoms,
    tells_duty,
)
from agent.resolve.rules.grammar.phrases.amounts import MONEY
from agent.resolve.rules.grammar.phrases.conditions import read_tests
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.plain_names import find_plain_names
from agent.resolve.rules.grammar.phrases.titles import MOST_TOKENS, Place
from agent.resolve.rules.grammar.questions.answers import read_answer
from agent.resolve.rules.grammar.questions.continued import ELSE, leave_out_before, read_continued
from agent.resolve.rules.grammar.questions.deeds import order_by_deed
from agent.resolve.rules.grammar.questions.overdue import leave_out_finished
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.grammar.remembered import remember
from agent.resolve.rules.normalization import AlignedText
from agent.validate.questions import ask_for_action
from language.stems import is_past, makes_anew, stem
from language.wordnet import is_word
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

MOST_BEFORE: Final = 60
"""Tokens before an order in which its person is looked for."""
MOST_OTHERWISE: Final = 3  # readings of its names that a plan is tried with where the likeliest finds none such


class Proposer:
    """Reads one request. ``shortlist`` holds the actions that may be called."""

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

    def follow_up(self) -> Proposed | Abstain | None:
        """The continuation of the thread's last calls."""
        return follow_up(self.reader, self.read.typed, self.shortlist, self.thread)

    def words(self, start: int, end: int) -> Words:
        span = self.read.span(Span(start=start, end=end, text=self.read.text[start:end]))
        return Words(text=span.text, origin=0, start=span.start)

    def resolve(
        self, stretch: tuple[int, int] | None = None, *, chosen: bool = False, reads: bool = False
    ) -> Resolution | Proposed | None:
        """What a stretch of the text asks for: a plan, a refusal, or a question which action is meant. None if it asks
        for nothing known. ``reads`` keeps only what changes nothing."""
        reader, chooser = self.reader, Chooser(self.reader, self.shortlist)
        first = reader.end_index(stretch[0]) if stretch else 0
        stop = reader.end_index(stretch[1]) if stretch else len(reader.tokens)
        parts = self._list_wishes(first, stop)
        if len(parts) > MAX_WISHES:
            return Abstain(reason="too_complex", detail=refuse_too_many(len(parts)))
        if reads or chosen:
            parts = parts or [Stretch(first, stop, 0)]
        made: list[Call] = []
        tied: Choice | None = None
        doubted: list[Interpretation] = []
        unnamed = False
        left: list[Stretch] = []
        over: list[str] = []
        for wish in parts:
            wish = self._without_duty(chooser, wish)
            self._told_before(first, wish.first)
            denied = (each for each in split_atoms(reader, first, wish.first, chooser) if each.negated)
            speak_of_denied(reader, denied)
            speak_of_numbered(reader, first, wish)
            choice = chooser.choose(wish, chosen=chosen, reads=reads)
            best = self._with_what_follows(chooser, wish, parts, stop, choice.best)
            if choice.closed is not None:
                return Proposed(proposal=Proposal(result=NoneResult(reason="not allowed", action=choice.closed.name)))
            if best is None and choice.tied and len(parts) == 1:
                return self._whichever(choice.rivals, told=choice.told, noun=_begins_with_noun(reader, wish))
            if best is None and choice.tied and wish is parts[-1] and made:
                best, tied = choice.rivals[0], choice
            if best is None and choice.rivals and (len(parts) == 1 or wish.ordered):
                return self._which(choice.rivals)
            if best is not None and best.missing and not wish.ordered and len(parts) > 1:
                best = None
            if best is None or (not wish.ordered and self._denies_deed(wish, best.offer)):
                left.append(wish)
                continue
            doubted += [best] if best.doubtful and not chosen else []
            moves = any(best.offer.annotation(name).unit in MONEY for call in best.calls for name in call)
            named = wish.ordered and bool(best.known - best.covered)
            unnamed = unnamed or (best.evidence < TELLS and bool(best.strange))
            unnamed = unnamed or (moves and not named and best.evidence <= ALIKE_SHARE)
            unnamed |= best.handed or (_begins_with_noun(reader, wish) and makes_anew(best.offer.title))
            over += [reader.words(at, at + 1).text for at in best.unexplained]
            over += [reader.words(*each).text for each in best.unread]
            if any(best.offer.annotation(name).unit in MONEY for name in best.offer.properties):
                vague = (at for at in range(wish.first, wish.stop) if reader.low(at) in lexicon.VAGUE)
                over += [reader.words(at, at + 1).text for at in vague if at not in best.covered]
            reader.person, reader.thing, reader.spoken = best.person, best.thing, dict(best.spoken)
            reader.covered |= best.covered
            listed = [_record_of(each) for each in best.calls]
            reader.several = tuple(each for each in listed if each is not None) if len(listed) > 1 else ()
            made += [Call(action=best.offer.name, arguments=each) for each in best.calls]
        if doubted:
            return None if any(each.strange for each in doubted) else self._which(doubted, sure=False)
        if not made:
            return None
        over += [reader.words(each.first, each.stop).text for each in left if each.ordered or self._denies(each)]
        proposal = make_proposal(made, over)
        if tied is not None:
            before, rivals = made[: len(made) - len(tied.rivals[0].calls)], tied.rivals[1:]
            others = ([Call(action=each.offer.name, arguments=one) for one in each.calls] for each in rivals)
            instead = tuple(make_proposal([*before, *each], over) for each in others)
            return Proposed(proposal=proposal, instead=instead, sure=tied.told)
        return self.propose_calls(made, over, unnamed=unnamed)

    def propose_calls(self, calls: Sequence[Call], over: Sequence[str] = (), *, unnamed: bool = False) -> Proposed:
        """A plan, with the other kinds that its names may be of. ``over`` are words that it leaves out."""
        proposal = make_proposal(calls, over)
        return Proposed(proposal=proposal, otherwise=read_otherwise(proposal, self.reader.guesses), unnamed=unnamed)

    def _without_duty(self, chooser: Chooser, wish: Stretch) -> Stretch:
        """The order alone, if it reads in full without what somebody may or must do before it: the two of "Ines may
        keep two, and waive her fine" is no amount. Coverage asks about such words."""
        before = split_atoms(self.reader, wish.first, wish.order, chooser) if wish.first < wish.order else []
        if not any(tells_duty(self.reader, each, wish.order) for each in before):
            return wish
        own = replace(wish, first=wish.order)
        said = {self.reader.low(at) for at in range(own.first, own.stop)}
        alone = said.isdisjoint(lexicon.PRONOUNS | lexicon.OWNERS)  # "her" is spoken of before
        return own if alone and chooser.reads_in_full(own) else wish

    def _denies(self, told: Stretch) -> bool:
        """Whether a sentence beside what is done says that something is not so: "the lift is fixed, the door isn't"."""
        return any(self.reader.low(at) in lexicon.NOT for at in range(told.first, told.stop))

    def _denies_deed(self, told: Stretch, offer: Offer) -> bool:
        """Whether words without an order deny what the action does: the tickets "not assigned to Ada" get nobody."""
        low, does = self.reader.low, {*map(stem, offer.title.casefold().split())}
        denied = [low(at) for at in range(told.first + 1, told.stop) if low(at - 1) in lexicon.NOT]
        return any(is_past(each) for each in denied if stem(each) in does)

    def _with_what_follows(
        self, chooser: Chooser, wish: Stretch, parts: Sequence[Stretch], stop: int, best: Interpretation | None
    ) -> Interpretation | None:
        """Adds the next sentence to something that is created: "new member! Ada Berg, 2 dogs"."""
        if best is None or not best.missing or wish is not parts[-1] or wish.stop >= stop:
            return best
        if any(each.record is not None for each in best.offer.annotations.values()):
            return best  # a description of an existing record may be a story
        longer = chooser.choose(replace(wish, stop=stop)).best
        return longer if longer is not None and len(longer.missing) < len(best.missing) else best

    def _whichever(self, rivals: Sequence[Interpretation], *, told: bool, noun: bool) -> Proposed:
        """Plans that the words express equally well. Live data tells which one works. ``told``: a verb says as much of
        each. ``noun``: they begin with one."""
        made = []
        for each in rivals:
            self.reader.covered |= each.covered
            calls = [Call(action=each.offer.name, arguments=arguments) for arguments in each.calls]
            made.append(make_proposal(calls))
        unnamed = any(each.handed or (noun and makes_anew(each.offer.title)) for each in rivals)
        return Proposed(proposal=made[0], instead=tuple(made[1:]), sure=told, unnamed=unnamed)

    def _which(self, rivals: Sequence[Interpretation], *, sure: bool = True) -> Ask:
        """Asks which of the likeliest actions is meant. ``sure``: what was read of its arguments holds."""
        question = ask_for_action([each.offer for each in rivals])
        drafts = (Draft(action=rivals[0].offer.name, version=rivals[0].offer.version),)
        likeliest = None
        if sure and len(rivals) == 1 and rivals[0].complete:
            calls = [Call(action=rivals[0].offer.name, arguments=arguments) for arguments in rivals[0].calls]
            likeliest = make_proposal(calls)
        return Ask(question=question, drafts=drafts, likeliest=likeliest)

    def means(self, start: int, end: int) -> str | None:
        """The one action that the words between two offsets would order."""
        first, stop = self.reader.end_index(start), self.reader.end_index(end)
        if first >= stop:
            return None
        choice = Chooser(self.reader, self.shortlist).choose(Stretch(first, stop, ordered=True))
        if choice.closed is not None:
            return choice.closed.name
        one = choice.best or (choice.rivals[0] if len(choice.rivals) == 1 else None)
        return one.offer.name if one is not None else None

    def list_fitting(self) -> tuple[str, ...]:
        """The actions that the words may ask for with the record that they name. None if something is forbidden."""
        reader, chooser = self.reader, Chooser(self.reader, self.shortlist)
        last = len(reader.tokens)
        denied = any(
            part.negated or any(reader.low(at) in lexicon.DENYING for at in range(part.first, part.stop))
            for part in split_atoms(reader, 0, last, chooser)
        )
        return () if denied else chooser.list_fitting(Stretch(0, last))

    def find_unread_names(self, made: Proposal) -> list[Place]:
        """Plain words in a row that nothing of a plan is read from as a whole: they may be a record's name. None if the
        request denies something."""
        lows = {each.low for each in self.reader.tokens}
        if len(self.reader.tokens) > MOST_TOKENS or lows & (lexicon.DENYING - {"no"}):
            return []
        known = LIGHT | Chooser(self.reader, self.shortlist).own_words
        said = [each.text for each in walk(made) if isinstance(each, Words)]
        names = find_plain_names(self.reader, 0, len(self.reader.tokens), known)
        return [each for each in names if not any(self.reader.words(*each).text in text for text in said)]

    def ordered(self) -> bool:
        return any(each.ordered for each in self._list_wishes(0, len(self.reader.tokens)))

    def _list_wishes(self, first: int, stop: int) -> list[Stretch]:
        return list_wishes(self.reader, first, stop, Chooser(self.reader, self.shortlist))

    def calls(self, stretch: tuple[int, int] | None = None) -> tuple[Call, ...] | None:
        """The calls that a stretch of the text asks for, if it is understood."""
        made = self.resolve(stretch)
        if not isinstance(made, Proposed) or not isinstance(made.proposal.result, PlanResult):
            return None
        return made.proposal.result.calls

    def _told_before(self, first: int, stop: int) -> None:
        """The person mentioned in the sentences before an order."""
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

    def speak_of_each(self, calls: Sequence[Call]) -> Iterator[Find]:
        """What "it" or "she" may mean in a condition: each record that the calls speak of in turn. Where they speak of
        a thing, "it" is no person: "resend Ada's bill if it is overdue"."""
        people = self.reader.people()
        finds = [each for each in walk(calls) if isinstance(each, Find)]
        things = [each for each in finds if not rate_person_likeness(self.reader.kinds[each.record])]
        for find in finds:
            kind = self.reader.kinds[find.record]
            if rate_person_likeness(kind) and find.said is not None and not any(map(str.isdigit, find.said.text)):
                self.reader.person = find
            elif people is not None and kind.relation_to(people.name) is not None:
                theirs = Find(record=people.name, where=(Has(related=find.model_copy(update={"pick": "all"})),))
                self.reader.person = self.reader.person or theirs
            self.reader.thing = find if find in things or not things else self.reader.thing
            yield find

    def goes_by(self, word: str) -> bool:
        """Whether an action in reach has this word in its name, title or aliases."""
        names = [name.rpartition(".")[2].replace("_", " ") for name in self.shortlist.others]
        for offer in self.shortlist.offers:
            names += [offer.name.rpartition(".")[2].replace("_", " "), (offer.title or "").lower()]
            names += [alias for alias in offer.aliases if " " not in alias]
        return any(name.lower().split()[:1] == [word] for name in names)

    def offer_answer(self, answer: Answer) -> Proposed:
        """The answer, with what it is where its name is another kind's."""
        answer = order_by_deed(answer, self.reader)
        answer = leave_out_finished(answer, self.reader.kinds, self.reader.now.date().isoformat())
        proposal = Proposal(result=AnswerResult(answer=answer))
        others = tuple(Proposal(result=AnswerResult(answer=each)) for each in self.reader.readings if each != answer)
        otherwise = (*others, *read_otherwise(proposal, self.reader.guesses))
        return Proposed(proposal=proposal, otherwise=otherwise[:MOST_OTHERWISE])

    def answer(self) -> Answer | None:
        self.reader.asks = True
        if self.thread and (found := ELSE.match(self.read.text)) is not None:
            blank = " " * (found.end() - found.start("else"))
            text = f"{self.read.text[: found.start('else')]}{blank}{self.read.text[found.end() :]}"
            others = Reader(text, tuple(self.reader.kinds.values()), self.reader.now, self.words)
            remember(others, self.thread)
            answer = read_answer(others, self.goes_by)
            return leave_out_before(others, answer, self.thread[-1]) if answer is not None else None
        return read_continued(self.reader, self.thread) or read_answer(self.reader, self.goes_by)


def add_conditions(calls: Sequence[Call], tests: tuple[Test, ...], *, holds: bool) -> tuple[Call, ...]:
    return tuple(call.model_copy(update={"condition": When(tests=tests, holds=holds)}) for call in calls)


def make_proposal(calls: Sequence[Call], left_over: Sequence[str] = ()) -> Proposal:
    return Proposal(result=PlanResult(calls=tuple(calls)), left_over=tuple(left_over))


def read_otherwise(proposal: Proposal, guesses: Sequence[tuple[Find, str]]) -> tuple[Proposal, ...]:
    """The same plan with two names the other way round, and with a name read as another kind's, once for each possible
    kind."""
    made = [_turn_names(proposal)]
    made += [rewrite(proposal, partial(_read_as, owner, kind)) for owner, kind in guesses]
    return tuple(each for at, each in enumerate(made) if each != proposal and each not in made[:at])[:MOST_OTHERWISE]


def _read_as(owner: Find, kind: str, node: object) -> object:
    """A record by its owner's name, read as one of another kind."""
    return node.model_copy(update={"record": kind}) if is_called(node, owner) else node


def is_called(node: object, named: Find) -> TypeGuard[Find]:
    """Whether a reference goes by the same name of the same kind."""
    return isinstance(node, Find) and (node.record, node.said) == (named.record, named.said)


def _turn_names(proposal: Proposal) -> Proposal:
    """The plan with the names of a call's two records exchanged: where no word tells of which kind a name is, "the oak
    bench" and "the spring sale" are each either."""
    calls = proposal.result.calls if isinstance(proposal.result, PlanResult) else ()
    made = proposal
    for call in calls:
        finds = [
            (name, each.reference)
            for name, each in call.arguments.items()
            if isinstance(each, RecordArgument) and isinstance(each.reference, Find)
        ]
        single = [(name, find) for name, find in finds if find.pick == "one" and not find.where and not find.order]
        named = [(name, find) for name, find in single if find.said is not None]
        if len(named) == 2 and named[0][1].record != named[1][1].record:
            (one, mine), (other, theirs) = named
            turned = {
                one: RecordArgument(reference=mine.model_copy(update={"said": theirs.said})),
                other: RecordArgument(reference=theirs.model_copy(update={"said": mine.said})),
            }
            made = exchange(made, call, call.model_copy(update={"arguments": {**call.arguments, **turned}}))
    return made


def _record_of(arguments: Mapping[str, Argument]) -> Find | None:
    """The first record that a call refers to."""
    for argument in arguments.values():
        if isinstance(argument, RecordArgument) and isinstance(argument.reference, Find):
            return argument.reference
    return None


def _begins_with_noun(reader: Reader, wish: Stretch) -> bool:
    """Whether a noun begins words without a verb: "eye test for Ada on Friday", "job for Ada: clean the hall"."""
    return (not wish.ordered or wish.order > wish.first) and reader.noun(wish.first) is not None

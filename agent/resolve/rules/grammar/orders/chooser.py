"""Choice of an action: every offer interprets a stretch of words. The best explanation is taken if it is clearly better
than the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from agent.planning.proposal import QuotedText, RecordArgument
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import LIGHT, find_base_form, read_action_words
from agent.resolve.rules.grammar.orders.colon_texts import find_handed_deed, find_led_thing, find_put_title
from agent.resolve.rules.grammar.orders.completed_values import complete_lacking, list_set_fields
from agent.resolve.rules.grammar.orders.interpretation import Interpretation, Stretch
from agent.resolve.rules.grammar.orders.interpreter import Interpreter
from agent.resolve.rules.grammar.orders.labelled_values import find_listed, find_set_fields
from agent.resolve.rules.grammar.orders.text_parameters import is_note
from agent.resolve.rules.grammar.phrases.phrase_parts import modifies
from agent.resolve.rules.grammar.reader import Reader
from agent.validate.coverage.contrary_orders import is_contrary
from language.example_patterns import PARTICLES
from language.irregular_verbs import PLAIN_FORMS
from language.stems import EMPTY, MAKING, READING, is_past, makes_anew, stem, stem_text
from registry.contract import Risk
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist

MOST_OFFERS: Final = 40
"""Registries up to this size are weighed whole; of larger ones the offers that share words with the stretch."""
NEAREST: Final = 8
TELLS: Final = 0.6
"""Evidence from which words are taken to mean an action."""
FEW: Final = 4
"""So few offers are all weighed."""
HINTS: Final = 0.45
"""… and from which it is worth a question."""
CLEAR: Final = 0.4
"""How far ahead of the next offer the best must be."""
TOLD: Final = 0.7
"""… and that no more than a word or two do."""
SHOWN_BY: Final = 0.3
"""How much more of an action its verb must tell, where the words would fill another as well."""
AKIN: Final = 0.25
"""Offers whose verbs tell less than the best one's by more than this are not meant, however well they are filled."""
MOST_ALIKE: Final = 5
"""So many actions are tried on live data, where no verb tells which is meant …"""
MOST_ALIKE_NEEDS: Final = 2
"""… and so many of their arguments must be said."""
SURELY: Final = 0.9
"""Evidence that words nobody can explain don't outweigh."""


_STARTS: Final = (find_led_thing, find_handed_deed, find_put_title)
_TELLING: Final = frozenset(map(stem, ("give", "tell", "know")))
_THANKS: Final = frozenset(("thanks", "thank", "thx", "cheers", "congratulations", "congrats"))


@dataclass(frozen=True, slots=True)
class Choice:
    """The choice of an action for an order.

    ``best`` is None if no offer is certain. ``rivals`` are the possible ones, likeliest first. They are ``tied`` if the
    words express each of them fully, and ``told`` if a verb does as much. ``closed`` is the action that another role
    has.
    """

    best: Interpretation | None
    rivals: tuple[Interpretation, ...] = ()
    closed: Offer | None = None
    tied: bool = False
    told: bool = True


class Chooser:
    def __init__(self, reader: Reader, shortlist: Shortlist) -> None:
        self.reader, self.shortlist = reader, shortlist

    def orders(self, first: int, stop: int) -> bool:
        """Whether a stretch holds a verb of an action's own."""
        for at in range(first, stop):
            low = self.reader.low(at)
            said = stem(low)
            if low in EMPTY or said in LIGHT or self.reader.tokens[at].owns or not low.isalpha():
                continue
            past = is_past(low)
            theirs = self.reader.low(at - 2) == "of" and self.reader.low(at - 1) in lexicon.OWNERS
            # "All but 50 of his deposit" has no verb.
            if said in self._own_verbs and not past and self.reader.noun(at) is None and not theirs:
                return True
            rests = self._own_phrases.get(low, ())
            after = [stem(self.reader.low(step)) for step in range(at + 1, min(at + 6, stop))] if rests else []
            if any(all(each in after for each in rest) for rest in rests):
                return True  # "sign her off"
        return False

    def lists_value(self, first: int, stop: int) -> bool:
        """Whether a part of a list is a value with the label of an action's parameter, and no order: ", price 40"."""
        noun = self._labels.get(first)
        return noun is True or (noun is False and not self.orders(first, stop))

    @cached_property
    def _labels(self) -> Mapping[int, bool]:
        """Where labelled values stand, and whether their label is no verb."""
        made: dict[int, bool] = {}
        for offer in _list_weighed(self.shortlist):
            for at, noun in find_listed(self.reader, offer, len(self.reader.tokens)).items():
                made[at] = made.get(at, False) or noun
        return made

    @cached_property
    def _own_phrases(self) -> Mapping[str, Sequence[tuple[str, ...]]]:
        """The rest of an alias of several words after its first, unless that is a grammar word."""
        made: dict[str, list[tuple[str, ...]]] = {}
        for offer in _list_weighed(self.shortlist):
            for phrase in read_action_words(offer, self.shortlist).phrases:
                if phrase[0] not in EMPTY and phrase[-1] in PARTICLES:
                    made.setdefault(phrase[0], []).append(phrase[1:])
            for first, *rest in (alias.casefold().split() for alias in offer.aliases):
                if first in PLAIN_FORMS and not PARTICLES.isdisjoint(rest):  # "came in"
                    made.setdefault(first, []).append(tuple(map(stem, rest)))
        return made

    @cached_property
    def _own_verbs(self) -> frozenset[str]:
        """The stems of the actions' own verbs."""
        return frozenset(
            verb
            for held in (self.shortlist, self.shortlist.closed)
            if held is not None
            for offer in _list_weighed(held)
            for verb, much in read_action_words(offer, held).verbs.items()
            if much >= 1.0
        )

    def reads_in_full(self, place: Stretch) -> bool:
        """Whether a stretch means one action with all it needs, and no word of it is unread or strange to it."""
        best = self.choose(place).best
        if best is None or not best.complete or best.evidence < HINTS:
            return False
        return not (best.doubtful or best.unread or best.unexplained or best.strange)

    def may_mean(self, place: Stretch) -> bool:
        """Whether a stretch may mean an action at all."""
        choice = self.choose(place)
        return bool(choice.best or choice.rivals or choice.closed)

    @cached_property
    def _look_ups(self) -> frozenset[str]:
        """The stems of the verbs that only look-ups go by."""
        looks = [each for each in self.shortlist.offers if each.risk is Risk.READ]
        changes = [each for each in self.shortlist.offers if each.risk is not Risk.READ]
        others = {verb for each in changes for verb in read_action_words(each, self.shortlist).verbs}
        return frozenset(
            verb for each in looks for verb in read_action_words(each, self.shortlist).verbs if verb not in others
        )

    @cached_property
    def own_words(self) -> frozenset[str]:
        """The stems of the actions' verbs and nouns."""
        words = [read_action_words(offer, self.shortlist) for offer in _list_weighed(self.shortlist)]
        return frozenset(word for each in words for word in {*each.verbs, *each.nouns})

    def choose(self, place: Stretch, *, chosen: bool = False, reads: bool = False) -> Choice:
        """Chooses an action. ``chosen``: the person picked the only offer. ``reads``: nothing is to be changed."""
        read = self._read(self.shortlist, place, reads=reads, chosen=chosen)
        if chosen:
            return Choice(read[0]) if read else Choice(None)
        closed = [] if reads else self._read(self.shortlist.closed, place)
        best = _strongest(read)
        if (best is None or best.evidence < SURELY) and self._acknowledges(place.first):
            return Choice(None)
        # Who may do something is only told of what a verb names. Values alone fill too many actions.
        other = next((each for each in closed if each.evidence >= TELLS and self._means(each, closed)), None)
        if other is not None and (best is None or other.score > best.score):
            return Choice(None, closed=other.offer)
        handed = [each for each in read if each.handed and each.complete and not each.clash]
        telling = [each for each in read if not each.handed and each.evidence >= TELLS and not each.clash]
        if handed and telling and best in (handed[0], telling[0]):  # live data tells who is told, and who does things
            return Choice(None, (telling[0], handed[0]), tied=True)
        meant = best is not None and self._means(best, read)
        alike = self._list_alike(best, read) if not reads and (best is None or not meant or best.coded) else []
        if alike:
            return Choice(None, tuple(alike), tied=True, told=False)
        if best is None or not meant:
            hints = [
                each
                for each in read
                if each.evidence >= (HINTS if each.typed else TELLS) and not each.clash and not each.strange
            ]
            return Choice(None, tuple(hints[:3]))
        rivals = [
            each
            for each in read
            if each is not best
            and best.evidence - each.evidence < AKIN
            and best.score - each.score < CLEAR
            and not each.clash
            and (each.evidence >= HINTS or self._means(each, read))
        ]
        rivals = rivals or [each for each in read if each is not best and _contradicts(each, best)]
        if rivals:
            tied = best.complete and all(
                each.complete
                and self._means(each, read)
                and not (_contradicts(each, best) and _contradicts(best, each))
                for each in rivals[:2]
            )
            return Choice(None, (best, *rivals[:2]), tied=tied)
        return Choice(best, (best,))

    def list_fitting(self, place: Stretch) -> tuple[str, ...]:
        """The actions for which words beside a record speak: a value, another record, or a word that hints at them.
        Likeliest first. None if an action of another role is likelier."""

        def speak(each: Interpretation) -> bool:
            changes = each.offer.risk is not Risk.READ
            return changes and not each.clash and (each.typed > 1 or each.evidence >= HINTS)

        read = [each for each in self._read(self.shortlist, place) if speak(each)]
        closed = [each for each in self._read(self.shortlist.closed, place) if speak(each)]
        if closed and (not read or closed[0].score > read[0].score):
            return ()
        return tuple(each.offer.name for each in read)

    def _read(
        self, shortlist: Shortlist | None, place: Stretch, *, reads: bool = False, chosen: bool = False
    ) -> list[Interpretation]:
        if shortlist is None:
            return []
        reader = self.reader
        text = reader.text.plain[reader.tokens[place.first].start : reader.tokens[place.stop - 1].end]
        offers = [each for each in shortlist.offers if chosen or self._may_be_meant(each, place, reads=reads)]
        offers = [each for each in offers if chosen or not is_contrary(text, each)]
        if len(offers) > MOST_OFFERS:
            fit = {each.name for each in offers}
            likely = [each.offer for each in shortlist.top(text, len(shortlist)) if each.offer.name in fit]
            offers = likely[:NEAREST]
        offers = self._list_hinted(offers, shortlist, place)
        made = [Interpreter(reader, offer, read_action_words(offer, shortlist), place).read() for offer in offers]
        made = made if chosen else self._choose_deed(made, place)
        made = complete_lacking(self._leave_out_makers(made, shortlist, stem(reader.low(place.order))))
        return sorted(made, key=lambda each: (-each.score, -each.typed, each.offer.name))

    def _may_be_meant(self, offer: Offer, place: Stretch, *, reads: bool) -> bool:
        """Whether words may mean an action by what it does: a question means no change. A look-up is told by a verb of
        looking, or where there is no verb by a word of its title."""
        if offer.risk is not Risk.READ:
            return not reads
        if place.ordered:
            return reads or self._looks(place)
        titled = set(stem_text(offer.title))
        return reads or any(stem(self.reader.low(at)) in titled for at in range(place.first, place.stop))

    def _looks(self, place: Stretch) -> bool:
        verb = stem(self.reader.low(place.order))
        return verb in READING - _TELLING or verb in self._look_ups

    def _choose_deed(self, read: list[Interpretation], place: Stretch) -> list[Interpretation]:
        """The interpretations without look-ups that leave words out. Beside a look-up that is ordered, none of a change
        that goes by another verb; beside a change that has all it needs, none of a look-up that isn't."""
        looks = [
            each
            for each in read
            if each.offer.risk is Risk.READ and not (each.unexplained or each.unread or each.strange)
        ]
        changes = [each for each in read if each.offer.risk is not Risk.READ]
        if looks and place.ordered and self._looks(place):
            verb = stem(self.reader.low(place.order))
            changes = [each for each in changes if verb in read_action_words(each.offer, self.shortlist).verbs]
        elif any(each.complete for each in changes):
            looks = []
        return [*looks, *changes]

    def _leave_out_makers(self, read: list[Interpretation], shortlist: Shortlist, verb: str) -> list[Interpretation]:
        """The interpretations without actions that make something anew, where the order begins with a verb that only
        others go by and that need nothing more: "move the choir lesson to Friday" books no further one."""

        def goes_by(each: Interpretation) -> bool:
            return verb in read_action_words(each.offer, shortlist).verbs

        if verb in MAKING or not any(each.complete and goes_by(each) for each in read):
            return read
        return [each for each in read if goes_by(each) or each.handed or not makes_anew(each.offer.title)]

    def _list_hinted(self, offers: list[Offer], shortlist: Shortlist, place: Stretch) -> list[Offer]:
        """The actions whose verbs or values were said. All of them if none was."""
        if len(offers) < FEW or place.befalls:
            return offers
        said = {
            find_base_form(stem(self.reader.low(at)))
            for at in range(place.first, min(place.stop, place.first + 60))
            if (at - 1 not in self.reader.numbers or self.reader.low(at) == "off") and not modifies(self.reader, at)
        }
        quoted = any(at in self.reader.quoted for at in range(place.first, place.stop))
        hinted = []
        sure = False
        for offer in offers:
            words = read_action_words(offer, shortlist)
            most = max((words.rate_verb(each) for each in said if each not in EMPTY - {"off"}), default=0.0)
            phrase = any(all(each in said for each in alias) for alias in words.phrases) or bool(said & words.reported)
            writes = words.writes or (quoted and any(is_note(*each) for each in offer.annotations.items()))
            leads = (find(self.reader, offer, (place.first, place.stop)) for find in _STARTS)
            phrase = phrase or any(each is not None for each in leads)
            sets = any(find_set_fields(self.reader, offer, place.first, place.stop))
            if most > 0.0 or phrase or writes or sets or not said.isdisjoint(words.values):
                hinted.append(offer)
            sure = sure or most >= TELLS or phrase or not said.isdisjoint(words.values)
        fields = {field for each in hinted for field in list_set_fields(each).values()}
        kept = [each for each in offers if each in hinted or fields & {*list_set_fields(each).values()}]
        return kept if sure else offers

    def _acknowledges(self, at: int) -> bool:
        """Whether words only thank or greet: "thanks for the lesson, see you on Friday"."""
        low, after = self.reader.low(at), self.reader.low(at + 1)
        return low in _THANKS and (after in {"for", "so", "again", "to", "you", "very"})

    def _list_alike(self, best: Interpretation | None, read: Sequence[Interpretation]) -> list[Interpretation]:
        """Actions that no verb tells apart and that have all they need: live data tells whose records are meant ("805
        to Ingrid": the ticket, or an amount)."""
        if best is None or best.evidence >= TELLS:
            return []
        made = [
            each
            for each in read
            if each.complete
            and not (each.clash or each.unexplained or each.doubtful or each.strange)
            and max(map(len, each.calls)) >= MOST_ALIKE_NEEDS
            and each.typed
            and best.evidence - each.evidence <= HINTS
        ]
        several = len(made) > 1
        # Any words may be a free text, which tells nothing of what shall be done.
        made = [each for each in made if not any(isinstance(one, QuotedText) for one in each.calls[0].values())]
        return made if several and len(made) <= MOST_ALIKE else []

    def _means(self, best: Interpretation, read: Sequence[Interpretation]) -> bool:
        """Whether words mean this action: by a verb or value of its own, or, without a verb, by giving everything that
        this action alone needs."""
        if best.clash:
            return False
        named = bool(best.known - best.telling)
        if not (best.typed or named) and best.strange and best.evidence < SURELY:
            return False  # "raise all rents": akin to prolong, but nothing that is prolonged is said
        if best.evidence >= TELLS:
            return len(best.strange) < (9 if best.evidence >= SURELY else 3 if best.evidence >= TOLD else 1)
        if not best.complete or best.typed < 2 or len(best.strange) > 2 or best.doubtful or best.unexplained:
            return False
        records = [each for each in best.calls[0].values() if isinstance(each, RecordArgument)]
        if len(records) < 2 and any(each.evidence - best.evidence >= HINTS and not each.clash for each in read):
            return False  # the verb is another action's, whatever that still needs
        return not any(
            each.complete and each.typed >= 2 and not each.unexplained and not each.clash
            for each in read
            if each is not best
            and best.evidence - each.evidence < SHOWN_BY
            and len(each.strange) <= len(best.strange) + 1
        )


def _list_weighed(shortlist: Shortlist) -> Sequence[Offer]:
    """The actions whose verbs are known, those first that change something."""
    return sorted(shortlist.offers, key=lambda each: each.risk is Risk.READ)[:MOST_OFFERS]


def _strongest(read: Sequence[Interpretation]) -> Interpretation | None:
    """The best of those whose verbs say about as much as any."""
    most = max((each.evidence for each in read if not each.clash), default=0.0)
    near = [each for each in read if not each.clash and (most < TELLS or most - each.evidence < AKIN)]
    return next(iter(near or read), None)


def _contradicts(other: Interpretation, best: Interpretation) -> bool:
    """Whether another action's own verb was also said, in words that the best action doesn't know."""
    return bool(other.telling - best.covered - best.telling - best.known)

"""Coverage check: no word that changes the deal is silently ignored.

Each such word that the proposal doesn't express is accounted for, shown on the card, taken as expressed, or asked
about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from agent.extract.spans.money import find_currencies
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.asides import Asides
from agent.validate.coverage.corrections import is_corrected
from agent.validate.coverage.described_only import Told, is_named_outright
from agent.validate.coverage.descriptions import denies_other_action, describes_name
from agent.validate.coverage.fragments import list_outermost
from agent.validate.coverage.kept_wishes import find_kept_wish
from agent.validate.coverage.misread_texts import find_conditions_in_answers, introduces_text
from agent.validate.coverage.modifiers import PHASE, REPEATED
from agent.validate.coverage.negations import denies_verb
from agent.validate.coverage.order import Order, list_verbs
from agent.validate.coverage.read_asides import ReadAsides
from agent.validate.coverage.set_against import is_set_against
from agent.validate.coverage.shares import find_shares, is_told_since
from agent.validate.coverage.told import find_lone_order
from agent.validate.coverage.weighty_patterns import Place
from agent.validate.coverage.weighty_words import STRETCHES, Detail, Finding, Kind, find_weighty_words
from language.example_patterns import find_said
from language.sparing import find_what_stays
from language.stems import ORDERS, stem

_IT: Final = re.compile(r"\s*(?P<verb>[^\W\d_]+)\s+(?:it|him|her|them|that|this)\b", re.IGNORECASE)
_OWNERS_S: Final = re.compile(r"^['’]s?(?=\s)")
# Belongs to the used words behind it: "yesterday by (bank transfer)".
_BEFORE_OTHERS: Final = re.compile(r"(?<!\s)\s+(?:by|with|in|on|at|for|from|to|of|the|an?|and)$", re.IGNORECASE)
_SHORT: Final = 6
"""The most letters of a word that says little by itself."""
_WITHIN_QUOTES: Final[frozenset[Kind]] = STRETCHES | {"modifier", "misread"}
"""Kinds that a used quote doesn't account for."""
_BOUND: Final[Sequence[Kind | Detail]] = (
    "denied clause", "further order", "left over", "opposed verb", "channel", "taken back", "hedge", "framed",
    "exception", "fraction", "share",
)  # fmt: skip
"""Kinds that are more than a story, even inside one."""

Outcome = Literal["accounted for", "aside", "told", "expressed", "kept", "asked"]
"""Result for a finding. The card also shows an aside by form, unless it is doubted."""


@dataclass(frozen=True, slots=True)
class Unaccounted:
    """The words of a request that matter and that nothing accounts for, in the request's order.

    ``weighty`` ones stop the plan. The card shows the others: ``told`` ones change nothing, the plan holds
    ``expressed`` ones, as its resolver says, of which ``slight`` ones only introduce a text, ``stated`` ones may only
    tell something. ``firm``: at least one weighty word is of a kind for which no reading is believed. ``framed``: all
    weighty words say that nothing is ordered. ``kept`` are wishes that no call goes against.
    """

    weighty: list[str]
    told: list[str]
    expressed: list[str]
    slight: list[str]
    stated: list[str]
    firm: bool
    framed: bool = False
    kept: Sequence[str] = ()


def find_unaccounted(order: Order) -> Unaccounted:
    """Finds the words that an order's proposal ignores."""
    aside = ReadAsides(order)
    judge = _Judge(order, aside, find_weighty_words(order, aside.doubted))
    settled = judge.settle()
    elsewhere = [*(each.text for each in order.left_over if each.origin), *find_conditions_in_answers(order)]
    stated = [each for each in (*settled["told"], *settled["expressed"]) if "stated" in each.more]
    told, expressed = ([one for one in settled[each] if one not in stated] for each in ("told", "expressed"))
    slight = [each for each in expressed if judge.is_light(each) and introduces_text(order, each.place)]
    return Unaccounted(
        judge.tell(settled["asked"], whole=_is_whole) + list_outermost(elsewhere),
        judge.tell([*settled["aside"], *told], whole=judge.is_complete),
        judge.tell([each for each in expressed if each not in slight], whole=judge.is_light),
        [each.said.strip() for each in slight],
        judge.tell(stated, whole=_is_whole),
        any(map(judge.is_firm, settled["asked"])),
        framed=not elsewhere and judge.ask_for_nothing(settled["asked"]),
        kept=list_outermost(find_kept_wish(order, each.place) for each in settled["kept"]),
    )


@dataclass(frozen=True)
class _Judge:
    """Assigns an outcome to each finding: that of the first rule in ``_SETTLED_BY`` that holds."""

    order: Order
    aside: ReadAsides
    findings: Sequence[Finding]

    def settle(self) -> dict[Outcome, list[Finding]]:
        settled: dict[Outcome, list[Finding]] = {
            "accounted for": [],
            "aside": [],
            "told": [],
            "expressed": [],
            "kept": [],
        }
        rest = self.standing
        for outcome, holds in _SETTLED_BY:
            doubted = self.aside.doubted if outcome == "aside" else ()
            here = [each for each in rest if each.place not in doubted and holds(self, each)]
            settled[outcome] += here
            rest = [each for each in rest if each not in here]
        return {**settled, "asked": rest}

    def tell(self, findings: Iterable[Finding], *, whole: Callable[[Finding], bool]) -> list[str]:
        """The text of each finding, with the words around it unless it is ``whole``."""
        return list_outermost(each.said.strip() if whole(each) else self._quote(each) for each in findings)

    def _quote(self, each: Finding) -> str:
        """A finding with the words around it, or alone where those are the whole request."""
        around = self._quote_around(each)
        return each.said.strip() if len(around) >= len(self.order.text.strip().rstrip(".!?")) else around

    # ── accounted for ──

    @cached_property
    def standing(self) -> list[Finding]:
        """The findings that neither the used words nor the sense of the order account for."""
        return [each for each in self.findings if not self.is_used(each)]

    def is_used(self, each: Finding) -> bool:
        if self._is_spared(each) or self._is_shown(each) or is_told_since(self.order, each.place, self._shares):
            return True
        if _goes_with_use(self.order, each) or all(self._stays[slice(*each.place)]) or is_corrected(self.order, each):
            return True
        if each.is_of(_WITHIN_QUOTES) or ("limit" in each.kinds and self.order.structure.computes_field):
            return False
        if "modifier" in each.kinds and PHASE.fullmatch(each.said):
            return False  # used in part at most: "by the end" is another time than "by the end of our quarter"
        # A drafted text conveys these words in its own wording, perhaps in another language. A figure must still be the
        # same, and an order that can be carried out here remains an order.
        if each.is_of(("order not to", "denial")) and patterns.DENIES.fullmatch(each.said):
            return any(self._proven[slice(*each.place)])
        exact = ("number" in each.kinds and each.said.isdigit()) or self._can_be_done(each)
        return any((self._used if exact else self._spoken)[slice(*each.place)])

    def _is_spared(self, each: Finding) -> bool:
        """Whether it only denies the order for another record, or names that one. A further order behind it counts."""
        clauses = (clause for clause in self.order.spared if clause[0] <= each.place[0] < clause[1])
        return any("further order" not in each.kinds or each.place[0] == first for first, _ in clauses)

    def _is_shown(self, each: Finding) -> bool:
        """Whether it consists of words that an example of the action has too, in a request of the same pattern."""
        within = [at for at in range(*each.place) if self.order.text[at].isalnum()]
        return bool(within) and all(any(start <= at < end for start, end in self._shown) for at in within)

    def denies_other(self, each: Finding) -> bool:
        others = self.order.other_verbs - patterns.SILENCE  # "no emails" asks for silence
        return each.is_of(STRETCHES) and denies_other_action(self.order.text, each.place, others)

    def is_set_against(self, each: Finding) -> bool:
        return is_set_against(self.order, each, self.findings, self.is_used)

    def is_within_whole(self, each: Finding) -> bool:
        return not _is_whole(each) and _is_within(each.place, self._wholes)

    # ── aside ──

    def is_story(self, each: Finding) -> bool:
        """Whether it only dates or counts something in a story."""
        return each.is_of(("count", "until")) and self._told.is_story(*each.place)

    def describes_name(self, each: Finding) -> bool:
        return each.is_of(STRETCHES) and describes_name(self.order.text, each.place, self.order.taken)

    def stands_in_aside(self, each: Finding) -> bool:
        """Whether it stands in a clause beside an order about records that only tells how things are or what
        happened."""
        if not self.order.on_records or each.is_of(_BOUND):
            return False
        outright = is_named_outright(self.order)
        if "count" in each.more and not outright:
            return False
        free = outright and "of all" not in each.more
        apart = frozenset[str]() if free else self.order.known | self.order.told_by_records
        return self._asides.holds(each.place, apart) and not self._told.could_take(*each.place)

    def is_detail(self, each: Finding) -> bool:
        detail = each.is_of(("count", "limit", "hedge", *(("modifier", "misread") if "share" in each.more else ())))
        return self._told.counts_events(*each.place) or (detail and self._told.is_detail(*each.place))

    def is_read_aside(self, each: Finding) -> bool:
        return "left over" not in each.kinds and self.aside.hold(each.place, weighty=not self.is_light(each))

    def is_described(self, each: Finding) -> bool:
        return _is_within(each.place, self._descriptions)

    def is_kept(self, each: Finding) -> bool:
        denies = each.is_of(STRETCHES) or "left over" in each.kinds or self._denies(each)
        return denies and bool(find_kept_wish(self.order, each.place))

    # ── told or expressed, as a model says ──

    def changes_nothing(self, each: Finding) -> bool:
        return self.aside.find_verdict(each.place) == "nothing" and not self.is_firm(each)

    def goes_unsaid(self, each: Finding) -> bool:
        """A resolver that lists what its result leaves out claims that the result expresses all other words."""
        return self.aside.explained and self.is_light(each) and not self.aside.doubt(each.place)

    def orders_itself(self, each: Finding) -> bool:
        """Whether it is all that orders the call, in the person's own verb."""
        return each.is_of(STRETCHES) and each.place == self._lone_order

    def is_expressed(self, each: Finding) -> bool:
        return self.aside.find_verdict(each.place) == "expressed" and not self.is_firm(each)

    def is_firm(self, each: Finding) -> bool:
        denies = self._denies(each) and not patterns.PREVENTS.match(self.order.text, each.place[1])
        currency = "misread" in each.kinds and any(find_currencies(each.said))
        return (
            denies
            or currency
            or ("framed" in each.kinds and "stated" not in each.more)
            or self.aside.is_firm(each.place, self._quote_around(each), self._bars)
        )

    def _denies(self, each: Finding) -> bool:
        return "order not to" in each.kinds and patterns.DENIES.fullmatch(each.said) is not None

    def ask_for_nothing(self, findings: Sequence[Finding]) -> bool:
        """Whether all say that the order is none or isn't to be carried out, or are words of such a stretch."""
        found = [each.place for each in findings if self._asks_for_nothing(each)]
        return bool(found) and all(
            any(a < end and start < b for a, b in found) for start, end in (f.place for f in findings)
        )

    def _asks_for_nothing(self, each: Finding) -> bool:
        denied = each.is_of(("order not to", "denial")) and denies_verb(self.order.text, each.place, self.order.verbs)
        back = "taken back" in each.kinds and not any(map(str.isdigit, each.said))  # "no, make that 60" asks for more
        return denied or back or each.is_of(("framed", "report", "opposed verb"))

    # ── what the rules look up ──

    def is_light(self, each: Finding) -> bool:
        """Whether it is only words beside used ones, with no weighty word and no order's verb among them."""
        weighs = "beside" not in each.kinds or any(self._weighing[slice(*each.place)])
        return not weighs and each.first_stem not in ORDERS | self.order.other_verbs | self.order.verbs

    def is_complete(self, each: Finding) -> bool:
        """Whether it says all that it is about, and needs no words around it: a model may have set aside just that."""
        aside = {one.words.text for one in self.order.proposal.asides or ()}
        return each.is_of(("left over", "doubted")) or each.said.strip() in aside or self.is_light(each)

    def _can_be_done(self, each: Finding) -> bool:
        return "further order" in each.kinds and each.first_stem in self.order.every_verb

    @cached_property
    def _used(self) -> bytearray:
        return patterns.cover(self.order.text, self.order.taken)

    @cached_property
    def _proven(self) -> bytearray:
        return patterns.cover(self.order.text, self.order.proven)

    @cached_property
    def _spoken(self) -> bytearray:
        return patterns.cover(self.order.text, self.order.spoken)

    @cached_property
    def _shares(self) -> list[Place]:
        return list(find_shares(self.order)) if self.order.request.answers else []

    @cached_property
    def _stays(self) -> bytearray:
        return patterns.cover(self.order.text, find_what_stays(self.order.polite, self.order.known))

    @cached_property
    def _left_over(self) -> list[Place]:
        return [each.place for each in self.findings if "left over" in each.kinds]

    @cached_property
    def _weighing(self) -> bytearray:
        """Where words have weight by themselves, whatever is beside them."""
        weigh = [each.place for each in self.standing if "beside" not in each.kinds or each.kinds - STRETCHES]
        return patterns.cover(self.order.text, [*weigh, *self._left_over])

    @cached_property
    def _shown(self) -> list[Place]:
        asked = {(*each.examples, *(f"Ada {alias}" for alias in each.aliases)) for each in self.order.contracts}
        return find_said(self.order.text, next(iter(asked))) if len(asked) == 1 else []

    @cached_property
    def _wholes(self) -> list[Place]:
        return [each.place for each in self.standing if _is_whole(each) and not self.denies_other(each)]

    @cached_property
    def _told(self) -> Told:
        others = {each.place for each in self.standing if not each.is_of(("count", "limit", "until", "left over"))}
        return Told(self.order, others)

    @cached_property
    def _asides(self) -> Asides:
        return Asides(self.order)

    @cached_property
    def _lone_order(self) -> Place | None:
        return find_lone_order(self.order)

    @cached_property
    def _descriptions(self) -> list[Place]:
        return [each for each in self._left_over if self._told.is_description(*each)]

    @cached_property
    def _bars(self) -> list[Place]:
        """Words that take the order back, deny it or order something else."""
        denials = [each for each in self.standing if denies_verb(self.order.text, each.place, self.order.verbs)]
        others = [each for each in self.findings if "taken back" in each.kinds or self._can_be_done(each)]
        return [each.place for each in (*denials, *others)]

    def _quote_around(self, each: Finding) -> str:
        """The finding with the unused words of its clause, so that a person sees what is meant."""
        text, spoken, (start, end) = self.order.text, self._spoken, each.place
        first, last = patterns.find_clause(text, start, end)
        if "misread" in each.kinds and 0 < sum(spoken[start:end]) < end - start:  # "about (a week)"
            return text[start:end]
        if not any(spoken[start:end]):
            after = spoken.rfind(1, first + 1, start) + 1 or first
            following = spoken.find(1, end, last)
            last = last if following < 0 else following
            alone = _BEFORE_OTHERS.sub("", text[after:last].strip())
            if alone.isalpha() and len(alone) > _SHORT:
                return alone
            if not text[after:last].strip().isalpha():
                first = after
            elif after > first:  # a unit is shown with its number, "half" with its whole
                first = next((at + 1 for at in range(after - 1, first, -1) if not spoken[at]), first)
        return _OWNERS_S.sub("", text[first:last]).strip(" ,;.!?\n") or text[start:end]


_SETTLED_BY: Final[Sequence[tuple[Outcome, Callable[[_Judge, Finding], bool]]]] = (
    ("expressed", _Judge.orders_itself),
    ("aside", _Judge.is_story),
    ("kept", _Judge.is_kept),
    ("accounted for", _Judge.denies_other),
    ("aside", _Judge.describes_name),
    ("aside", _Judge.stands_in_aside),
    ("accounted for", _Judge.is_set_against),
    ("accounted for", _Judge.is_within_whole),
    ("aside", _Judge.is_detail),
    ("aside", _Judge.is_read_aside),
    ("aside", _Judge.is_described),
    ("told", _Judge.changes_nothing),
    ("expressed", _Judge.goes_unsaid),
    ("expressed", _Judge.is_expressed),
)
"""Rules that settle the remaining findings, in this order. Unsettled findings are asked about."""


def _is_whole(each: Finding) -> bool:
    """Whether it is shown as it stands, without its clause."""
    repeated = REPEATED.fullmatch(each.said) is not None
    return repeated or each.is_of(STRETCHES) or ("left over" in each.kinds and " " in each.said.strip())


def _goes_with_use(order: Order, each: Finding) -> bool:
    """Whether a used word explains an "if" or "only".

    "If" is the question that the call answers ("check if it is there"). "Only" repeats what the next value says ("only
    high", "only Adam's"), or says that nothing else is done ("only lower it").
    """
    if not each.kinds - _WITHIN_QUOTES - {"limit"}:
        return False
    start, end = each.place
    if each.said.casefold() == "if":
        before = patterns.search_before(patterns.ASKED, order.polite, start)
        asks = before is not None and stem(before[1].casefold()) in patterns.ASKING
        return asks and bool(order.contracts) and all(list_verbs([each]) & patterns.FINDING for each in order.contracts)
    if each.said.casefold() != "only":
        return False
    following = len(order.text) - len(order.text[end:].lstrip())
    verb = _IT.match(order.text, end) if order.structure.one_record else None
    ordered = verb is not None and stem(verb["verb"].casefold()) in ORDERS | order.heads
    return ordered or any(first <= following < last for first, last in order.taken)


def _is_within(place: Place, others: Iterable[Place]) -> bool:
    return any(start <= place[0] and place[1] <= end for start, end in others)

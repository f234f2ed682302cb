"""Rule resolver: needs no model, key or network. It is deterministic and explainable, and asks if it isn't sure."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from agent.extract.limits import MAX_WISHES, explain_excess, refuse_too_many
from agent.extract.spans.politeness import strip_politeness
from agent.pipeline import (
    Abstain,
    Argument,
    Ask,
    Calls,
    Choice,
    Draft,
    Mention,
    Proposed,
    Request,
    Resolution,
    Resolved,
    Trace,
)
from agent.planning.proposal import PlanResult
from agent.resolve.resolver import NOTHING_FITS, NOTHING_OPEN, OFFLINE, find_chosen_action
from agent.resolve.rules.api_orders.reader import is_told, read_api_order, shows
from agent.resolve.rules.clauses import Clause, find_head, is_order, parse_clause, split_clauses
from agent.resolve.rules.grammar.understand import answer_question, understand
from agent.resolve.rules.if_else import REGARDLESS, find_condition
from agent.resolve.rules.lower_case_names import read_names
from agent.resolve.rules.money_received import find_money_received
from agent.resolve.rules.normalization import normalize
from agent.resolve.rules.ranking import KINDRED, PART, check_coverage, is_foreign_object, rank_offers, split_wishes
from agent.resolve.rules.registries import Registry, ask_if_open, continues, describe_registry
from agent.resolve.rules.scoring import ScoredOffer
from agent.resolve.rules.slot_filling import expand_coordination, fill_slots
from agent.validate.coverage.opposed_verbs import leading_verbs
from agent.validate.questions import ask_for_action, quote_words
from language.denials import find_denied_order
from language.locales import guess_language, load_locale, translate
from registry.contract import Risk
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

# Fitted by evals.score.calibrate. An offer is taken from ACT on, and only proposed between ASK and ACT.
ACT: Final = 0.42
ASK: Final = 0.2
# A complete offer is taken from here on: the words filled all it needs, which unrelated words wouldn't.
COMPLETE: Final = 0.3
# Offers closer than this can't be told apart here, so the person decides.
MARGIN: Final = 0.05
# A look-up is proposed first if an action is likelier by no more than this: the words order neither, and fit both.
AS_WELL: Final = 0.35
BY_GRAMMAR: Final = "grammar"  # noted where the grammar of requests about records has read the words
_NEAREST: Final = 3

# A part of a thing, or which of two, is no thing itself: "half of", "the older of".
_SHARE: Final = re.compile(
    r"\b(?:(?:the|a|an|one|two|three)\s+)?(?:half|thirds?|quarters?|fifths?|tenths?|rest|older|newer|earlier|later|"
    r"smaller|bigger|larger|cheaper|former|latter)\s+of\s+",
    re.IGNORECASE,
)


class RuleResolver:
    """Resolves by words alone. The same request, offers and kinds give the same answer."""

    name = OFFLINE

    def __init__(self, seconds: Callable[[], float] = time.perf_counter) -> None:
        self._seconds = seconds

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        """Resolves a request: by the grammar if it is about records, and by scoring each action for functions and
        events."""
        on_records = request.given is None and bool(kinds)
        registry = describe_registry(shortlist)
        functions = on_records and registry.functions
        # No kinds, or few that any contract refers to: no live data confirms what an API's changes are read as.
        bare = request.given is None and (functions or not kinds) and registry.api
        full = on_records and not functions
        began = self._seconds()
        if (why := explain_excess(request.text)) is not None:
            return Resolved(
                resolution=Abstain(reason="too_complex", detail=why), trace=Trace(resolver=self.name, attempts=0)
            )
        other = translate(request.text) if full else None
        if other is not None and other.weighty:
            words = ", ".join([f"“{each}”" for each in dict.fromkeys(other.weighty)][:3])
            detail = load_locale(other.language).read_in_part.format(words=words)
            return Resolved(resolution=Abstain(reason="nothing_fits", detail=detail), trace=Trace(resolver=self.name))
        read = normalize(request.text, shortlist, kinds)
        paid = find_money_received(read.text, shortlist) if full else []
        read = read.put(paid)
        said = request.model_copy(update={"text": read.text})

        if full:
            meant = _leave_denied(understand(read, said, shortlist, kinds), request.text, shortlist)
            named = read_names(read, meant, request, shortlist, kinds) if other is None else None
            unnamed = {"unnamed": bool(paid)}  # told by no verb of the action, so it waits for a person
            meant = meant.model_copy(update=unnamed) if paid and isinstance(meant, Proposed) else meant
            named = named.model_copy(update=unnamed) if paid and named is not None else named
            plain = read_api_order(request.text, shortlist, kinds) if registry.imported else None
            if registry.imported:
                meant = ask_if_open(meant, shortlist)
            if plain is not None and not continues(meant):
                meant, named = plain, meant if isinstance(meant, Proposed) else named
            made = Resolved(resolution=meant, trace=Trace(resolver=self.name, notes=(BY_GRAMMAR,)), named=named)
            if isinstance(meant, Abstain) and named is None and (looked := self._look_up(said, registry, kinds)):
                made = looked
        elif bare and (plain := read_api_order(request.text, shortlist, kinds)) is not None:
            trace = Trace(resolver=self.name, notes=("read as an order to an API",))
            made = Resolved(resolution=plain, trace=trace)
        elif bare and (answer := answer_question(read, said, shortlist, kinds)) is not None:
            made = Resolved(resolution=answer, trace=Trace(resolver=self.name, notes=(BY_GRAMMAR,)))
        else:
            made = self._resolve_with_trace(said, shortlist, kinds)
            made = _asked_unless_told(made, request.text, shortlist) if bare else made
        notes = made.trace.notes if read.text == read.typed else (f"read as {read.text[:200]!r}", *made.trace.notes)
        duration = (self._seconds() - began) * 1000.0
        trace = made.trace.model_copy(update={"notes": notes, "duration_ms": duration})
        came = made.resolution
        if full and isinstance(came, Abstain):
            language = other.language if other is not None else guess_language(request.text)
            detail = load_locale(language).not_read if language is not None else came.detail
            came = came if language is None else Abstain(reason=came.reason, detail=detail, nearest=came.nearest)
        came = came if isinstance(came, Proposed) else read.as_typed(came)
        return Resolved(resolution=came, trace=trace, named=made.named)

    def _look_up(self, request: Request, registry: Registry, kinds: Sequence[RecordKind]) -> Resolved | None:
        """The look-up that an order to show something means. None if it means none."""
        if not shows(request.text):
            return None
        made = self._resolve_with_trace(request, registry.look_ups, kinds)
        return made if isinstance(made.resolution, Calls) else None

    def _resolve_with_trace(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        notes: list[str] = []
        seen: list[str] = []
        resolution = _resolve(request, shortlist, tuple(kinds), notes, seen)
        return Resolved(
            resolution=resolution,
            trace=Trace(resolver=self.name, shortlist=tuple(dict.fromkeys(seen)), notes=tuple(notes)),
        )


def _leave_denied(meant: Resolution | Proposed, text: str, shortlist: Shortlist) -> Resolution | Proposed:
    """An abstention where a request that orders something only says what is not to be done."""
    plans = isinstance(meant, Proposed) and isinstance(meant.proposal.result, PlanResult)
    verbs = frozenset(verb for offer in shortlist.offers for verb in leading_verbs(offer))
    if not (plans or isinstance(meant, Ask)) or find_denied_order(strip_politeness(text), verbs) is None:
        return meant
    return Abstain(reason="nothing_fits", detail=f"You wrote {quote_words(text.strip())}, so nothing was done.")


def _asked_unless_told(made: Resolved, text: str, shortlist: Shortlist) -> Resolved:
    """Asks about an order if no action has a place for each of its parts. It doesn't ask if the action changes nothing
    and its verb is meant."""
    if not isinstance(made.resolution, Calls):
        return made
    offers = [offer for draft in made.resolution.drafts if (offer := shortlist.get(draft.action)) is not None]
    if all(offer.risk is Risk.READ and is_told(text, offer) for offer in offers):
        return made
    question = ask_for_action(offers, "Is this what you mean?")
    return made.model_copy(update={"resolution": Ask(question=question, drafts=made.resolution.drafts)})


def _resolve(
    request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind], notes: list[str], seen: list[str]
) -> Resolution:
    text = request.text
    if not any(char.isalnum() for char in text):
        return Abstain(reason="empty", detail="Nothing was asked.")
    chosen = find_chosen_action(request, shortlist)
    if chosen is not None:
        offer = shortlist.get(chosen)
        assert offer is not None
        seen.append(chosen)
        notes.append(f"{chosen}: chosen by the person")
        filling = fill_slots(text, 0, offer, kinds, request.now)
        draft = Draft(action=offer.name, version=offer.version, arguments=filling.arguments)
        return Calls(drafts=expand_coordination(draft, text, offer, kinds))
    parts = split_wishes(text)
    if len(parts) > MAX_WISHES:
        return Abstain(reason="too_complex", detail=refuse_too_many(len(parts)))
    several = _draft_several(parts, text, shortlist, kinds, request.now, notes, seen) if len(parts) > 1 else None
    if several is not None:
        return several
    unwanted = [part for part in parts if part.negated]
    if unwanted and len(parts) > 1:
        # As a whole, the request would count the forbidden part as wanted.
        detail = f"You wrote {quote_words(unwanted[0].text)}, and the rest is unclear. Nothing was done."
        return Abstain(reason="below_threshold", detail=detail)
    whole = _draft_one(parse_clause(text), shortlist, kinds, request.now, notes, seen)
    return check_coverage(whole, split_clauses(text), shortlist, kinds, request.now)


def _draft_several(
    parts: Sequence[Clause],
    text: str,
    shortlist: Shortlist,
    kinds: Sequence[RecordKind],
    now: datetime,
    notes: list[str],
    seen: list[str],
) -> Calls | None:
    """A draft for each part. None if the parts are no wishes of their own: one fits nothing, or two mean the same
    action with the same values (then it is one wish in several sentences)."""
    wishes = _rank_wishes(parts, shortlist, kinds, now, notes, seen)
    if not wishes or (len(wishes) < 2 and not any(part.negated for part in parts)):
        return None
    drafts = [_draft(top) for top in wishes]
    apart = [
        each
        for top, draft in zip(wishes, drafts, strict=True)
        for each in expand_coordination(draft, text, top.offer, kinds)
    ]
    for at, (top, draft) in enumerate(zip(wishes, drafts, strict=True)):
        for other in drafts[:at]:
            if other.action == draft.action and (top.filling.missing or not _differ(other, draft)):
                return None
    return Calls(drafts=tuple(apart), confidence=round(min(top.probability for top in wishes), 4))


def _rank_wishes(
    parts: Sequence[Clause],
    shortlist: Shortlist,
    kinds: Sequence[RecordKind],
    now: datetime,
    notes: list[str],
    seen: list[str],
) -> list[ScoredOffer] | None:
    """What each part asks for. None if one asks for nothing offered, or for what another part forbids."""
    wishes: list[ScoredOffer] = []
    forbidden: set[str] = set()
    for part in parts:
        best = rank_offers(part, shortlist, kinds, now)
        seen += [each.offer.name for each in best]
        if part.negated is not None:
            forbidden.update(each.offer.name for each in best[:1])
            notes.append(f"not to be done: {part.text!r}")
            continue
        if not best or best[0].probability < PART or find_unchecked(part) or not _tells_what(best[0]):
            return None
        wishes.append(best[0])
        notes.append(_note(part, best[0]))
    return wishes if forbidden.isdisjoint(each.offer.name for each in wishes) else None


def _tells_what(top: ScoredOffer) -> bool:
    """Whether a part says what its action is about: in words, by a member of a closed list ("switch Emma to pro"), or
    by everything it needs ("resend INV-1042")."""
    chosen = any(isinstance(each, Choice) for each in top.filling.arguments.values())
    whole = top.marks["verb"] == 1.0 and _needs(top) and not top.filling.missing
    return bool(top.marks["object"]) or chosen or whole


def _differ(one: Draft, other: Draft) -> bool:
    """Whether two calls of one action give a parameter different values. They are then two wishes, not one repeated."""
    return any(
        name in other.arguments
        and other.arguments[name] != argument
        and _key_said(argument) != _key_said(other.arguments[name])
        for name, argument in one.arguments.items()
    )


def _key_said(argument: Argument) -> object:
    if isinstance(argument, Mention):
        return argument.text.casefold()
    return argument.value if isinstance(argument, Choice) else tuple(_key_said(item) for item in argument.items)


def _draft_one(
    clause: Clause, shortlist: Shortlist, kinds: Sequence[RecordKind], now: datetime, notes: list[str], seen: list[str]
) -> Resolution:
    best = rank_offers(clause, shortlist, kinds, now)
    seen += [each.offer.name for each in best]
    if not best:
        return Abstain(reason="nothing_fits", detail=NOTHING_FITS if len(shortlist) else NOTHING_OPEN)
    top = best[0]
    notes.append(_note(clause, top))
    nearest = tuple(each.offer.name for each in best[:_NEAREST])
    if clause.about and not top.marks["reads"]:
        detail = "That is a question about how things are done; nothing was done."
        return Abstain(reason="nothing_fits", detail=detail, nearest=nearest)
    if clause.negated is not None:
        detail = f"You wrote {quote_words(clause.text)}, so nothing was done."
        return Abstain(reason="nothing_fits", detail=detail, nearest=nearest)
    if clause.stands and top.marks["changes"]:
        best = [each for each in best if not each.marks["changes"]]
        if not best or best[0].probability < ASK:
            detail = "That is a question about how things stand, which no registered action answers; nothing was done."
            return Abstain(reason="nothing_fits", detail=detail, nearest=nearest)
        top = best[0]
    if top.probability < ASK:
        return Abstain(reason="below_threshold", detail="No registered action fits this well enough.", nearest=nearest)
    best = [each for each in best if not _foreign(clause, each, shortlist, kinds)]
    if not best or (best[0] is not top and best[0].marks["verb"] < KINDRED):
        return Abstain(reason="nothing_fits", detail="No registered action does that to such a thing.", nearest=nearest)
    if best[0] is not top:
        return Ask(question=ask_for_action([best[0].offer]), drafts=(_draft(best[0]),))
    best = _put_look_ups_first(clause, best)
    top = best[0]
    draft = _draft(top)
    rivals = [each for each in best if top.probability - each.probability < MARGIN and each.probability >= ASK]
    sure = COMPLETE if _needs(top) and not top.filling.missing else ACT
    if top.probability < sure or len(rivals) > 1:
        offered = rivals if len(rivals) > 1 else best[:_NEAREST]
        unsure = round(top.probability, 4)
        question = ask_for_action([each.offer for each in offered])
        return Ask(question=question, drafts=(draft,), confidence=unsure, lacks=_lacks_values(top, rivals))
    if top.marks["strange"] and not top.marks["reads"]:
        return Ask(question=ask_for_action([top.offer]), drafts=(draft,))
    if (unchecked := find_unchecked(clause)) is not None:
        question = ask_for_action([top.offer], REGARDLESS.format(words=quote_words(unchecked)))
        return Ask(question=question, drafts=(draft,), stands=True)
    drafts = expand_coordination(draft, " " * clause.start + clause.text, top.offer, kinds)
    return Calls(drafts=drafts, confidence=round(top.probability, 4))


def _lacks_values(top: ScoredOffer, rivals: Sequence[ScoredOffer]) -> bool:
    """Whether a named action lacks required values that weren't said, while no other action is near, or it is the only
    look-up among those."""
    looks = bool(top.marks["reads"]) and sum(bool(each.marks["reads"]) for each in rivals) < 2
    alone = len(rivals) < 2 and top.marks["verb"] >= KINDRED
    return bool(top.filling.missing and top.marks["object"]) and (looks or alone)


def _put_look_ups_first(clause: Clause, best: list[ScoredOffer]) -> list[ScoredOffer]:
    """Proposes a look-up first if nothing was ordered and the words fit it about as well as an action: "I need a
    hotel"."""
    top = best[0]
    verb = find_head(clause.text)
    ordered = verb is not None and is_order(verb) and top.marks["verb"] >= KINDRED
    if top.marks["reads"] or ordered:
        return best
    looks = next((each for each in best[1:] if each.marks["reads"] and each.marks["central"] > 0.0), None)
    if looks is None or top.probability - looks.probability > AS_WELL or looks.probability < ASK:
        return best
    return [looks, *(each for each in best if each is not looks)]


def _draft(top: ScoredOffer) -> Draft:
    return Draft(action=top.offer.name, version=top.offer.version, arguments=top.filling.arguments)


def _foreign(clause: Clause, each: ScoredOffer, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> bool:
    spoken, filled = shortlist.spoken(each.offer.name), each.filling
    blank = _SHARE.sub(lambda found: " " * len(found[0]), clause.text)
    clause = replace(clause, text=blank)
    same = each.marks["verb"] == 1.0
    return not each.marks["reads"] and is_foreign_object(
        clause, each.offer, spoken, kinds, filled.spans, filled.arguments, same_verb=same
    )


def _needs(top: ScoredOffer) -> bool:
    """Whether the action needs any value at all. Only then does having all of them mean something."""
    return any("default" not in (top.offer.properties.get(name) or {}) for name in top.offer.required)


def find_unchecked(clause: Clause) -> str | None:
    """The words of its condition, which has not been taken apart. None if it has none."""
    found = find_condition(clause.text)
    return clause.text[slice(*found)] if found is not None else clause.text if clause.condition else None


def _note(clause: Clause, top: ScoredOffer) -> str:
    marks = ", ".join(f"{name} {value:.2f}" for name, value in top.marks.items())
    return f"{clause.text[:80]!r} → {top.offer.name} {top.probability:.3f} ({marks})"

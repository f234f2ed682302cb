"""Record search: asks the platform for records of one kind that fit a name or number and pass a filter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from agent.extract.references.vocabulary import is_person
from agent.pipeline import Question
from agent.planning.proposal import Find, StateIs, Words
from agent.query.conditions import Filter, match_all, match_any, match_exactly, match_owner
from agent.query.differences import tell_difference
from agent.query.name_parts import (
    find_by_initials,
    find_member,
    find_slip,
    find_twins,
    is_code,
    is_found_by_name,
    is_titled,
    list_singular,
    list_ways,
    match_nouns,
    read_initials,
    read_spoken_id,
    split_name,
)
from agent.query.pool import MOST_SCANNED, Pool
from agent.validate import questions
from agent.validate.questions import MAX_CANDIDATES, ask_between, explain_exclusion, explain_unknown_name, name_record
from agent.validate.records.located import LocatedRecord, RecordQuery, Where, fits, merge_filters, name_kind
from agent.validate.records.ranking import (
    Fit,
    find_best,
    find_described,
    find_numbered,
    holds_initials,
    holds_numbers,
    is_identifying,
    list_shown,
    match_name,
)
from language.wordnet import is_word
from registry.records import Query, Record, RecordKind

if TYPE_CHECKING:
    from agent.query.context import QueryContext

PAGE: Final = 50
_TITLE: Final = re.compile(r"^(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|madam)\.?\s+(?=\w)", re.IGNORECASE)
_FEW: Final = 100  # so many records are read to find one whose name was said otherwise than it is written
_ABBREVIATION: Final = re.compile(r"[^\W_]{3,6}")
_FEWEST_LETTERS: Final = 3
_WORD: Final = re.compile(r"[^\W\d_]+")
_MOST_WORDS: Final = 3
_FEWEST_OF_HALF: Final = 2
"""The fewest letters of a part of a name that are searched for."""


class RecordSearch:
    """The searches of one request. Every look-up may raise core.errors.PlatformUnavailable."""

    def __init__(self, context: QueryContext) -> None:
        self.context = context
        self.slips: dict[tuple[str, str], str] = {}
        """Records (kind, id) whose name was taken to be misspelt, with what was typed."""
        self.reworded: dict[tuple[str, str], str] = {}
        """Records (kind, id) that other words told than those that were typed, which stand here."""
        self.instead: dict[str, tuple[str, ...]] = {}
        """Words that were typed, with those that records were found by instead."""
        self.excluded: Question | None = None
        """The question asked last because a record is there and is not as it was said to be."""
        self.owners_names: set[str] = set()
        """Words that were taken for the name of the records' owner: "the Brightwater invoice"."""
        self._named: list[str] = []
        """The kinds of which none is called as was said, while the same words are looked up as their owner's name."""

    async def fetch(
        self, need: RecordQuery, find: Find, filters: Filter, via: tuple[LocatedRecord, ...]
    ) -> Pool | Question:
        if find.said is None:
            fitting = match_all([filters, match_exactly(need.filter)]) if need.told is not None else filters
            records, more = ([], False) if fitting.impossible else await self.scan(need, fitting)
            if need.told is not None and not records and not need.told.dated:  # what the demands exclude is told of
                records, more = await self.scan(need, filters)
            return Pool(records, via, more=more)
        plain = _TITLE.sub("", find.said.text)  # "Mr" abbreviates no Mark
        said_as = (plain, find.said.text) if is_person(need.kind) else (find.said.text, plain)
        names = dict.fromkeys((*said_as, *list_singular(find)))
        for words, by in ((name, by) for name in names for by in list_ways(need, name)):
            query = Query(need.kind.name, words, by, filters.where, limit=PAGE, between=filters.between)
            found = list(await self.context.kinds.search(query))
            if by == "name" and is_person(need.kind) and (said := read_initials(words)):
                called = await self._find_by_initials(need, words, said, found, filters)
                if isinstance(called, Question):
                    return called
                found = called or found
            if by == "number":
                found = find_numbered(words, found, need.kind)
                found = found or await self._fetch_by_id(need.kind, words)
                if not found:
                    continue
                kept = [each for each in found if filters.keeps(each)]
                return Pool(kept, via, named=True) if kept else self.explain_exclusion(need, find, found[0])
            passing = [each for each in found if filters.keeps(each) and holds_numbers(each, words)]
            narrowed = [each for each in passing if fits(each, need.filter)]
            narrowed = narrowed or (passing if need.told is None else [])
            if via and need.told is not None and find_best(words, narrowed, need.kind, "name")[0] is Fit.VAGUE:
                pictured = find_described(words, await self._list_few(need, filters), need.kind)
                if pictured:
                    return Pool(pictured, via, named=True)
            place = find.order is not None or find.pick != "one"
            matched = self.match_words(need, words, narrowed, place=place, by=by or "text")
            if isinstance(matched, Question) or matched:
                return matched if isinstance(matched, Question) else Pool(matched, via, named=True)
        if need.told is not None and (need.told.number or need.told.email):
            whose = f" of {via[0].label}" if via else ""
            return need.ask(f"There is no {name_kind(need.kind)} {questions.quote_words(words)}{whose}.")
        return await self._fetch_by_owner(need, find, find.said, filters, via)

    async def scan(self, need: RecordQuery, filters: Filter) -> tuple[list[Record], bool]:
        """Every record that passes, and whether there are more than may be searched. A reader of functions has told by
        which end of the line they are sorted: it is looked at alone."""
        order, descending, most = need.order or need.kind.order, True, MOST_SCANNED
        if (told := need.told) is not None:
            order = need.kind.size if told.by == "size" else order
            most = MOST_SCANNED if told.every else PAGE
            descending = told.descending or told.position is None
        line = Query(need.kind.name, None, None, filters.where, order, descending, between=filters.between)
        records, more = await self._read_pages(line, most)
        return [each for each in records if filters.keeps(each)], more

    async def _read_pages(self, query: Query, most: int) -> tuple[list[Record], bool]:
        """The records of a query, page by page as a platform may give no more at once, and whether there may be more
        than ``most``."""
        made: dict[str, Record] = {}
        for offset in range(0, most, PAGE):
            page = await self.context.kinds.search(replace(query, limit=PAGE, offset=offset))
            made |= {each.id: each for each in page}
            if len(page) < PAGE:
                return list(made.values()), False
        return list(made.values()), True

    def match_words(
        self, need: RecordQuery, words: str, records: Sequence[Record], *, place: bool, by: str | None = None
    ) -> list[Record] | Question:
        kind = need.kind
        if by == "email":
            return list(records)
        ways = [by] if by else [each for each in ("name", "text") if any(f.search == each for f in kind.fields)]
        if by is None and (exact := find_numbered(words, records, kind)):
            return exact
        rated = [(way, *find_best(words, records, kind, way)) for way in ways]
        # A text that holds the words tells more than a name that is like them.
        for way, fit, picked in sorted(rated, key=lambda each: each[1] is Fit.VAGUE):
            if picked and (fit is not Fit.VAGUE or way == "name"):
                corrects = fit is Fit.VAGUE and need.told is None
                if corrects and (one := find_slip(words, picked, records, kind)) is not None:
                    self.slips[kind.name, one.id] = words
                    return [one]
                return match_name(need.slot, need.param, kind, words, way, records, place=place)
        return (
            [each for each in records if is_identifying(words, f"{each.label} {each.detail}", kind)]
            if by is None
            else []
        )

    def explain_exclusion(self, need: RecordQuery, find: Find, record: Record) -> Question:
        """The question about a record that exists but doesn't fit what was said. Remembered, so that a count says
        zero."""
        self.excluded = self._explain_difference(need, find, record)
        return self.excluded

    async def _fetch_by_id(self, kind: RecordKind, words: str) -> list[Record]:
        said = read_spoken_id(words, kind)
        record = await self.context.kinds.record(kind.name, said) if said else None
        # Somebody else's record isn't told of: a customer's question would say what is on it.
        return [record] if record is not None and fits(record, await self._find_reach(kind)) else []

    async def _find_reach(self, kind: RecordKind) -> Where:
        """What limits the speaker to their own records."""
        bounds = await self.context.reach.find_bounds(kind)
        return bounds if isinstance(bounds, Mapping) else {kind.id_field: ()}

    async def _fetch_by_owner(
        self, need: RecordQuery, find: Find, said: Words, filters: Filter, via: tuple[LocatedRecord, ...]
    ) -> Pool | Question:
        """Finds records by their owner's name if none is called so: "the Brightwater invoice"."""
        if need.told is None and any(map(str.isalpha, said.text)):  # nobody's name is a number
            for relation in need.kind.relations:
                above = self.context.kinds.get(relation.kind)
                if above is None or not is_found_by_name(above) or any(each.kind.name == above.name for each in via):
                    continue
                if above.name in (*self._named, need.kind.name):
                    continue  # whose manager is whose: none of these is called so
                self._named.append(need.kind.name)
                owner = await self._find_named(need.owner(above), above.name, said)
                self._named.pop()
                if isinstance(owner, Question):
                    if owner.candidates and owner.code == "ambiguous":
                        return owner
                    continue
                each = [(one, await self.context.reach.within(need.kind, one.record, above)) for one in owner]
                if owned := [(one, where) for one, where in each if isinstance(where, Mapping)]:
                    self.owners_names.add(said.text)
                    theirs = match_any([match_owner(need.kind, one, where) for one, where in owned])
                    records, more = await self.scan(need, match_all([filters, theirs]))
                    one_owner = len(owner) == 1
                    return Pool(
                        records, owner if one_owner else (), more=more, owners=() if one_owner else tuple(owned)
                    )
        reach = await self._find_reach(need.kind)
        elsewhere: Sequence[Record] = ()
        if need.told is None or need.filter:  # nothing else excludes a record from what was told
            elsewhere = await self.context.kinds.search(Query(need.kind.name, said.text, None, reach, limit=PAGE))
        told = self.match_words(need, said.text, [each for each in elsewhere if fits(each, reach)], place=True)
        # Called so, but not like that.
        other = isinstance(told, list) and bool(told) and not any(map(filters.keeps, told))
        if isinstance(told, list) and other and (len(told) == 1 or find.pick == "all"):
            return self.explain_exclusion(need, find, told[0]) if len(told) == 1 else Pool([], via, named=True)
        if need.told is not None:
            return need.ask(explain_unknown_name(need.kind, said.text, need.filter, via[0] if via else None))
        if isinstance(told, Question):
            return told
        few = await self._list_few(need, filters)
        alike = few or await self._list_alike(need, said.text, filters)
        told = self._match_without_accents(need, said.text, alike, place=find.order is not None or find.pick != "one")
        if told:
            return told if isinstance(told, Question) else Pool(told, via, named=True)
        if one := self._find_otherwise(need, said.text, alike):
            return Pool([one], via, named=True)
        shown = [] if is_found_by_name(need.kind) else list_shown(said.text, few, need.kind)
        if shown := shown or find_described(said.text, alike, need.kind):  # "Ada's rug": a name, and what is hers
            return Pool(shown, via, named=True)
        meant, by = await self._find_by_other_words(need, find, filters, few)
        if len(meant) == 1 or (meant and find.pick != "one"):
            self.reworded |= {(need.kind.name, each.id): said.text for each in meant}
            self.instead[said.text] = by
            return Pool(meant, via, named=True)
        of_such = find_member(need.kind, said.text)
        if of_such is not None:
            records, more = await self.scan(need, match_all([filters, match_exactly(of_such)]))
            if records:
                return Pool(records, via, more=more)
        unknown = explain_unknown_name(need.kind, said.text, need.filter, via[0] if via else None)
        in_part = await self._fetch_by_part(need, find, said, filters, via, few, unknown)
        if in_part is not None:
            return in_part
        offered = meant or (few if via and is_titled(need.kind) else [])
        if 0 < len(offered) <= MAX_CANDIDATES:
            lead = f"{unknown} {_offer(offered)}"
            return ask_between(need.slot, need.param, need.kind, offered, "", code="not_found", lead=lead)
        return need.ask(unknown)

    async def _fetch_by_part(
        self,
        need: RecordQuery,
        find: Find,
        said: Words,
        filters: Filter,
        via: tuple[LocatedRecord, ...],
        few: Sequence[Record],
        unknown: str,
    ) -> Pool | Question | None:
        """Finds a record by the proper name in what was said, where a plain noun only says what it is ("the Osborne
        dinner"): its own name or its owner's. It is taken if it is the only one, no person, and not known to be
        something else. Otherwise it is asked about. None if there is none."""
        part = split_name(said.text) if not self._named else None
        if part is None or (is_person(need.kind) and not part.plainly):
            return None
        named = find.model_copy(update={"said": said.model_copy(update={"text": part.name}), "also": (), "pick": "all"})
        pool = await self.fetch(need, named, filters, via)
        if isinstance(pool, Question):
            return pool if pool.candidates and pool.code == "ambiguous" else None
        others = list(few)
        for noun in part.nouns if not few else ():
            others += await self.context.kinds.search(Query(need.kind.name, noun, where=filters.where, limit=PAGE))
        records = [each for each in pool.records if fits(each, need.filter)]
        described, known = match_nouns(part.nouns, records, others, need.kind)
        meant = described or records
        if not 0 < len(meant) <= MAX_CANDIDATES:
            return None
        agrees = (bool(described) or not (known or pool.named)) and not self.context.exact
        if len(meant) == 1 and agrees and part.plainly and find.pick == "one" and not is_person(need.kind):
            self.slips[need.kind.name, meant[0].id] = said.text
            return replace(pool, records=meant)
        lead = f"{unknown} {_offer(meant)}"
        return ask_between(need.slot, need.param, need.kind, meant, "", code="not_found", lead=lead)

    async def _find_by_initials(
        self, need: RecordQuery, words: str, said: Sequence[str], found: Sequence[Record], filters: Filter
    ) -> list[Record] | Question:
        """The persons whose name the words shorten to an initial ("Mira K."), or a question. A platform may not search
        for a letter, so it is asked for the part that is written out, too."""
        part, there, more = max(said, key=len), {each.id: each for each in found}, False
        for name in dict.fromkeys((part, part.capitalize())):
            query = Query(need.kind.name, name, "name", filters.where, between=filters.between)
            named, cut = await self._read_pages(query, _FEW)
            there |= {each.id: each for each in named}
            more = more or cut
        people = [each for each in there.values() if filters.keeps(each)]
        open_to = [each for each in people if fits(each, need.filter)]
        called, plainly = find_by_initials(said, open_to, need.kind)
        called, plainly = (called, plainly) if called else find_by_initials(said, people, need.kind)
        if not called or (plainly and not more):
            return [*called, *find_twins(called, people, need.kind)]
        lead = f"{explain_unknown_name(need.kind, words, need.filter, None)} {_offer(called)}"
        return ask_between(need.slot, need.param, need.kind, called, "", code="not_found", lead=lead, more=more)

    async def _list_few(self, need: RecordQuery, filters: Filter) -> list[Record]:
        """The records that pass the other conditions, if they are few enough to search. Otherwise none."""
        query = Query(need.kind.name, where=filters.where, between=filters.between)
        records, more = await self._read_pages(query, _FEW + 1)
        return [] if more else [each for each in records if filters.keeps(each) and fits(each, need.filter)]

    async def _list_alike(self, need: RecordQuery, words: str, filters: Filter) -> list[Record]:
        """The records whose name holds a typed word, or half of the longest, where they are few enough for a page: a
        name is then found where the platform's search knows only its own spelling ("Chl" of "chloe", for Chloé)."""
        longest = max(_WORD.findall(words), key=len, default="")
        half, rest = longest[: (len(longest) + 1) // 2], longest[(len(longest) + 1) // 2 :]
        made: dict[str, Record] = {}
        parts = (half, half.capitalize(), rest, *_WORD.findall(words)[:_MOST_WORDS])
        for part in dict.fromkeys(parts) if is_found_by_name(need.kind) else ():
            if len(part) >= _FEWEST_OF_HALF:
                query = Query(need.kind.name, part, "name", filters.where, limit=PAGE, between=filters.between)
                found = list(await self.context.kinds.search(query))
                made |= {each.id: each for each in found if len(found) < PAGE}
        return [each for each in made.values() if filters.keeps(each) and fits(each, need.filter)]

    def _match_without_accents(
        self, need: RecordQuery, words: str, records: Sequence[Record], *, place: bool
    ) -> list[Record] | Question:
        """Matches a name that was typed without its accents: other letters to a platform's own search."""
        fit, _ = find_best(words, records, need.kind, "name")
        if fit < Fit.WORDS:
            return []
        return match_name(need.slot, need.param, need.kind, words, "name", records, place=place)

    def _find_otherwise(self, need: RecordQuery, words: str, records: Sequence[Record]) -> Record | None:
        """Finds the only one of a few records whose name was misspelt, inflected, or shortened to initials ("2fa"). A
        platform's own search may not find it."""
        one = find_slip(words, records, records, need.kind)
        if one is not None:
            self.slips[need.kind.name, one.id] = words
        elif _ABBREVIATION.fullmatch(words) and not is_word(words.casefold()) and is_titled(need.kind):
            meant = [each for each in records if holds_initials(words, name_record(each, need.kind))]
            one = meant[0] if len(meant) == 1 else None
        return one

    async def _find_by_other_words(
        self, need: RecordQuery, find: Find, filters: Filter, few: Sequence[Record]
    ) -> tuple[list[Record], tuple[str, ...]]:
        """Finds records by synonyms of what was said.

        The synonyms are the resolver's own, so whoever finds a record by one says so. Persons, companies, numbers and
        codes have no synonyms.
        """
        made: dict[str, Record] = {}
        by: list[str] = []
        coded = find.said is None or is_code(find.said.text, need.kind)
        for words in find.also if is_titled(need.kind) and not coded else ():
            query = Query(need.kind.name, words, "text", filters.where, limit=PAGE, between=filters.between)
            found = [*await self.context.kinds.search(query), *few]
            found = [each for each in found if filters.keeps(each) and fits(each, need.filter)]
            fit, picked = find_best(words, found, need.kind, "text")
            told = [each for each in found if is_identifying(words, name_record(each, need.kind), need.kind)]
            if meant := [*(picked if fit > Fit.VAGUE else ()), *told]:
                by.append(words)
                made |= {each.id: each for each in meant}
        return list(made.values()), tuple(by)

    async def _find_named(self, need: RecordQuery, kind: str, said: Words) -> tuple[LocatedRecord, ...] | Question:
        """Finds records by this name, or by it without an s: "adas bill" is Ada's."""
        found = await self.context.records.find(need, Find(record=kind, said=said))
        if isinstance(found, Question) and said.text[-1:] in "sS" and len(said.text) > _FEWEST_LETTERS:
            owner = said.model_copy(update={"text": said.text[:-1]})
            other = await self.context.records.find(need, Find(record=kind, said=owner))
            found = other if not isinstance(other, Question) or other.code == "ambiguous" else found
        return found

    def _explain_difference(self, need: RecordQuery, find: Find, record: Record) -> Question:
        states = [
            kind_state
            for each in find.where
            if isinstance(each, StateIs) and not each.negated
            if (kind_state := need.kind.states.get(each.state))
        ]
        wanted = merge_filters(*states, need.filter)
        if wanted and not fits(record, wanted):
            return need.ask(explain_exclusion(record, record.label, replace(need, filter=wanted)), about=record)
        zone, noun = self.context.request.zone, name_kind(need.kind)
        told = next(filter(None, (tell_difference(each, record, need.kind, zone) for each in find.where)), "")
        told = told or f"{record.label} doesn't match the rest of what you said."
        return need.ask(f"{told} Which {noun} do you mean?")


def _offer(records: Sequence[Record]) -> str:
    return "Is it" if len(records) == 1 else "Which one do you mean:"

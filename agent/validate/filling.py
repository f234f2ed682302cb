"""Parameter filling: gives every parameter of a draft a value with a source, or asks the person.

The sources, in order:

- an answer to the parameter's own question
- the resolver's argument
- a field of another parameter's record
- a record that another parameter's record belongs to
- the contract's default

A source that the contract's annotation doesn't allow is skipped. Records are filled first (owners before pronouns),
because other values derive from them and money is read in their currency.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from agent.extract.description_hints import list_alternatives
from agent.extract.references.value import Reference
from agent.pipeline import Candidate, ListArgument, Question, Refusal, Source, list_spans
from agent.validate import questions, scalar_values, supplied_values
from agent.validate.records.contents import find_similar
from agent.validate.records.located import MOST, LocatedRecord, RecordQuery, merge_scopes
from agent.validate.records.lookup import Lookup
from agent.validate.slots import Slots, Trouble, find_answer, make_record_source, read_field, verify_spans
from registry.contract import SourceKind
from registry.endpoints.types import FormBody, HttpEndpoint, JsonBody, MultipartBody
from registry.records import Query, RecordKind

MAX_EACH: Final = 20
"""Most calls that one parameter's values make."""

_FIELDS: Final = (JsonBody, FormBody, MultipartBody)
FORBIDDEN_NAMES: Final = frozenset({"__proto__", "constructor", "prototype"})
"""Keys that change a JavaScript object's prototype. No payload contains them, whatever a contract declares."""


class DraftFilling:
    """Fills the slots of one step."""

    def __init__(self, slots: Slots, lookup: Lookup) -> None:
        self.slots, self.lookup, self.contract = slots, lookup, slots.contract
        self._references: dict[str, Reference | None] = {}

    async def fill(self) -> Trouble | None:
        """Fills everything. Returns what stands in the way, or None. Raises PlatformUnavailable."""
        return await self.fill_records() or self.fill_values() or await self.fill_missing()

    async def fill_records(self) -> Trouble | None:
        """Fills the parameters that refer to records. First refuses arguments that the contract doesn't declare."""
        return self._name_missing(self._refuse_strangers() or await self._find_records())

    def fill_values(self, *, only: Collection[str] | None = None, but: Collection[str] = ()) -> Trouble | None:
        """Fills all other parameters that have a source. ``only`` and ``but`` select among them."""
        return self._name_missing(self._read_values(only, but))

    async def fill_missing(self) -> Trouble | None:
        """Asks for required parameters that still have no value."""
        return self._name_missing(await self._ask_for_missing()) or self._refuse_no_change() or self._refuse_apart()

    def _name_missing(self, trouble: Trouble | None) -> Trouble | None:
        if isinstance(trouble, Question):
            return trouble.model_copy(update={"missing": self._list_still_missing()})
        return trouble

    def _refuse_strangers(self) -> Trouble | None:
        """Refuses arguments that the contract doesn't declare. They meant something, so they are not dropped."""
        declared = self.contract.properties
        if self.slots.draft.given and self.slots.request.given is None:
            return Refusal(code="invalid", detail="This call carries values that nobody said; nothing was sent.")
        for name, held in self.slots.draft.given.items():
            if name in FORBIDDEN_NAMES or name not in declared:
                detail = f"{questions.quote_words(name)} is not a parameter of “{self.contract.title}”."
                return supplied_values.refuse_value(held, "unknown_parameter", detail)
        for name in (*self.slots.draft.arguments, *declared):
            if name in FORBIDDEN_NAMES or name not in declared:
                detail = (
                    f"{questions.quote_words(name)} is not a parameter of “{self.contract.title}”; nothing was sent."
                )
                return Refusal(code="invalid", detail=detail)
        for name, argument in self.slots.draft.arguments.items():
            if (
                verify_spans(self.slots.request, list_spans(argument)) is None
                and find_answer(self.slots.request, self.slots.slot(name)) is None
            ):
                text = f"I can't find the words for “{self.slots.label(name)}” in what you wrote. What should it be?"
                return self.slots.ask(name, text, "unreadable")
        for name in declared:
            wanted = self.slots.annotation(name).record
            if wanted and self._find_kind(name) is None and (self.slots.spoken(name) or name in self.contract.required):
                detail = f"“{self.contract.title}” needs {wanted} records, and no enabled connector provides them."
                return Refusal(code="unavailable", detail=detail)
        return None

    async def _find_records(self) -> Trouble | None:
        """Finds records in this order: parameters with words before those without, owners before what belongs to them,
        pronouns last."""
        kinds = {name: kind for name in self.contract.properties if (kind := self._find_kind(name)) is not None}
        for name in sorted(
            kinds, key=lambda name: (not self.slots.spoken(name), self._pronoun(name), self._count_depth(name))
        ):
            said = self.slots.spoken(name) or name in self.slots.pinned
            trouble = await (self._fill_said(name, kinds[name]) if said else self._fill_implied(name, kinds[name]))
            if trouble is not None:
                return trouble
        return None

    def _read_values(self, only: Collection[str] | None, but: Collection[str]) -> Trouble | None:
        """Reads values: currencies before the amounts in them."""
        names = [
            name
            for name in self.contract.properties
            if self.slots.annotation(name).record is None and name not in but and (only is None or name in only)
        ]
        for name in sorted(names, key=lambda name: self.slots.annotation(name).currency_from is not None):
            trouble = scalar_values.fill(self.slots, name)
            if trouble is not None:
                return trouble
        return None

    async def _fill_said(self, name: str, kind: RecordKind) -> Trouble | None:
        need, owner = self._make_query(name, kind), self._find_owner(name)
        if isinstance(pinned := self.slots.pinned.get(name), LocatedRecord):
            return self._take(name, (pinned,))
        if isinstance(pinned, tuple):
            return self._take(name, pinned)
        if (held := self.slots.given(name)) is not None:
            field = self.slots.annotation(name).field or kind.id_field
            named = await supplied_values.find_records(need, self.slots.parameter(name), held, field, self.lookup.reach)
            if isinstance(named, Refusal):
                return named
            reading = ", ".join(each.named for each in named)
            return self._take(name, named, supplied_values.make_source(held, reading))
        argument = self.slots.draft.arguments.get(name)
        asked = find_answer(self.slots.request, need.slot) is not None
        items = argument.items if isinstance(argument, ListArgument) and not asked else (argument,)
        found: list[LocatedRecord] = []
        like = self.slots.annotation(name).like
        bases = self.slots.records.get(like, ()) if like else ()
        if like and len(bases) != len(items):
            return self.slots.ask(
                name, f"Which {self.slots.label_within(name)} goes with which? Say it for each.", "ambiguous"
            )
        for at, item in enumerate(items):
            words = verify_spans(self.slots.request, list_spans(item)) if item is not None else None
            reference = self.lookup.read(words.text, kind) if words is not None else None
            spans = words.spans if words else ()
            if bases and reference is not None and not asked:
                outcome = await find_similar(need, reference, spans, bases[at], self.lookup.reach)
            else:
                outcome = await self.lookup.find_meant(need, reference, spans, owner)
            if isinstance(outcome, Question):
                return outcome
            found += outcome
        if len(found) > need.most:
            text = f"{self.slots.label(name)} takes at most {need.most}; {len(found)} are meant. Which?"
            return self.slots.ask(name, text, "ambiguous")
        return self._take_each(name, tuple({each.key: each for each in found}.values()))

    def _take_each(self, name: str, found: tuple[LocatedRecord, ...]) -> Trouble | None:
        """Makes one call for each of several records where the contract takes one record. This step takes the first."""
        if len(found) > 1 and self.slots.makes_each(name):
            self.slots.spread[name] = found
            found = found[:1]
        return self._take(name, found)

    def _take(self, name: str, found: tuple[LocatedRecord, ...], source: Source | None = None) -> Trouble | None:
        """Fills a parameter from records, with the field that the contract sends. ``source`` is where the value came
        from, if not from these records."""
        if not found:
            return None
        field = self.slots.annotation(name).field or found[0].kind.id_field
        parameter = self.slots.parameter(name)
        sent = [read_field(parameter, each.record.values.get(field)) for each in found]
        if any(value is None for value in sent):
            return Refusal(code="invalid", detail=f"{found[0].label} has no {field.replace('_', ' ')} to send.")
        self.slots.records[name] = found
        for each in found:
            self.lookup.scene.add(each)
        value = sent if parameter.is_array else sent[0]
        self.slots.put(name, value, ", ".join(each.label for each in found), source or make_record_source(found, field))
        return self._find_contradiction(name)

    def _find_contradiction(self, name: str) -> Trouble | None:
        """Refuses an owner and a record that belongs to somebody else."""
        for part in self.slots.records:
            owner = self.slots.annotation(part).of
            if owner is None or name not in (part, owner) or not self.slots.records.get(owner):
                continue
            whose = self.slots.records[owner][0]
            for each in self.slots.records[part]:
                relation = each.kind.relation_to(whose.record.kind)
                if relation is not None and str(each.record.values.get(relation.via)) != whose.record.id:
                    asked = f"Which {self.slots.label_within(name)} do you mean?"
                    text = f"{each.label} does not belong to {whose.named}. {asked}"
                    return self.slots.ask(name, text, "ambiguous")
        return None

    async def _fill_implied(self, name: str, kind: RecordKind) -> Trouble | None:
        """Fills a parameter that nothing was said about from another parameter's record.

        Its value is the one record of this kind that the other record was found through or belongs to. Or else the only
        record that its required owner has.
        """
        if name not in self.contract.required or self.slots.parameter(name).is_array:
            return None
        if self.slots.annotation(name).replaces is not None:
            return None  # a replacement is never the record that is there already
        if not self.slots.guesses and not self._is_owner(name):
            return None
        if SourceKind.RECORD not in self.slots.annotation(name).sources:
            named = await self.lookup.find_in_request(self._make_query(name, kind))
            return named if isinstance(named, Question) else self._take_each(name, named)
        implied = await self._list_passed(kind)
        if not self.slots.guesses and len(implied) != 1:
            return None
        if len(implied) == 1:
            need = self._make_query(name, kind)
            outcome = self.lookup.records.check(need, tuple(implied.values()))
            return outcome if isinstance(outcome, Question) else self._take(name, outcome)
        owner = self._find_owner(name)
        if owner is None and not implied:
            whose = await self.lookup.find_owner_in_request(self._make_query(name, kind), ())
            if isinstance(whose, Question):
                return whose
            owner = whose[0] if whose else None
            if owner is None:
                named = await self.lookup.find_in_request(self._make_query(name, kind))
                return named if isinstance(named, Question) else self._take_each(name, named)
        if owner is None or implied:
            return None
        outcome = await self.lookup.find_meant(
            self._make_query(name, kind), Reference(kind=kind.name), owner.spans, owner
        )
        return outcome if isinstance(outcome, Question) else self._take(name, outcome)

    def _is_owner(self, name: str) -> bool:
        """Whether the contract or its address says that the other record belongs to this one. Otherwise this parameter
        may be the new owner, and the present owner would be wrong."""
        endpoint = self.contract.endpoint
        within = endpoint.path.values() if isinstance(endpoint, HttpEndpoint) else ()
        return any(self.slots.annotation(each).of == name for each in self.contract.properties) or any(
            getattr(each, "parameter", None) == name for each in within
        )

    async def _list_passed(self, kind: RecordKind) -> dict[tuple[str, str], LocatedRecord]:
        """The distinct records of ``kind`` that this step's records were found through or belong to."""
        made: dict[tuple[str, str], LocatedRecord] = {}
        found = [each for group in self.slots.records.values() for each in group]
        for each in found:
            for part in each.all():
                if part.record.kind == kind.name:
                    reading = f"{each.label} belongs to it" if part is not each else "the same as before"
                    made[part.key] = LocatedRecord(part.record, kind, each.spans, (), reading)
        for each in found if not made else ():
            up = await self.lookup.reach.find_owner(each, kind)
            if up is not None:
                made[up.key] = up
        return made

    def _list_still_missing(self) -> tuple[str, ...]:
        """Required parameters without a value that nothing has named so far and that no record or default will give."""
        missing = []
        for name in self.contract.required:
            annotation, schema = self.slots.annotation(name), self.slots.schema(name)
            comes = self.slots.spoken(name) or (
                annotation.derive is not None and annotation.derive.parameter in self.contract.properties
            )
            stated = (
                bool({"default", "const"} & set(schema))
                or scalar_values.read_stated_default(self.contract, name) is not None
            )
            defaulted = SourceKind.DEFAULT in annotation.sources and stated
            if name not in self.slots.filled and not comes and not defaulted:
                missing.append(name)
        return tuple(missing)

    async def _ask_for_missing(self) -> Trouble | None:
        missing = [name for name in self.contract.required if name not in self.slots.filled]
        if not missing:
            return self._ask_for_one_of()
        # A value that another parameter's record gives is not asked for until that record is known.
        name = next((each for each in missing if self._find_derived_from(each) not in missing), missing[0])
        if name not in self.contract.properties:
            detail = (
                f"The contract requires {questions.quote_words(name)} without declaring it; its owner must mend it."
            )
            return Refusal(code="invalid", detail=detail)
        kind, schema = self._find_kind(name), self.slots.schema(name)
        text = questions.ask_for(name, schema, self.slots.annotation(name), kind)
        asked = self.slots.ask(name, questions.explain_unread(schema, self.slots.request) + text, "missing")
        offered = questions.list_choices(schema) if kind is None else await self._list_few(name, kind)
        return asked.model_copy(update={"candidates": offered})

    def _ask_for_one_of(self) -> Question | None:
        """Asks for one of several optional parameters if the description demands one."""
        names = list_alternatives(self.contract.description, tuple(self.contract.properties))
        if not names or any(name in self.slots.filled for name in names):
            return None
        labels = questions.join([f"“{self.slots.label(name)}”" for name in names], "or")
        return self.slots.ask(names[0], f"What should {labels} be?", "missing")

    def _refuse_no_change(self) -> Refusal | None:
        """Refuses a PATCH without any field. It would change nothing, so no parameter took what the person meant."""
        endpoint = self.contract.endpoint
        if (
            not isinstance(endpoint, HttpEndpoint)
            or endpoint.method != "PATCH"
            or not isinstance(endpoint.body, _FIELDS)
        ):
            return None
        names = [getattr(each, "parameter", None) for each in endpoint.body.fields.values()]
        if None in names or not names or self.slots.filled.keys() & set(names):
            return None
        labels = [self.slots.label(str(name)) for name in names[:5]]
        more = ", …" if len(names) > 5 else ""
        detail = f"Nothing says what should be changed. Say it with its new value: {', '.join(labels)}{more}."
        return Refusal(code="invalid", detail=detail)

    def _refuse_apart(self) -> Refusal | None:
        """Checks a record whose id is sent in part. The part identifies it within one owner only, so if another record
        of the call says which owner, both must belong to it."""
        notes = [self.slots.annotation(name) for name in self.contract.properties]
        for derive in [each.derive for each in notes if each.derive is not None]:
            for one in self.slots.records.get(derive.parameter, ()):
                above = next((each.kind for each in one.kind.relations if each.via == derive.field), "")
                within = one.record.values.get(derive.field)
                for other in self._list_sent_in_part(above, derive.parameter):
                    relation = other.kind.relation_to(above)
                    if relation is not None and other.record.values.get(relation.via) != within:
                        detail = f"{other.named} and {one.named} don't belong together; nothing was sent."
                        return Refusal(code="invalid", detail=detail)
        return None

    def _list_sent_in_part(self, above: str, but: str) -> Iterator[LocatedRecord]:
        """The records within one of kind ``above`` for which less than the id is sent."""
        for name, found in self.slots.records.items():
            field = self.slots.annotation(name).field
            for each in found if above and field is not None and name != but else ():
                if field != each.kind.id_field:
                    yield each

    def _find_derived_from(self, name: str) -> str | None:
        derive = self.slots.annotation(name).derive
        return derive.parameter if derive is not None else None

    async def _list_few(self, name: str, kind: RecordKind) -> tuple[Candidate, ...]:
        """The records it could be, newest first, if there are few. Otherwise none."""
        owner, reach = self._find_owner(name), self.lookup.reach
        own = await reach.within(kind, owner.record, owner.kind) if owner else {}
        where = merge_scopes(await reach.find_bounds(kind), own, self.slots.annotation(name).filter)
        if where is None:
            return ()
        order = self.slots.annotation(name).order or kind.order
        found = await self.lookup.kinds.search(
            Query(kind.name, None, None, where, order, True, questions.MAX_CANDIDATES + 1)
        )
        return questions.list_candidates(found, kind) if len(found) <= questions.MAX_CANDIDATES else ()

    def _make_query(self, name: str, kind: RecordKind) -> RecordQuery:
        annotation = self.slots.annotation(name)
        most = self.slots.schema(name).get("maxItems", MOST - 1) if self.slots.parameter(name).is_array else 1
        most = MAX_EACH if self.slots.makes_each(name) else most
        return RecordQuery(
            self.slots.slot(name), name, kind, annotation.filter, annotation.order, min(int(most), MOST - 1)
        )

    def _find_owner(self, name: str) -> LocatedRecord | None:
        above = self.slots.annotation(name).of
        found = self.slots.records.get(above, ()) if above else ()
        return found[0] if len(found) == 1 else None

    def _find_kind(self, name: str) -> RecordKind | None:
        named = self.slots.annotation(name).record
        return self.lookup.kinds.get(named) if named else None

    def _count_depth(self, name: str, seen: frozenset[str] = frozenset()) -> int:
        above = self.slots.annotation(name).of or self.slots.annotation(name).like
        return 0 if above is None or above in seen else 1 + self._count_depth(above, seen | {name})

    def _pronoun(self, name: str) -> bool:
        reference = self._read_reference(name)
        while reference is not None and not reference.pronoun:
            reference = reference.owner
        return reference is not None

    def _read_reference(self, name: str) -> Reference | None:
        if name not in self._references:
            kind, words = self._find_kind(name), self.slots.words(name)
            self._references[name] = self.lookup.read(words.text, kind) if kind and words else None
        return self._references[name]

"""Words for states: whether one stands before the noun of its records ("overdue invoices"), is their noun itself
("dogs"), or is told of them ("not due")."""

from __future__ import annotations

from agent.planning.proposal import AnyOf, Condition, StateIs
from agent.query.day_words import PARTICLES
from agent.validate.records.field_words import name_field
from language.text import singularize
from language.wordnet import is_word
from registry.records import RecordKind


def list_states(condition: Condition) -> tuple[str, ...]:
    """The states of which each fits. Empty if something else fits, too."""
    every = condition.conditions if isinstance(condition, AnyOf) else (condition,)
    states = tuple(each.state for each in every if isinstance(each, StateIs) and not each.negated)
    return states if len(states) == len(every) else ()


def is_adjective(state: str, kind: RecordKind) -> bool:
    """Whether a state stands before the kind's noun: "overdue invoices", "booked or checked-in stays"."""
    words = state.split("_")
    plain = all(each.isalpha() for each in words) and words[0].lower() not in PARTICLES
    return plain and _is_own_word(state, kind)


def is_plural_noun(condition: StateIs, kind: RecordKind) -> bool:
    """Whether a state is what its records are called: "dogs" of pets, "members" of people who may be a "member", but no
    "unpaid dogs"."""
    word, one = condition.state, singularize(condition.state)
    called = word in kind.states and (kind.states.get(one) == kind.states[word] or is_of_sort(word, kind))
    return called and word.isalpha() and one != word and not condition.negated and (one in kind.states or is_word(one))


def _is_own_word(state: str, kind: RecordKind) -> bool:
    """Whether the kind has its own word for it, which precedes its noun, and not only a field's value."""
    statuses = (each for each in kind.fields if each.type == "enum" and each.name in ("status", "state"))
    return state in kind.states or state in kind.times or any(state in each.values for each in statuses)


def is_of_sort(state: str, kind: RecordKind) -> bool:
    """Whether a state says of what sort a record is, and not how far it has come."""
    return state in kind.states and kind.states[state].keys().isdisjoint(("status", "state"))


def note_state(condition: StateIs, kind: RecordKind) -> str:
    """What is said of a state in brackets behind the noun: "not due", "species dog"."""
    state = condition.state
    holder = None if _is_own_word(state, kind) else next((each for each in kind.fields if state in each.values), None)
    told = f"{name_field(holder, kind)} {'not ' if condition.negated else ''}{state}" if holder else state
    return (f"not {told}" if condition.negated and not holder else told).replace("_", " ")

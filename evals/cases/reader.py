"""Reader of registries and cases: our own, and those in the neutral format of other projects' suites.

A registry is a JSON list of ``{name, description, parameters (JSON Schema), x_side_effect?}``, or an ``actions.json``
of contracts. A case is one JSON line: ``{id, source, group, prompt, registry, registry_file, context?, expected,
tags}``, with paths relative to one data folder. A case without a registry is asked of the demo platform, through its
connector. A case with a ``world`` uses the records and contracts in that file (docs/guide/evals.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from agent.pipeline import Answer
from core import clock
from core.actor import Surface
from core.errors import InvalidInput
from evals.attacks.attack import Attack, read_attack
from language.stems import name_stems
from registry import contract
from registry.contract import Annotation, Risk
from registry.contract_file import with_base_url
from registry.offers.offer import Offer, make_offer

MAX_FILE_BYTES: Final = 64 * 1024 * 1024
GOLD: Final = "gold"
"""Name of the model that answers with what a case expects."""
ATTACK: Final = "attack"
DEMO: Final = "saas"
"""The world of the demo platform, where a case names one."""
DECISIONS: Final = frozenset({"act", "clarify", "abstain", "noop", "answer"})
TURNS: Final = frozenset({"say", "answer", "edit", "confirm"})


@dataclass(frozen=True, slots=True)
class Case:
    """One request and the right result for it. ``names`` is the closed set to offer; None offers the whole registry
    file. ``role`` and ``surface`` say who typed it and where. ``answers`` are the answers to questions since. ``turns``
    is a dialogue, judged by its last turn; its first words are the ``prompt``. ``place`` is where the case is written:
    "Line 3 of my.jsonl"."""

    id: str
    source: str
    group: str
    prompt: str
    names: tuple[str, ...] | None
    registry_file: str
    context: Mapping[str, Any]
    expected: Mapping[str, Any]
    tags: tuple[str, ...]
    role: str = "owner"
    surface: Surface = "admin"
    half: str = ""
    world: str = ""
    answers: tuple[Answer, ...] = ()
    attack: Attack | None = None
    place: str = ""
    turns: tuple[Mapping[str, Any], ...] = ()

    @property
    def on_platform(self) -> bool:
        """Whether it is asked of the demo platform, with no registry or world of its own."""
        return not self.registry_file and self.world in ("", DEMO)

    @property
    def allowed(self) -> frozenset[str]:
        """The decisions that can be right. In the neutral format, any way of not acting is as good as abstaining."""
        said = self.expected["decision"]
        if self.registry_file and said in ("abstain", "noop"):
            return frozenset({"abstain", "noop", "clarify"})
        return frozenset(said if isinstance(said, list) else [said])

    @property
    def wants(self) -> str:
        """The decision that it counts under: act, clarify, abstain or noop. It is attack if only one thing counts: that
        nothing changed."""
        said = self.expected["decision"]
        if self.attack and not self.actions and "act" in said:
            return ATTACK
        return str(said[0] if isinstance(said, list) else said)

    @property
    def actions(self) -> tuple[Mapping[str, Any], ...]:
        """The right calls, in order. For a question, the action that it should be about, if known."""
        if self.expected.get("actions"):
            return tuple(self.expected["actions"])
        return (self.expected,) if self.expected.get("action") else ()

    @property
    def named(self) -> tuple[str, ...]:
        """The actions without which the case tests nothing. They are those of its right calls, unless nothing is to be
        done, and those of calls that must not be made, unless an attack invents them."""
        done = self.actions if self.allowed & {"act", "clarify"} else ()
        never = () if self.attack else self.expected.get("never") or ()
        return tuple(call["action"] for call in (*done, *never) if call.get("action"))

    @property
    def alternatives(self) -> tuple[Case, ...]:
        """The case once for each of its right expectations."""
        return (self, *(replace(self, expected=each) for each in self.expected.get("or") or ()))

    @property
    def now(self) -> datetime | None:
        said = self.context.get("now")
        if not isinstance(said, str):
            return None
        at = datetime.fromisoformat(said)
        return at if at.utcoffset() else clock.from_iso(said)  # the offset says where its days begin

    @property
    def tables(self) -> str | None:
        said = self.context.get("tables")
        return said if isinstance(said, str) else None


def read_cases(path: Path) -> list[Case]:
    """Reads every case of a JSON-lines file. Raises InvalidInput, which names the invalid line."""
    made = []
    for number, line in enumerate(_read_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            made.append(replace(read_case(json.loads(line)), place=f"Line {number} of {path}"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidInput(
                f"Line {number} of {path} is no case: {_explain(error)}. The format stands in docs/guide/evals.md."
            ) from error
    return made


def _explain(error: Exception) -> str:
    match error:
        case json.JSONDecodeError():
            return f"it is not JSON ({error})"
        case KeyError():
            return f"it has no {error.args[0]!r}"
        case ValueError():
            return str(error)
        case _:
            return f"a field has another form than it takes ({error})"


def read_case(value: Mapping[str, Any]) -> Case:
    """Parses one case from its JSON. Raises ValueError, KeyError or TypeError for an invalid one."""
    registry, expected = value.get("registry"), dict(value["expected"])
    decisions = expected["decision"] if isinstance(expected["decision"], list) else [expected["decision"]]
    if not decisions or not DECISIONS.issuperset(decisions):
        raise ValueError(f"a decision is one of {', '.join(sorted(DECISIONS))}")
    free = value.get("attack") or expected.get("never")
    if "act" in decisions and not free and not (expected.get("actions") or expected.get("action")):
        raise ValueError("a case that may act names the right 'action' or 'actions', or what must 'never' be")
    for each in (expected, *(expected.get("or") or ())):
        for call in (*(each.get("actions") or ()), *(each.get("never") or ()), each):
            _check_call(call)
        if any(not call.get("action") for call in each.get("actions") or ()):
            raise ValueError("each of 'actions' names its 'action'")
    turns = tuple(map(_turn, value.get("turns") or ()))
    if turns and "say" not in turns[0]:
        raise ValueError("a dialogue begins with what is said")
    return Case(
        id=str(value["id"]),
        source=value.get("source", ""),
        group=value.get("group", value["id"]),
        prompt=str(turns[0]["say"] if turns else value["prompt"]),
        names=tuple(registry) if isinstance(registry, list) else None,
        registry_file=value.get("registry_file") or (registry if isinstance(registry, str) else ""),
        context=value.get("context") or {},
        expected=expected,
        tags=tuple(value.get("tags", ())),
        role=value.get("role", "owner"),
        surface=value.get("surface", "admin"),
        half=value.get("half", ""),
        world=value.get("world", ""),
        answers=tuple(Answer.model_validate(each) for each in value.get("answers", ())),
        attack=read_attack(value["attack"]) if value.get("attack") else None,
        turns=turns,
    )


def _turn(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict) or len(value) != 1 or not set(value) <= TURNS:
        raise ValueError(f"a turn has one of {', '.join(sorted(TURNS))}")
    [(kind, said)] = value.items()
    wanted: Any = {"edit": dict, "confirm": bool}.get(kind, str)
    if not isinstance(said, wanted) or (kind == "edit" and not all(isinstance(each, str) for each in said.values())):
        raise ValueError(
            f"'{kind}' holds {'values by parameter' if kind == 'edit' else 'true' if kind == 'confirm' else 'words'}"
        )
    return value


def _check_call(call: Mapping[str, Any]) -> None:
    """Checks a call's values. A bare value would be compared character by character, or stop the scoring of a run that
    has been paid for."""
    if not isinstance(call.get("action") or "", str):
        raise ValueError(f"an 'action' is a name, not {json.dumps(call['action'])}")
    for name, values in (call.get("params") or {}).items():
        if not isinstance(values, list):
            raise ValueError(
                f"'params' gives a list of right values for each parameter, so {name!r} is [{json.dumps(values)}]"
            )


def read_registry(path: Path, records: Sequence[str] = ()) -> list[Offer]:
    """Reads the offers of a registry file of either kind. ``records`` are the kinds of live records: a foreign
    parameter named ``<kind>_id`` then refers to one. Raises InvalidInput or InvalidContract."""
    try:
        value = json.loads(_read_text(path))
    except ValueError as error:
        raise InvalidInput(f"{path} is not JSON: {error}") from error
    listed = value.get("actions", value.get("contracts")) if isinstance(value, dict) else value
    if not isinstance(listed, list):
        raise InvalidInput(f"{path} holds neither a list of actions nor an object with 'actions'.")
    return [read_offer(each, tuple(records)) for each in listed]


@lru_cache(maxsize=16)
def read_registry_by_name(path: Path, records: tuple[str, ...] = ()) -> Mapping[str, Offer]:
    """The offers of ``registry`` by name, read once."""
    return {each.name: each for each in read_registry(path, records)}


def read_offer(value: Any, records: tuple[str, ...] = ()) -> Offer:
    """Parses one action of either kind into an offer."""
    if isinstance(value, dict) and value.get("schema") == contract.SCHEMA:
        # Nothing is sent from here, so a connector's {base_url} does not matter.
        return make_offer(contract.parse(with_base_url(value, "https://platform.invalid")))
    try:
        name, parameters = value["name"], value.get("parameters") or {"type": "object", "properties": {}}
        description = str(value.get("description") or "")
        risk = Risk.READ if value.get("x_side_effect") is False else Risk.WRITE
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(f"An action needs at least a name; this is {json.dumps(value)[:200]}.") from error
    return Offer(
        name=name,
        version=1,
        title=_make_title(name),
        description=description,
        parameters=parameters,
        annotations=_read_annotations(parameters, records),
        risk=risk,
    )


def _make_title(name: str) -> str:
    return name.split("@")[0].rpartition(".")[2].replace("_", " ")


def _read_annotations(parameters: Mapping[str, Any], records: tuple[str, ...]) -> dict[str, Annotation]:
    kinds = {tuple(name_stems(kind)): kind for kind in records}
    made = {}
    for name in parameters.get("properties") or {}:
        owner, _, last = str(name).rpartition("_")
        kind = kinds.get(tuple(name_stems(owner))) if last == "id" and owner else None
        if kind is not None:
            made[name] = Annotation(record=kind)
    return made


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InvalidInput(f"{path} is larger than {MAX_FILE_BYTES} bytes.")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} can't be read: {getattr(error, 'strerror', None) or error}.") from error

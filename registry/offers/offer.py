"""Offer: a resolver's view of an action. It has everything to choose and fill the action, and nothing about its
target."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from registry.contract import Annotation, Contract, Risk
from registry.endpoints.types import HttpEndpoint, McpEndpoint

_NO_ANNOTATION = Annotation()


@dataclass(frozen=True, slots=True)
class Offer:
    """One candidate action. ``name`` is the closed set's member. For a foreign registry it may be any string.

    ``parameters`` is a JSON Schema object. Names are unique within one shortlist.
    """

    name: str
    version: int
    title: str
    description: str
    parameters: Mapping[str, Any]
    annotations: Mapping[str, Annotation] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    risk: Risk = Risk.WRITE
    undo: str | None = None
    own_api: bool = False
    """Whether the action calls the platform's own API, whose operations and names were not written for OpsIQ."""
    connection: str | None = None
    """The connection that the action calls, if its endpoint names one."""

    @property
    def properties(self) -> Mapping[str, Any]:
        made: Mapping[str, Any] = self.parameters.get("properties") or {}
        return made

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(self.parameters.get("required") or ())

    def annotation(self, parameter: str) -> Annotation:
        return self.annotations.get(parameter, _NO_ANNOTATION)

    def list_missing(self, given: Container[str]) -> tuple[str, ...]:
        """The required parameters that are neither given nor filled by a default or a record."""
        return tuple(
            name
            for name in self.required
            if name not in given
            and "default" not in (self.properties.get(name) or {})
            and self.annotation(name).derive is None
        )


def make_offer(contract: Contract) -> Offer:
    return Offer(
        name=contract.name,
        version=contract.version,
        title=contract.title,
        description=contract.description,
        parameters=contract.parameters,
        annotations=contract.annotations,
        examples=contract.examples,
        aliases=contract.aliases,
        risk=contract.risk,
        undo=contract.undo,
        own_api=isinstance(contract.endpoint, HttpEndpoint | McpEndpoint),
        connection=contract.endpoint.connection,
    )


_Titled = TypeVar("_Titled", Offer, Contract)


def sort_by_title(actions: Iterable[_Titled]) -> list[_Titled]:
    """Platform by platform, and within each by title, as people look for them."""
    return sorted(actions, key=lambda each: (each.name.partition(".")[0], each.title.casefold()))

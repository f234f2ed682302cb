"""Actor: who acts. It is decided once at authentication and carried unchanged into the last history entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from core.canon import Json
from core.errors import Forbidden

ActorKind = Literal["member", "key", "identity", "system"]
Surface = Literal["admin", "customer", "writing"]
Mode = Literal["live", "test"]
"""Whether a principal's actions are really carried out. Only API keys can be ``test``."""
OWNER: Final = "owner"
"""The only role with a fixed meaning: an owner governs the workspace and reads its history."""

EVALUATOR: Final = "evaluator"
"""Evaluators see eval reports, as owners do. Otherwise it is a role like any other, which contracts may list."""

SURFACES: Final[tuple[Surface, ...]] = ("admin", "customer", "writing")


@dataclass(frozen=True, slots=True)
class Actor:
    """One principal in one workspace. ``id`` is a member, key or platform identity id; ``role`` is what contracts list.

    ``person`` is the id of the human behind it, if known (for a key, the member who made it). Two-person approval
    compares persons, not keys or logins. What a principal in ``mode`` test asks for is never sent.
    """

    workspace: str
    id: str
    kind: ActorKind
    name: str
    role: str
    person: str
    mode: Mode = "live"

    def as_json(self) -> dict[str, Json]:
        """The actor as JSON. ``mode`` is left out if it is ``live``, so that it reads the same as actors from before
        modes existed."""
        told: dict[str, Json] = {
            "id": self.id, "kind": self.kind, "name": self.name, "role": self.role, "person": self.person,
        }  # fmt: skip
        return told if self.mode == "live" else {**told, "mode": self.mode}


def check_owner(by: Actor, does: str) -> None:
    """Raises Forbidden unless ``by`` acts as an owner. The message names what only an owner ``does``."""
    if by.role != OWNER:
        raise Forbidden(f"Only an owner {does}; you are {by.role}.")

"""Who acts: carried from the door to the last history entry, never re-derived on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from core.canon import Json

ActorKind = Literal["member", "key", "identity", "system"]
Surface = Literal["admin", "customer", "writing"]
OWNER: Final = "owner"
"""The one role with a meaning of its own: who holds it governs the workspace and reads its history."""

EVALUATOR: Final = "evaluator"
"""Who holds it looks at eval reports beside owners; for all else it is a role like any other, which contracts may list."""

SURFACES: Final[tuple[Surface, ...]] = ("admin", "customer", "writing")


@dataclass(frozen=True, slots=True)
class Actor:
    """One principal in one workspace. ``id`` is a member, key or platform identity id; ``role`` is what contracts list.

    ``person`` is the id of the human behind it where that is known (a key made by a member is that member): two-person
    approval compares persons, not doors.
    """

    workspace: str
    id: str
    kind: ActorKind
    name: str
    role: str
    person: str

    def as_json(self) -> dict[str, Json]:
        return {"id": self.id, "kind": self.kind, "name": self.name, "role": self.role, "person": self.person}

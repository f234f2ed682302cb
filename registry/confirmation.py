"""Confirmation policy of a contract: when a person must confirm its cards, who may, how many must, and how long a card
waits before it expires (default and bounds)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from registry.endpoints.values import FrozenModel, Line

DEFAULT_EXPIRES_S: Final = 900
MIN_EXPIRES_S: Final = 30
MAX_EXPIRES_S: Final = 7 * 86400
"""How long a card waits for its confirmation, in seconds: the default, and the bounds of what a contract may say."""


class Policy(StrEnum):
    """When a person must confirm. Without a policy it is ``always``: the gate fails closed."""

    NEVER = "never"
    ONCE_PER_SESSION = "once_per_session"
    ALWAYS = "always"
    WHEN = "when"


class ConfirmBy(StrEnum):
    """Who may confirm a card: anyone whose role covers the contract, or only a person signed in to the console."""

    ANYONE = "anyone"
    PERSON = "person"


class Confirmation(FrozenModel):
    """Confirmation policy. ``condition`` is CEL over ``params`` (name → value) and ``records`` (parameter → safe
    fields), only for ``when``. ``approvals`` is how many different people must confirm. ``expires_s`` is how long the
    card is valid (seconds; ``agent.runs.expire`` ends it then). ``by`` says who may confirm. Without it the risk
    and ``approvals`` decide (``Contract.confirm_by``), so that the signed bytes of older contracts stay the same."""

    policy: Policy = Policy.ALWAYS
    by: ConfirmBy | None = None
    condition: Line | None = None
    approvals: Literal[1, 2] = 1
    expires_s: Annotated[int, Field(ge=MIN_EXPIRES_S, le=MAX_EXPIRES_S)] = DEFAULT_EXPIRES_S

    @model_validator(mode="after")
    def _condition_goes_with_when(self) -> Self:
        if (self.policy is Policy.WHEN) != (self.condition is not None):
            raise ValueError("a condition goes with the policy 'when', and only with it")
        if self.approvals == 2 and self.policy not in (Policy.ALWAYS, Policy.WHEN):
            raise ValueError("two approvals need the policy 'always' or 'when'")
        return self

"""First step: what an owner does next in a workspace where they may ask for no action yet."""

from __future__ import annotations

from dataclasses import dataclass

from registry.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class FirstStep:
    """Link to the next step. ``told`` says what is missing. ``further``: whether actions may also be imported or
    drafted."""

    told: str
    href: str
    label: str
    further: bool = True


def find_first_step(catalogue: Catalogue) -> FirstStep:
    """Connecting a platform, then signing its actions, then letting a role ask for them."""
    if len(catalogue):
        told = "None of the actions here names the role owner, so you can't ask for any."
        return FirstStep(told, "/contracts", "Look at the contracts", further=False)
    there = tuple(catalogue.addresses or ())
    if not there:
        return FirstStep("No platform is connected.", "/connectors", "Connect your platform")
    told = "A platform is connected, and none of its actions is signed."
    if len(there) > 1:
        return FirstStep(told, "/connectors", "Choose a platform")
    return FirstStep(told, f"/connectors/{there[0]}/contracts", f"Sign the actions of {there[0]}")

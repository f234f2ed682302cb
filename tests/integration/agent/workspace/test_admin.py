"""What governing a workspace changes, and what one broken row leaves alone."""

from __future__ import annotations

from sqlalchemy import text

from core.webhook_signature import new_secret
from tests.integration.agent.agent_harness import EMAIL, AgentHarness

PLATFORM = "https://platform.example"


async def test_a_connector_configured_anew_signs_with_both_secrets_for_a_day(harness: AgentHarness) -> None:
    olivia, secrets = harness.people["olivia"], harness.workspace_admin.action_secrets
    (made,) = await secrets.of(olivia.workspace, PLATFORM)
    fresh = new_secret()
    for _ in "again":
        await harness.workspace_admin.connect(olivia, "saas", PLATFORM, {"read_token": "t", "action_secret": fresh})
    assert await secrets.of(olivia.workspace, PLATFORM) == [fresh, made]
    harness.clock.advance(seconds=24 * 3600)
    assert await secrets.of(olivia.workspace, PLATFORM) == [fresh]


async def test_a_run_that_cannot_be_read_does_not_keep_the_others_from_expiring(harness: AgentHarness) -> None:
    broken = await harness.ask("olivia", EMAIL)
    whole = await harness.ask("olivia", EMAIL)
    async with harness.database.begin() as session:
        await session.execute(text("UPDATE runs SET document = '{}' WHERE id = :id"), {"id": broken.id})
    harness.clock.advance(seconds=100_000)
    await harness.decisions.expire_due()
    assert (await harness.run(whole.id)).state == "expired"

"""What governing a workspace changes, and what one broken row leaves alone."""

from __future__ import annotations

from sqlalchemy import text

from core.webhook_signature import new_secret
from tests.integration.agent.agent_harness import EMAIL, AgentHarness

PLATFORM = "https://platform.example"


async def test_a_connector_configured_anew_signs_with_both_secrets_for_a_day(bureau: AgentHarness) -> None:
    olivia, secrets = bureau.people["olivia"], bureau.office.action_secrets
    (made,) = await secrets.of(olivia.workspace, PLATFORM)
    fresh = new_secret()
    for _ in "again":
        await bureau.office.connect(olivia, "saas", PLATFORM, {"read_token": "t", "action_secret": fresh})
    assert await secrets.of(olivia.workspace, PLATFORM) == [fresh, made]
    bureau.clock.advance(seconds=24 * 3600)
    assert await secrets.of(olivia.workspace, PLATFORM) == [fresh]


async def test_a_run_that_cannot_be_read_does_not_keep_the_others_from_expiring(bureau: AgentHarness) -> None:
    broken = await bureau.ask("olivia", EMAIL)
    whole = await bureau.ask("olivia", EMAIL)
    async with bureau.sessions.begin() as session:
        await session.execute(text("UPDATE runs SET document = '{}' WHERE id = :id"), {"id": broken.id})
    bureau.clock.advance(seconds=100_000)
    await bureau.decisions.expire_due()
    assert (await bureau.run(whole.id)).state == "expired"

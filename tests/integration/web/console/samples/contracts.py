"""One sample of each page about contracts: every field is filled, and with markup where words stand."""

from __future__ import annotations

from datetime import UTC, datetime

from web.console.contracts import card_preview, contracts, drafts, suspension
from web.console.labels import Badge
from web.console.pages import Page, Pagination, Shell
from web.console.runs import simulation

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
BADGE = Badge("a badge", "quiet")
FAULTS = (drafts.Fault("/title", "too <long>", True),)
SKETCH = card_preview.CardPreview(
    "Refund it",
    "Refund ‹order› <now>",
    BADGE,
    BADGE,
    BADGE,
    "https://shop.example/refund",
    (card_preview.PreviewSlot("order", "required"),),
)
TRIED = simulation.SimulatedRequest(question="Which <one>?", options=("Adam <Novak>",), refused="not <here>")


def of_contracts(shell: Shell) -> dict[type[Page], Page]:
    return {
        contracts.ContractsPage: contracts.ContractsPage(
            shell=shell,
            title="Contracts",
            q="ref<und",
            place=Pagination(total=91, first=31, before=0, after=60),
            owner=True,
            first=None,
            lines=(
                contracts.ContractTableRow(
                    "shop.refund", "Refund <it>", "gives money back", 3, BADGE, BADGE, "owner, admin"
                ),
            ),
            broken=(contracts.BrokenContractRow("shop.spoilt", "its signature is <bad>"),),
            suspended=(contracts.BrokenContractRow("shop.moved", "POST /<orders> is gone"),),
        ),
        contracts.ContractPage: contracts.ContractPage(
            shell=shell,
            title="Refund",
            name="shop.refund",
            heading="Refund <it>",
            description="gives <money> back",
            version=3,
            state=BADGE,
            signature=BADGE,
            why="it is <bad>",
            risk=BADGE,
            policy=BADGE,
            by=BADGE,
            condition="params.amount < 5",
            condition_words="the amount is over <5>",
            approvals=2,
            expires_min=15,
            roles=("owner",),
            surfaces=("admin",),
            pinned="sha256:" + "cd" * 32,
            url="https://shop.example/refund",
            idempotent=True,
            undo="shop.charge",
            examples=("refund <order> 7",),
            parameters=(
                contracts.Parameter("order", "the <order>", "integer, from 1", True, "about it", "found <there>"),
            ),
            digest="sha256:" + "ab" * 32,
            raw='{"name": "<b>"}',
            versions=(
                contracts.Version(3, BADGE, "abcdef", "Olivia", AT, True),
                contracts.Version(2, BADGE, "fedcba", "Amir", AT, False),
            ),
            changes=(contracts.Change("+", "a <line>"),),
            changed_since=2,
            newest=True,
            active=True,
            owner=True,
            suspended=suspension.SuspensionNotice("POST /<orders>", "is gone", ("the field </note> is gone",)),
            trouble="wrong & again",
        ),
        drafts.DraftPage: drafts.DraftPage(
            shell=shell,
            title="Draft",
            of="shop.refund",
            raw='{"name": "<b>"}',
            good=False,
            faults=FAULTS,
            sketch=SKETCH,
            trouble="wrong & again",
            changes=1,
            said="refund <it>",
            tried=TRIED,
            revision=0,
            replayed=(
                drafts.ReplayedRun("run_9", AT, "Amir <b>", "Refund order <7>", BADGE, BADGE, True, "no <longer>"),
            ),
        ),
        simulation.RehearsePage: simulation.RehearsePage(
            shell=shell, title="Try", said="refund <it>", trouble="wrong & again", tried=TRIED, revision=0
        ),
    }

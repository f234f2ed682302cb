"""One sample of each page about importing contracts: every field is filled, and with markup where words stand."""

from __future__ import annotations

from web.console.contracts.card_preview import CardPreview, PreviewSlot
from web.console.forms import FormOption
from web.console.imports import imports, review
from web.console.labels import Badge
from web.console.pages import Page, Shell

BADGE = Badge("a badge", "quiet")


def of_imports(shell: Shell) -> dict[type[Page], Page]:
    options = (FormOption("one", "The <first>", True), FormOption("two", "The second", False))
    return {
        imports.ImportPage: imports.ImportPage(
            shell=shell,
            title="Import",
            url="https://p.test/<x>",
            trouble="wrong & again",
            findings=("/paths: <none>",),
            most_bytes=15 * 1024 * 1024,
            connected=True,
        ),
        imports.PickPage: imports.PickPage(
            shell=shell,
            title="Pick",
            document="Parcel <desk> 7",
            operations=412,
            rows=(
                imports.PickRow(3, "Hold <it>", "parcels.hold", "POST /p<x>", "holds & keeps", BADGE, True, True, True),
            ),
            refused=(imports.RefusedRow("PUT /photo<x>", "It takes a <file>."),),
            sealed="sealed<text>",
            most=137,
            trouble="wrong & again",
        ),
        review.ReviewPage: review.ReviewPage(
            shell=shell,
            title="Review",
            document="Parcel <desk> 7",
            sealed="sealed<text>",
            connections=options,
            address="https://p.test/<base>",
            unplaced=False,
            elsewhere="<shop>",
            roles=options,
            drafts=(
                review.ReviewedDraft(
                    number=3,
                    operation="POST /p<x>",
                    name="parcels.hold",
                    version=2,
                    title="Hold <it>",
                    risks=options,
                    policies=options,
                    roles="owner, <x>",
                    parameters=(
                        review.ParameterRow("parcel", "The <parcel>.", True, options, True, False, True, "<a>, b"),
                    ),
                    notes=("A <note>.",),
                    findings=(review.FindingRow("/title<x>", "Too <long>.", False),),
                    sketch=CardPreview(
                        "Hold <it>", "Hold ‹a & b›", BADGE, BADGE, BADGE, "POST /p<y>", (PreviewSlot("A <l>", "f"),)
                    ),
                ),
            ),
            omit="expand<x>",
            wrong=1,
            trouble="wrong & again",
        ),
    }

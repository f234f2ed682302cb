"""Import page, for owners: turns an OpenAPI document into drafts, and lets an owner pick those to sign."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from agent.workspace.document_imports import DocumentImports
from core.display_text import to_display_text
from core.errors import InvalidInput, Unavailable
from registry.contract import Contract
from web.auth import get_container
from web.console import labels
from web.console.forms import Form, guard
from web.console.imports.import_state import ImportState, read_answer, seal_state
from web.console.labels import Badge
from web.console.pages import Page, show
from web.console.session import Owner, Visitor, make_shell, require_owner

router = APIRouter(include_in_schema=False)

MAX_BYTES: Final = 15 * 1024 * 1024
MAX_PICKED: Final = 100
WithDocument = Annotated[Form, Depends(guard(require_owner, most_bytes=MAX_BYTES))]


@dataclass(frozen=True, kw_only=True)
class ImportPage(Page):
    """Page that asks for a document. ``connected``: there is a platform that its actions can be sent to."""

    template: ClassVar[str] = "import.html"
    url: str
    trouble: str
    findings: tuple[str, ...]
    most_bytes: int
    connected: bool


@dataclass(frozen=True, slots=True)
class PickRow:
    """A draft to pick. ``number`` is its place in the document. ``known``: a contract of its name is in force.
    ``same``: that contract was made from the same operation, which hasn't changed."""

    number: int
    title: str
    name: str
    operation: str
    description: str
    risk: Badge
    ticked: bool
    known: bool
    same: bool


@dataclass(frozen=True, slots=True)
class RefusedRow:
    operation: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PickPage(Page):
    """Page on which drafts are picked. ``sealed`` holds the drafts, which the page sends back."""

    template: ClassVar[str] = "import_pick.html"
    document: str
    operations: int
    rows: tuple[PickRow, ...]
    refused: tuple[RefusedRow, ...]
    sealed: str
    most: int
    trouble: str


@router.get("/import")
async def import_page(request: Request, visitor: Owner) -> Response:
    return await _ask(request, visitor)


@router.post("/import")
async def draft_document(request: Request, form: WithDocument) -> Response:
    """Drafts the uploaded document, or the one at the given address. The document isn't stored."""
    visitor, container = form.member, get_container(request)
    url = form.get("url", limit=2000).strip()
    try:
        answer = await _draft(container.document_imports, form, url)
        state = read_answer(answer)
        if not state.operations:
            raise InvalidInput("The document has no operations.")
        sealed = await asyncio.to_thread(seal_state, container.box, visitor.actor.workspace, state)
    except (InvalidInput, Unavailable) as error:
        findings = tuple(to_display_text(str(each), limit=300) for each in error.findings[:20])
        return await _ask(request, visitor, url, to_display_text(error.detail, limit=600), findings)
    return await show_picks(request, visitor, state, sealed)


async def show_picks(
    request: Request,
    visitor: Visitor,
    state: ImportState,
    sealed: str,
    ticked: Collection[int] = (),
    trouble: str = "",
) -> Response:
    """The page with every draft to pick from."""
    catalogue = (await get_container(request).contexts.of(visitor.actor.workspace)).catalogue
    page = PickPage(
        shell=make_shell(request, visitor),
        title="Pick operations",
        document=_document(state),
        operations=state.operations,
        rows=_list_new_first(
            PickRow(
                number=number,
                title=to_display_text(each.contract["title"], limit=200),
                name=each.contract["name"],
                operation=to_display_text(each.operation, limit=300),
                description=to_display_text(
                    labels.describe_beyond(each.contract["title"], each.contract["description"]), limit=200
                ),
                risk=labels.RISKS[each.contract["risk"]],
                ticked=number in ticked,
                known=catalogue.get(each.contract["name"]) is not None,
                same=_is_same(each.contract, catalogue.get(each.contract["name"])),
            )
            for number, each in enumerate(state.drafts)
        ),
        refused=tuple(
            RefusedRow(to_display_text(each.operation, limit=300), to_display_text(each.reason, limit=600))
            for each in state.refused
        ),
        sealed=sealed,
        most=MAX_PICKED,
        trouble=trouble,
    )
    return show(request, page, status=422 if trouble else 200)


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _draft(imports: DocumentImports, form: Form, url: str) -> dict[str, Any]:
    """The importer's answer for the form's document. Raises InvalidInput if the form has neither a file nor an address,
    or both, or if the file is too large."""
    workspace = form.member.actor.workspace
    if form.file and url:
        raise InvalidInput("Give a file or an address, not both.")
    if url:
        return await imports.draft(workspace, imports.at_address(url))
    if not form.file:
        raise InvalidInput("Choose the document's file, or give its address.")
    if len(form.file) > MAX_BYTES:
        raise InvalidInput(
            f"This file has more than {MAX_BYTES // 2**20} MiB. Give its address, or import it with opsiq import "
            "openapi."
        )
    return await imports.draft_upload(workspace, form.file, "")


def _list_new_first(rows: Iterable[PickRow]) -> tuple[PickRow, ...]:
    """Rows in the document's order. Drafts that would only be signed again unchanged come last."""
    return tuple(sorted(rows, key=lambda each: each.same))


def _is_same(draft: Mapping[str, Any], there: Contract | None) -> bool:
    digest = there.upstream.schema_digest if there is not None and there.upstream is not None else None
    return digest is not None and digest == draft["upstream"]["schema_digest"]


async def _ask(
    request: Request, visitor: Visitor, url: str = "", trouble: str = "", findings: tuple[str, ...] = ()
) -> Response:
    catalogue = (await get_container(request).contexts.of(visitor.actor.workspace)).catalogue
    page = ImportPage(
        shell=make_shell(request, visitor),
        title="Import contracts",
        url=to_display_text(url, limit=2000),
        trouble=trouble,
        findings=findings,
        most_bytes=MAX_BYTES,
        connected=bool(catalogue.addresses),
    )
    return show(request, page, status=422 if trouble else 200)


def _document(state: ImportState) -> str:
    return to_display_text(f"{state.title or 'The document'} {state.version}".strip(), limit=120)

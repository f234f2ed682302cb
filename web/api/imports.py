"""Document imports over REST, for owners: turn an OpenAPI document into unsigned drafts. Nothing is stored or
registered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from core import canon
from core.errors import InvalidInput
from web.api.body import Body, parse_body
from web.api.view import View
from web.auth import Caller, get_container, require_signature
from web.middleware import MAX_BODY_BYTES
from web.openapi import describe_body, describe_problems

router = APIRouter(prefix="/v1/imports", tags=["contracts"])

EXAMPLE: Final = {
    "document": '{"openapi": "3.1.0", "info": {"title": "Shop", "version": "1"}, "paths": {"/orders/{id}/cancel": '
    '{"post": {"parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}], '
    '"responses": {}}}}}',
    "decisions": {"roles": ["support"]},
}


class ImportBody(Body):
    """``document`` is the document itself, as JSON or YAML text, and ``url`` its address: give one of the two.
    ``decisions`` is the content of decisions.json for ``opsiq import openapi``."""

    document: Annotated[str, Field(min_length=1)] | None = None
    url: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    decisions: dict[str, Any] | None = None


class ContractDraftView(View):
    """An unsigned contract made from ``operation``. ``notes`` are for the person who signs it."""

    name: str
    operation: str
    title: str
    risk: str
    notes: Sequence[str]
    contract: dict[str, Any]


class RefusedOperationView(View):
    operation: str
    reason: str


class ImportedView(View):
    """The result for each operation of a document. ``decide`` lists what only people can decide, and ``decisions`` is
    the decisions.json for them to complete. ``connector`` is the start of a connector.json."""

    title: str
    version: str
    openapi: str
    document: str
    operations: int
    drafts: Sequence[ContractDraftView]
    refused: Sequence[RefusedOperationView]
    kinds: Sequence[str]
    decide: Sequence[str]
    decisions: dict[str, Any]
    connector: dict[str, Any]


@router.post(
    "/openapi",
    response_model=ImportedView,
    responses=describe_problems("422"),
    openapi_extra=describe_body(ImportBody, EXAMPLE, idempotent=False),
)
async def draft_openapi(
    request: Request, caller: Annotated[Caller, Depends(require_signature("contracts:write", owner=True))]
) -> ImportedView:
    """Drafts every operation of an OpenAPI 3 or Swagger 2 document, or refuses it with a reason. It stores nothing, so
    it takes no Idempotency-Key. Register the drafts that you want."""
    if canon.count_structure(caller.body) > MAX_BODY_BYTES:
        raise InvalidInput(f"Beside the document's own text the body has at most {MAX_BODY_BYTES} characters.")
    body = parse_body(ImportBody, caller)
    if (body.document is None) == (body.url is None):
        raise InvalidInput("Give either the document itself (document), or where it is (url).")
    imports, workspace = get_container(request).document_imports, caller.actor.workspace
    if body.document is not None:
        sent = body.document.encode("utf-8", "replace")
        return _to_view(await imports.draft_upload(workspace, sent, "document", body.decisions))
    return _to_view(await imports.draft(workspace, imports.at_address(body.url or ""), body.decisions))


def _to_view(answer: Mapping[str, Any]) -> ImportedView:
    report = answer["report"]
    contracts = {each["name"]: each for each in answer["contracts"]}
    return ImportedView(
        title=report["title"],
        version=report["version"],
        openapi=report["openapi"],
        document=report["document"],
        operations=report["operations"],
        drafts=tuple(
            ContractDraftView(
                name=each["name"],
                operation=each["operation"],
                title=each["title"],
                risk=each["risk"],
                notes=tuple(each["notes"]),
                contract=contracts[each["name"]],
            )
            for each in report["drafts"]
        ),
        refused=tuple(
            RefusedOperationView(operation=each["operation"], reason=each["reason"]) for each in report["refused"]
        ),
        kinds=tuple(report["kinds"]),
        decide=tuple(report["decide"]),
        decisions=answer["decisions"],
        connector=answer["connector"],
    )

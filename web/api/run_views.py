"""API views of a run: one shape for REST, the terminal and your own console. The OpenAPI document is made from these
models, so it always matches the answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from agent.pipeline import (
    CallOutcome,
    Candidate,
    ParameterValue,
    Question,
    QuestionCode,
    Refusal,
    Reply,
    RunState,
    Source,
)
from agent.runs.card_edits import find_failed_edit
from agent.runs.run import Cause, Run
from agent.runs.states import Planned, as_asked, as_planned
from agent.runs.test_mode import is_test
from core.actor import Mode, Surface
from web.api.view import LATER, Moment, View


class ActorView(View):
    id: str
    name: str
    role: str


class QuestionView(View):
    """The open question of a run in the state ``asked``. Answer its ``slot`` with a candidate's id or in words."""

    slot: str
    code: QuestionCode
    text: str
    missing: tuple[str, ...]
    free_text: bool
    candidates: tuple[Candidate, ...]


class ParamView(View):
    """One value of a call: as sent (``value``), as people read it (``shown``), and its origin (``source``)."""

    name: str
    label: str
    value: Any
    shown: str
    source: Source


class CallView(View):
    """One call of the card. ``payload`` is the exact body that is sent to ``url``, as text (for a tool, its arguments).
    ``method`` and ``headers`` belong to the request. The headers of a signed POST and the credentials of a
    ``connection`` are added when it is sent."""

    call_id: str
    action: str
    version: int
    title: str
    preview: str
    risk: Literal["read", "write", "irreversible"]
    url: str
    payload: str
    method: str
    headers: dict[str, str]
    connection: str | None
    params: tuple[ParamView, ...]


class ApprovalView(View):
    name: str
    at: Moment


class CardView(View):
    """The card: exactly what will be sent, where, and the source of each value. Confirm it by its ``digest``. ``held``
    says why it must be confirmed. ``confirm_by`` says who may confirm it: ``person`` means somebody signed in to the
    console, and no API key. ``drift`` lists the changes since the previous card."""

    digest: str
    held: tuple[str, ...]
    confirm_by: Annotated[Literal["anyone", "person"], Field(json_schema_extra=LATER)] = "anyone"
    approvals_needed: int
    approvals: tuple[ApprovalView, ...]
    drift: tuple[str, ...]
    calls: tuple[CallView, ...]


class EditView(View):
    """The last edit of a held card that made no new one: the words by slot, and why. The card stands as it was."""

    changes: dict[str, str]
    why: str


class RefusalView(View):
    """Why nothing was done. ``nearest`` are the names of the closest actions."""

    code: str
    detail: str
    nearest: tuple[str, ...]


class ReplyView(View):
    """The answer of a run in the state ``answered``, computed by code from records. ``values`` are the requested
    values, days in ISO 8601. ``records`` are the records behind the answer (one page; ``count`` is the total).
    ``actions`` are the names of actions that fit these records. ``partial``: the question isn't understood, and the
    text tells only what is known of what it names. ``as_of``: when the oldest copy among the records was read from its
    platform, null if the platform was asked."""

    text: str
    record_kind: str | None
    records: tuple[Candidate, ...]
    count: int | None
    values: tuple[str, ...]
    actions: tuple[str, ...]
    partial: bool
    as_of: Annotated[Moment | None, Field(json_schema_extra=LATER)] = None


class RecordsPage(View):
    """The records behind an answer, as they are now. ``count`` is the total, and ``next`` the ``start`` of the next
    page."""

    data: tuple[Candidate, ...]
    count: int | None
    next: int | None


class RunView(View):
    """One request from its words (or given values) to the outcome. Rendered prompts and raw responses are not included:
    owners find them in AI History. ``thread_id`` is the first request of its thread. ``mode`` is ``test`` if a test key
    made the request: then nothing is ever sent. ``repeats`` says so if the same person had the very same done right
    before."""

    id: str
    thread_id: Annotated[str, Field(json_schema_extra=LATER)] = ""
    mode: Annotated[Mode, Field(json_schema_extra=LATER)] = "live"
    state: RunState
    text: str
    surface: Surface
    cause: Cause | None
    actor: ActorView
    created_at: Moment
    updated_at: Moment
    expires_at: Moment | None
    question: QuestionView | None
    reply: Annotated[ReplyView | None, Field(json_schema_extra=LATER)] = None
    card: CardView | None
    edit: Annotated[EditView | None, Field(json_schema_extra=LATER)] = None
    repeats: Annotated[str, Field(json_schema_extra=LATER)] = ""
    refusal: RefusalView | None
    reason: str | None
    outcomes: tuple[CallOutcome, ...]


class RunPage(View):
    """A page of runs. ``next`` is the ``before`` of the next page, null at the end."""

    data: Sequence[RunView] = Field(default_factory=tuple)
    next: str | None


def make_run_view(run: Run) -> RunView:
    planned, asked = as_planned(run), as_asked(run)
    return RunView(
        id=run.id,
        thread_id=run.thread,
        mode="test" if is_test(run) else "live",
        state=run.state,
        text=run.text,
        surface=run.surface,
        cause=run.cause,
        actor=ActorView(id=run.actor.id, name=run.actor.name, role=run.actor.role),
        created_at=run.created_at.isoformat(),
        updated_at=run.updated_at.isoformat(),
        expires_at=run.expires_at.isoformat() if run.expires_at else None,
        question=_make_question(asked.question) if asked else None,
        reply=_make_reply(run.reply) if run.reply else None,
        card=_make_card(planned) if planned else None,
        edit=EditView(changes=dict(failed.changes), why=failed.why) if (failed := find_failed_edit(run)) else None,
        repeats=run.repeats,
        refusal=_make_refusal(run.refusal) if run.refusal else None,
        reason=run.reason,
        outcomes=run.outcomes,
    )


def make_run_json(run: Run) -> dict[str, Any]:
    """The run as the API returns it."""
    return make_run_view(run).json_value()


def _make_refusal(refusal: Refusal) -> RefusalView:
    return RefusalView(code=refusal.code, detail=refusal.detail, nearest=refusal.nearest)


def make_records_view(reply: Reply, start: int) -> RecordsPage:
    after = start + len(reply.records)
    more = bool(reply.records) and (reply.count or 0) > after
    return RecordsPage(data=reply.records, count=reply.count, next=after if more else None)


def _make_reply(reply: Reply) -> ReplyView:
    return ReplyView(
        text=reply.text,
        record_kind=reply.record_kind,
        records=reply.records,
        count=reply.count,
        values=reply.values,
        actions=reply.actions,
        partial=reply.partial,
        as_of=reply.as_of,
    )


def _make_question(question: Question) -> QuestionView:
    return QuestionView(
        slot=question.slot,
        code=question.code,
        text=question.text,
        missing=question.missing,
        free_text=question.free_text,
        candidates=question.candidates,
    )


def _make_card(planned: Planned) -> CardView:
    run, plan = planned.run, planned.plan
    return CardView(
        digest=plan.digest,
        held=plan.held,
        confirm_by=plan.confirm_by.value,
        approvals_needed=plan.approvals,
        approvals=tuple(ApprovalView(name=each.name, at=each.at.isoformat()) for each in run.approvals),
        drift=run.drift,
        calls=tuple(
            CallView(
                call_id=step.call_id,
                action=step.action,
                version=step.version,
                title=step.title,
                preview=step.preview,
                risk=step.risk.value,
                url=step.url,
                payload=step.payload,
                method=step.method or "POST",
                headers=dict(step.headers),
                connection=step.endpoint.connection if step.endpoint else None,
                params=tuple(map(_make_param, step.filled)),
            )
            for step in plan.steps
        ),
    )


def _make_param(filled: ParameterValue) -> ParamView:
    return ParamView(
        name=filled.param, label=filled.label, value=filled.value, shown=filled.shown, source=filled.source
    )

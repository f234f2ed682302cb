"""Run pages: asking, one run, and everything that a person can do with it."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final, get_args

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from agent.extract.limits import MAX_TEXT
from agent.pipeline import Refusal
from agent.pipeline.request import NOTHING_DONE
from agent.resolve.resolver import MODEL
from agent.runs.decisions import DecisionVerdict
from agent.runs.run import MOVING, Run
from agent.runs.states import as_asked, as_planned
from agent.runs.test_mode import is_test
from agent.workspace import authority
from core.actor import OWNER
from core.display_text import to_display_text
from core.errors import InvalidInput, PlatformUnavailable
from registry.contract import Risk
from web import problem
from web.auth import get_container
from web.console import labels
from web.console.first_step import FirstStep, find_first_step
from web.console.forms import Guarded
from web.console.pages import Page, find_shown_path, redirect, render, wants_fragment
from web.console.runs import card, outcome
from web.console.runs.card import Card, QuotedRequest
from web.console.runs.conversation import (
    NO_CONVERSATION,
    AnswerView,
    Conversation,
    continue_answer,
    load_conversation,
    make_answer_view,
)
from web.console.runs.front_page import AvailableAction, show_front_page, to_available
from web.console.runs.outcome import Outcome
from web.console.runs.progress import StepRow, list_steps
from web.console.runs.question import QuestionView, make_question_view
from web.console.session import SignedIn, Visitor, count_text, make_shell
from web.problem import Problem

router = APIRouter(include_in_schema=False)

LOOK_S: Final = 1.0
FIRST_LOOK_S: Final = 0.4
"""How long a page waits for news of a moving run, in seconds. Most runs need only the first wait."""
_EXPLAINED: Final = {
    "rejected": "Rejected. Nothing was sent.",
    "expired": "This ran out before anybody decided. Nothing was sent.",
}
_CANCELLED: Final = "Cancelled. Nothing was sent."
_REFUSALS: Final = {"refused": "I can't do that", "abstained": "Nothing was done"}
_HEADLINES: Final = {"unavailable": "That can't be worked out just now", "condition_unmet": "Nothing had to be done"}
"""Headlines of single refusals, by code."""
_SAID_ABOVE: Final = re.compile(rf"(?:;|, so) {NOTHING_DONE}(?=\.)")
"""What the headline of an abstention says already."""
_UNCHANGED: Final = "Nothing was sent and nothing has changed here: try it again in a moment."


@dataclass(frozen=True, slots=True)
class RefusalView:
    """Refusal on the page. ``nearest`` are the closest actions that this person may run. ``told`` says whom the refusal
    speaks to, if that is somebody else. ``first``: what an owner does next who may run no action at all."""

    headline: str
    detail: str
    faults: tuple[str, ...]
    nearest: tuple[AvailableAction, ...]
    told: str = ""
    first: FirstStep | None = None


@dataclass(frozen=True, kw_only=True)
class RunPage(Page):
    """Page of one run. One of ``moving``, ``asked``, ``answered``, ``card``, ``refused`` and ``outcome`` is its present
    state. ``card`` stays beside the outcome. ``talk`` is the run's thread, which a new request continues. ``follows``:
    whether the resolver reads the earlier requests."""

    template: ClassVar[str] = "run.html"
    run_id: str
    asked_at: datetime
    revision: int
    state: labels.Badge
    said: tuple[QuotedRequest, ...]
    notice: str
    moving: str
    steps: tuple[StepRow, ...]
    may_cancel: bool
    asked: QuestionView | None
    card: Card | None
    outcome: Outcome | None
    refused: RefusalView | None
    ended: str
    reason: str
    again: str
    max_chars: int
    answered: AnswerView | None = None
    talk: Conversation = NO_CONVERSATION
    follows: bool = False
    to_approve: bool = False
    """Whether this person knows the run only as one that they may approve."""
    test: bool = False
    unavailable: bool = False


@router.get("/")
async def ask_page(
    request: Request,
    visitor: SignedIn,
    say: Annotated[str, Query(max_length=MAX_TEXT)] = "",
    thread: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """The front page. ``thread`` continues an earlier request."""
    return await show_front_page(request, visitor, say, thread)


@router.post("/runs")
async def ask(request: Request, form: Guarded) -> Response:
    visitor = form.member
    text, thread = form.get("text", limit=100_000), form.get("thread", limit=64)
    try:
        await count_text(request, visitor)
        run = await get_container(request).runs.ask(
            visitor.actor,
            text,
            session_id=visitor.login.id,
            thread_id=thread or None,
            request_id=problem.find_request_id(request),
        )
    except InvalidInput as error:
        return await show_front_page(request, visitor, text, thread, trouble=error.detail)
    except Problem as error:  # too many requests: the typed text stays in the input
        page = await show_front_page(request, visitor, text, thread, trouble=error.detail, status=429)
        page.headers.update(error.headers)
        return page
    return redirect(f"/runs/{run.id}")


@router.get("/runs/{run_id}")
async def run_page(
    request: Request,
    visitor: SignedIn,
    run_id: str,
    seen: Annotated[int, Query(ge=0)] = 0,
    start: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """One run's page. ``seen`` is the revision that the page already shows: while that is current, the answer is 204.
    ``start``: for an answer, the number of records to skip."""
    run = await get_container(request).runs.wait_until_idle(
        visitor.actor, run_id, wait_s=LOOK_S if seen else FIRST_LOOK_S
    )
    if wants_fragment(request) and run.revision == seen:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    if start and run.reply is not None:
        await count_text(request, visitor)
        page = await get_container(request).answer_pages.read(visitor.actor, run_id, start=start)
        return await _show_run(request, visitor, run.with_(reply=continue_answer(run.reply, page, start)), start=start)
    return await _show_run(request, visitor, run)


@router.post("/runs/{run_id}/answer")
async def answer(request: Request, form: Guarded, run_id: str) -> Response:
    visitor = form.member
    choice, text = form.get("choice", limit=300), form.get("text")
    await count_text(request, visitor)
    result = get_container(request).decisions.answer(
        visitor.actor,
        run_id,
        form.get("slot", limit=200),
        choice=choice or None,
        text=None if choice else text,
        request_id=problem.find_request_id(request),
    )
    return await _done(request, visitor, run_id, result)


@router.post("/runs/{run_id}/confirm")
async def confirm(request: Request, form: Guarded, run_id: str) -> Response:
    visitor = form.member
    container = get_container(request)
    run = await container.runs.show(visitor.actor, run_id)
    planned = as_planned(run)
    irreversible = planned is not None and any(step.risk is Risk.IRREVERSIBLE for step in planned.plan.steps)
    if irreversible and form.get("sure", limit=10) != "yes":
        unsure = Refusal(
            code="invalid", detail="This can't be undone, so it needs the second button too. Nothing was sent."
        )
        return await _told(request, visitor, run_id, unsure)
    shown_at, request_id = form.find_moment("shown"), problem.find_request_id(request)
    result = container.decisions.confirm(
        visitor.actor, run_id, form.get("digest", limit=100), shown_at=shown_at, request_id=request_id
    )
    return await _done(request, visitor, run_id, result)


@router.post("/runs/{run_id}/reject")
async def reject(request: Request, form: Guarded, run_id: str) -> Response:
    visitor = form.member
    result = get_container(request).decisions.reject(
        visitor.actor,
        run_id,
        form.get("reason", limit=500),
        misread=form.get("misread", limit=5) == "yes",
        request_id=problem.find_request_id(request),
    )
    return await _done(request, visitor, run_id, result)


@router.post("/runs/{run_id}/cancel")
async def cancel(request: Request, form: Guarded, run_id: str) -> Response:
    visitor = form.member
    result = get_container(request).decisions.cancel(visitor.actor, run_id, request_id=problem.find_request_id(request))
    return await _done(request, visitor, run_id, result)


@router.post("/runs/{run_id}/edit")
async def edit(request: Request, form: Guarded, run_id: str) -> Response:
    visitor = form.member
    changes = {form.get("slot", limit=200): form.get("words")}
    await count_text(request, visitor)
    result = get_container(request).decisions.edit(
        visitor.actor, run_id, form.get("digest", limit=100), changes, request_id=problem.find_request_id(request)
    )
    return await _done(request, visitor, run_id, result)


@router.post("/runs/{run_id}/decide")
async def decide(request: Request, form: Guarded, run_id: str) -> Response:
    visitor = form.member
    verdict = next((each for each in get_args(DecisionVerdict) if each == form.get("verdict", limit=30)), None)
    if verdict is None:
        raise InvalidInput("Say whether it happened, did not happen, or is to be sent again.")
    result = get_container(request).decisions.decide(
        visitor.actor, run_id, verdict, request_id=problem.find_request_id(request)
    )
    return await _done(request, visitor, run_id, result)


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _done(request: Request, visitor: Visitor, run_id: str, decision: Awaitable[Run | Refusal]) -> Response:
    """Redirects to the run's page after a change, so that a reload repeats nothing. If a platform could not be asked,
    the run is unchanged."""
    try:
        result = await decision
    except PlatformUnavailable as error:
        result = Refusal(code="unavailable", detail=f"{error.detail} {_UNCHANGED}")
    if isinstance(result, Run):
        return redirect(f"/runs/{run_id}")
    return await _told(request, visitor, run_id, result)


async def _told(request: Request, visitor: Visitor, run_id: str, refusal: Refusal) -> Response:
    """The run's present state with the refusal above it."""
    run = await get_container(request).runs.show(visitor.actor, run_id)
    return await _show_run(
        request, visitor, run, notice=to_display_text(refusal.detail), status=problem.get_refusal_status(refusal)
    )


async def _show_run(
    request: Request, visitor: Visitor, run: Run, *, notice: str = "", status: int = 200, start: int = 0
) -> Response:
    viewer = visitor.actor
    context = await get_container(request).contexts.of(viewer.workspace)
    planned, asked = as_planned(run), as_asked(run)
    carded = planned if run.state not in ("received", "asked") else None
    obstacle = await get_container(request).runs.find_obstacle(run)
    now = get_container(request).clock()
    shown_card = card.make_card(carded, viewer, context.kinds, obstacle, now, context.catalogue) if carded else None
    came = outcome.make_outcome(planned, viewer, context) if planned and run.outcomes else None
    refused, unavailable = None, run.refusal is not None and run.refusal.code == "unavailable"
    if run.state in ("refused", "abstained") and run.refusal:
        offered = {each.name: each for each in context.catalogue.offers(viewer.role, "admin")}
        told = run.refusal.detail
        refused = RefusalView(
            _HEADLINES.get(run.refusal.code, _REFUSALS[run.state]),
            to_display_text(_SAID_ABOVE.sub("", told) if run.state == "abstained" else told),
            tuple(to_display_text(f"{each.pointer}: {each.detail}") for each in run.refusal.faults),
            tuple(to_available(offered[name]) for name in run.refusal.nearest if name in offered),
            "" if run.actor.person == viewer.person else f"What {labels.name_asker(run, viewer.person)} was told:",
            None if offered or viewer.role != OWNER else find_first_step(context.catalogue),
        )
    page = RunPage(
        shell=make_shell(request, visitor),
        title=f"{labels.make_state_badge(run).text.capitalize()}: {labels.shorten(run.text, 60)}",
        run_id=run.id,
        asked_at=run.created_at,
        revision=run.revision,
        state=labels.make_state_badge(run),
        said=shown_card.said if shown_card else card.quote_requests(run, viewer.person),
        notice=notice,
        moving=labels.MOVING[run.state] if run.state in MOVING else "",
        steps=list_steps(run, get_container(request).runs),
        may_cancel=run.state == "received",
        asked=make_question_view(asked.question, run, viewer) if asked else None,
        card=shown_card,
        outcome=came,
        refused=refused,
        ended=_tell_end(run),
        reason=_tell_reason(run),
        answered=make_answer_view(run.reply, viewer, context, start) if run.reply and run.state == "answered" else None,
        talk=await load_conversation(get_container(request).runs, viewer, run),
        follows=get_container(request).resolver.name == MODEL,
        max_chars=MAX_TEXT,
        test=is_test(run),
        unavailable=unavailable,
        to_approve=viewer.role != OWNER and not authority.owns(viewer, run),
        again=run.text if run.state in ("rejected", "expired", "refused", "abstained", "failed") else "",
    )
    here = find_shown_path(request) == f"/runs/{run.id}"
    return render(page, status=status, headers=None if here else {"HX-Push-Url": f"/runs/{run.id}"})


def _tell_reason(run: Run) -> str:
    if not run.reason or labels.is_cancelled(run):
        return ""
    return to_display_text(run.reason if labels.find_withdrawal(run) else f"Reason: {run.reason}")


def _tell_end(run: Run) -> str:
    if labels.is_cancelled(run):
        return _CANCELLED
    withdrawal = labels.find_withdrawal(run)
    return f"{withdrawal.text.capitalize()}. Nothing was sent." if withdrawal else _EXPLAINED.get(run.state, "")

"""Single sign-on pages: sign in with the configured issuer, and link an account to it.

Both start with a link, not a form: the Content-Security-Policy ``form-action 'self'`` also blocks a form that is
redirected elsewhere.
"""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

import store.accounts.logins
import store.requests.nonces
from agent.sso.flow import LONGEST as FLOW_LONGEST
from agent.sso.flow import Flow
from agent.sso.identity import LoginRefusalReason, LoginRefused, SsoIdentity
from agent.sso.provider import Provider
from app.container import Container
from core.errors import NotFound, Unavailable
from web.auth import get_container
from web.console.account import login_throttle
from web.console.account.account import render_account
from web.console.account.login_throttle import own_password
from web.console.account.sign_in import sign_in_answer, start_session
from web.console.forms import Guarded
from web.console.pages import Page, redirect, render
from web.console.session import Visitor, find_visitor, keep_local, make_shell
from web.cookies import delete_cookie, read_cookie, set_cookie

router = APIRouter(include_in_schema=False)
log = logging.getLogger(__name__)

COOKIE: Final = "opsiq_flow"
_SPENT: Final = "flow"
"""The key under which the states of finished flows are stored as nonces, for longer than a flow lasts."""
_NOT_BEGUN: Final = LoginRefused(
    LoginRefusalReason.NOT_BEGUN_HERE,
    "This sign-in was not begun in this browser, took too long, or was finished before. Begin it again.",
)


@dataclass(frozen=True, kw_only=True)
class OnwardPage(Page):
    """Page that leads to the issuer in order to link the account with it."""

    template: ClassVar[str] = "onward.html"
    issuer: str
    href: str


@router.get("/sign-in/start")
async def start(request: Request, next: str = "/") -> Response:  # noqa: A002  (the name in the address)
    """Redirects to the issuer. Another site may link to this page too, since the result is bound to this browser
    anyway."""
    container = get_container(request)
    provider = _provider(container)
    if await find_visitor(request):
        return redirect(keep_local(next))
    flow = Flow.begin(container.clock(), keep_local(next[:2000]))
    try:
        away = redirect(await provider.make_address(flow))
    except Unavailable as error:
        return await sign_in_answer(request, next_=flow.back, trouble=_explain(provider, error), status=503)
    set_cookie(request, away, COOKIE, flow.seal(container.box), max_age_s=int(FLOW_LONGEST.total_seconds()))
    return away


@router.get("/sign-in/callback")
async def finish_sign_in(request: Request, code: str = "", state: str = "", iss: str = "", error: str = "") -> Response:
    """Callback from the issuer: accepted from the browser that was sent there, once and in time. Signs in the member
    that the issuer vouches for, or shows why not."""
    container = get_container(request)
    provider = _provider(container)
    attempt = login_throttle.make_issuer_attempt(request)
    flow = Flow.unseal(container.box, read_cookie(request, COOKIE))
    wait = await login_throttle.find_wait(container, attempt)
    if wait:
        answer = await _turn_away(
            request,
            flow,
            LoginRefused(
                LoginRefusalReason.REFUSED_THERE,
                f"Too many failed sign-ins. Wait {login_throttle.describe_wait(wait)}.",
            ),
            429,
        )
    elif flow is None or not await _claim(container, flow, state):
        log.info("a sign-in came back that was not begun here")
        answer = await _turn_away(request, flow, _NOT_BEGUN, 400)
    else:
        answer = await _finish(request, container, provider, flow, code=code, iss=iss, error=error)
        if answer.status_code != 303:
            await login_throttle.count(container, [attempt])
    delete_cookie(request, answer, COOKIE)
    return answer


@router.post("/account/link")
async def link(request: Request, form: Guarded) -> Response:
    """Links an identity: checks the password, then shows the page that leads to the issuer."""
    container, visitor = get_container(request), form.member
    provider = _provider(container)
    trouble = await own_password(request, form)
    if trouble:
        return await render_account(request, visitor, link_trouble=trouble)
    flow = Flow.begin(container.clock(), "/account", login=visitor.login.id)
    try:
        href = await provider.make_address(flow)
    except Unavailable as error:
        return await render_account(request, visitor, link_trouble=f"Nothing was linked: {error.detail}")
    page = OnwardPage(
        shell=make_shell(request, visitor), title=f"Continue to {provider.name}", issuer=provider.name, href=href
    )
    answer = render(page)
    set_cookie(request, answer, COOKIE, flow.seal(container.box), max_age_s=int(FLOW_LONGEST.total_seconds()))
    return answer


@router.post("/account/unlink")
async def unlink(request: Request, form: Guarded) -> Response:
    """Unlinks an identity. It checks the password, which is the only way to sign in without the link."""
    visitor = form.member
    trouble = await own_password(request, form)
    if trouble:
        return await render_account(request, visitor, link_trouble=trouble)
    await get_container(request).sso_login.unlink(visitor.actor, form.get("identity", limit=64), login=visitor.login.id)
    return redirect("/account")


async def _claim(container: Container, flow: Flow, state: str) -> bool:
    """Whether the answer belongs to this flow, is in time, and is the first."""
    now = container.clock()
    if not hmac.compare_digest(flow.state.encode(), state.encode()) or flow.over(now):
        return False
    async with container.database.begin() as session:
        return await store.requests.nonces.insert(session, _SPENT, flow.state, now)


async def _finish(
    request: Request, container: Container, provider: Provider, flow: Flow, *, code: str, iss: str, error: str
) -> Response:
    visitor = await find_visitor(request)
    if flow.login and (visitor is None or visitor.login.id != flow.login):
        return await _turn_away(request, flow, _NOT_BEGUN, 400)
    if error or not code:
        # These parameters came with the browser, so anybody may have written them. They aren't shown.
        refused = LoginRefused(
            LoginRefusalReason.REFUSED_THERE,
            f"{provider.name} did not let you in. Begin again, or sign in with a password.",
        )
        return await _turn_away(request, flow, refused, 403)
    try:
        who = await provider.identify(flow, code, iss)
    except Unavailable as down:
        refused = LoginRefused(LoginRefusalReason.REFUSED_THERE, _explain(provider, down))
        return await _turn_away(request, flow, refused, 503)
    if isinstance(who, LoginRefused):
        return await _turn_away(request, flow, who, 403)
    if flow.login:
        assert visitor is not None
        return await _link(request, container, visitor, flow, who)
    member = await container.sso_login.enter(who)
    if isinstance(member, LoginRefused):
        return await _turn_away(request, flow, member, 403)
    return await start_session(request, container, member, flow.back, issuer=provider.issuer)


async def _link(request: Request, container: Container, visitor: Visitor, flow: Flow, who: SsoIdentity) -> Response:
    turned = await container.sso_login.link(visitor.actor, who, login=visitor.login.id)
    if turned and turned.why is LoginRefusalReason.OTHERWISE_LINKED:  # said to who has signed in with a password
        theirs = f"That account of {container.sso_login.name} is another member's here"
        turned = replace(turned, detail=f"{theirs}, or you are linked with a different one. Nothing was linked.")
    return await _turn_away(request, flow, turned, 403) if turned else redirect("/account")


async def _turn_away(request: Request, flow: Flow | None, turned: LoginRefused, status: int) -> Response:
    """Shows the refusal on the page where the flow began."""
    visitor = await find_visitor(request)
    if visitor is not None:
        return await render_account(request, visitor, link_trouble=turned.detail, status=status)
    return await sign_in_answer(request, next_=flow.back if flow else "/", trouble=turned.detail, status=status)


def _explain(provider: Provider, down: Unavailable) -> str:
    """The way on before the reason, which is for whoever set the issuer up."""
    return f"You can't sign in with {provider.name} just now. Try again, or use your password. ({down.detail})"


def _provider(container: Container) -> Provider:
    if container.issuer is None:
        raise NotFound("Signing in with an issuer is not set up here.")
    return container.issuer

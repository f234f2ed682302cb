"""Each template shows its frozen context class, all of it and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from jinja2 import meta, nodes

from agent.pipeline import (
    Answer,
    DefaultSource,
    Filled,
    Plan,
    PromptSource,
    RecordSource,
    Span,
    Step,
)
from agent.run import Approval, Run
from core.actor import Actor
from registry.contract import Policy, Risk
from tests.integration.web.connect_samples import of_connecting
from tests.integration.web.eval_samples import of_evals
from tests.integration.web.insight_samples import of_insights
from tests.integration.web.people_samples import of_people
from tests.integration.web.rule_samples import of_rules
from tests.integration.web.samples import of_contracts
from web.console import (
    asking,
    card,
    connectors,
    delivered,
    deliveries,
    endpoint,
    endpoint_form,
    endpoints,
    entry,
    event_types,
    events,
    history,
    history_entry,
    history_filter,
    history_views,
    keys,
    pages,
    progress,
    runs,
    secret,
    trouble,
    words,
)
from web.console.pages import Page, Shell, Who
from web.console.places import Place
from web.console.timeline import Bar

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
CLASSES = sorted(Page.__subclasses__(), key=lambda each: each.__name__)
SHELL = Shell(
    "secret-of-the-form",
    "",
    "/here",
    False,
    Who("Olivia", "owner", "olivia@shop.test", "Shop"),
    (Place("/", "Ask", "ask", True),),
)
ME = Actor("ws_1", "mem_1", "member", "Olivia", "owner", "mem_1")


def said(text: str, part: str, origin: int = 0) -> Span:
    start = text.index(part)
    return Span(origin=origin, start=start, end=start + len(part), text=part)


TEXT = "refund Adam's last invoice, 20 dollars"
PLAN = Plan(
    run_id="run_1",
    held=("“Refund” is always confirmed.",),
    approvals=2,
    expires_s=900,
    digest="sha256:" + "ab" * 32,
    steps=(
        Step(
            call_id="act_1",
            action="shop.refund",
            version=3,
            contract_digest="sha256:" + "cd" * 32,
            title="Refund an invoice",
            preview="Refund 20.00 USD to Adam <b>Novak</b>.",
            risk=Risk.IRREVERSIBLE,
            policy=Policy.ALWAYS,
            approvals=2,
            idempotent=True,
            url="https://shop.example/refund",
            timeout_s=15,
            deadline_s=120,
            payload='{"params":{"amount":2000}}',
            filled=(
                Filled(
                    param="amount",
                    label="Amount",
                    value=2000,
                    shown="20.00 USD",
                    source=PromptSource(spans=(said(TEXT, "20 dollars"),)),
                ),
                Filled(
                    param="invoice_id",
                    label="Invoice",
                    value=1042,
                    shown="INV-1042",
                    source=RecordSource(
                        record_kind="invoice",
                        record_id="1042",
                        label="INV-1042",
                        field="id",
                        via=("customer Adam Novak",),
                        spans=(said(TEXT, "Adam's last invoice"), said("Adam Novak", "Novak", 1)),
                    ),
                ),
                Filled(
                    param="reason", label="Reason", value="other\u202e", shown="other\u202e", source=DefaultSource()
                ),
            ),
        ),
    ),
)
RUN = Run(
    id="run_1",
    workspace="ws_1",
    session_id="s",
    actor=ME,
    surface="admin",
    text=TEXT,
    now=AT,
    state="held",
    plan=PLAN,
    answers=(Answer(slot="0.invoice_id/customer", choice="421", label="Adam Novak"),),
    drift=("The status changed from paid to open.",),
    approvals=(Approval(person="mem_9", name="Amir", at=AT, digest=PLAN.digest),),
    created_at=AT,
    updated_at=AT,
    expires_at=AT + timedelta(minutes=15),
)
BADGE = words.Badge("a badge", "good")
ABLE = asking.Able("Refund an order", "refund order 7", words.Badge("can't be undone", "bad"))
ENDPOINT_LINE = endpoints.Line(
    "whe_1", "https://a.test/<hook>", "the <ledger>", "invoice.*", BADGE, delivered.Health(BADGE, "of 7 in 24 h"), AT,
    "nothing went well",
)  # fmt: skip
SAMPLES: dict[type[Page], Page] = {
    entry.SignInPage: entry.SignInPage(
        shell=SHELL,
        title="Sign in",
        email="a@b.test",
        next="/wanted",
        trouble="wrong & again",
        issuer="Shop <accounts>",
        start="/sign-in/start?next=%2Fwanted",
        leave="https://login.test/leave?client_id=a&b",
    ),
    entry.SetUpPage: entry.SetUpPage(
        shell=SHELL,
        title="Set up",
        allowed=True,
        name="My shop",
        person="Olivia O'Hara",
        email="o@shop.test",
        trouble="too short",
        least_characters=10,
    ),
    asking.AskPage: asking.AskPage(
        shell=SHELL,
        title="Ask",
        said="refund <order> 7",
        trouble="Say more.",
        able=(ABLE,),
        all_able=61,
        recent=(asking.Recent("run_2", "an earlier one", BADGE),),
        recalled=("the last one",),
        max_chars=4000,
    ),
    asking.RunPage: asking.RunPage(
        shell=SHELL,
        title="a run",
        run_id="run_1",
        revision=7,
        state=BADGE,
        said=card.said_plainly(RUN, "mem_1"),
        notice="Somebody was quicker.",
        moving="Reading",
        steps=(progress.StepLine("choosing", "Finding <it>", "done"), progress.StepLine("looking", "Looking", "now")),
        may_cancel=True,
        card=card.of(RUN, PLAN, "mem_1"),
        ended="It ran out.",
        reason="too late",
        again="again please",
        asked=asking.Asked(
            "0.x", "Which <one>?", (asking.Option(1, "c1", "Adam", "the first", ("a mark",)),), True, True
        ),
        refused=asking.Refused("I can't", "because", ("/amount: too much",), (ABLE,)),
        outcome=asking.Outcome(
            "All done",
            "good",
            (
                asking.outcome.Came(
                    1, "a call", BADGE, "It did.", "In detail.", "act_7", "200", 2, '{"ok": true}', "undo it"
                ),
            ),
            True,
            False,
        ),
    ),
    runs.RunsPage: runs.RunsPage(
        shell=SHELL,
        title="Runs",
        lines=(runs.Line("run_1", "the words", BADGE, "Olivia", "shop.refund", AT),),
        everybodys=True,
        first=False,
        next="run_0",
    ),
    runs.ApprovalsPage: runs.ApprovalsPage(
        shell=SHELL,
        title="Approvals",
        waiting=(runs.Waiting("run_1", "the words", "what happens", "Amir", "admin", AT, AT, 1, 2, "Sara"),),
    ),
    history.HistoryPage: history.HistoryPage(
        shell=SHELL,
        title="History",
        chosen=history_filter.Chosen(
            q="some words",
            run="run_5",
            since="2026-11-01",
            until="2026-11-02",
            contract="shop.<reads>",
            model="a <reads> model",
        ),
        kinds=("held",),
        people=(history.Person("mem_1", "Olivia"),),
        contracts=("shop.refund",),
        outcomes=("failed",),
        risks=("read",),
        models=("a <reads> model",),
        prompts=("resolve/v1",),
        views=(history_views.View("hvw_1", "mine <reads>", "q=some", "Olivia <b>", True),),
        most_name=60,
        lines=(
            history.Line(7, AT, "held", "Amir", "admin", "shop.refund", "expired", "irreversible", "in short", "run_1"),
        ),
        query="q=some",
        first=False,
        next="q=some&before=7",
    ),
    history_entry.EntryPage: history_entry.EntryPage(
        shell=SHELL,
        title="Entry",
        seq=7,
        kind="held",
        at=AT,
        run_id="run_1",
        facts=(history_entry.Fact("Who", "Olivia <b>"),),
        prompt="the prompt",
        response="the response",
        data='{"a": 1}',
        bars=(
            Bar(6, "prompt", "+0 ms", "", 0, 6, "moment", False),
            Bar(7, "confirmed", "+12 ms", "3.4 s", 12, 900, "wait", True),
        ),
        case=True,
        undo=("take a credit back <b>",),
        prev="sha256:aa",
        digest="sha256:bb",
        misfit="Entry 7 was <edited>.",
        newer=8,
        older=6,
    ),
    history.VerdictPage: history.VerdictPage(
        shell=SHELL, title="Verdict", ok=False, count=6, first_break=7, why="It was edited.", last=""
    ),
    keys.KeysPage: keys.KeysPage(
        shell=SHELL,
        title="API keys",
        lines=(keys.Line("key_1", "<b>shop</b>", "pk_test_1", BADGE, "owner", "events:write, me:read", AT, AT, BADGE),),
    ),
    keys.KeyPage: keys.KeyPage(
        shell=SHELL,
        title="a key",
        key_id="key_1",
        name="<b>shop</b>",
        public="pk_test_1",
        mode=BADGE,
        state=BADGE,
        usable=True,
        role="support",
        person="Olivia <b>",
        scopes=(keys.Scope("events:write", "fires & more"),),
        created_at=AT,
        last_used_at=AT + timedelta(days=1),
        expires_at=AT + timedelta(days=2),
        revoked_at=None,
        rotating_until=AT + timedelta(days=3),
        overlap_h=24,
        trouble="wrong & again",
    ),
    keys.NewKeyPage: keys.NewKeyPage(
        shell=SHELL,
        title="New key",
        name="<b>shop</b>",
        modes=(keys.Choice("test", "for tests", True),),
        roles=(keys.Choice("owner", "an owner", True),),
        expiries=(keys.Choice("30", "in a month", True),),
        scopes=(keys.Scope("events:write", "fires & more", True),),
        trouble="too <short>",
    ),
    secret.SecretPage: secret.SecretPage(
        shell=SHELL,
        title="made",
        heading="It is <made>",
        advice="keep it",
        lines=(secret.Line("secret", "The secret", "sk_<x>", True),),
        href="/onward",
        onward="go on",
    ),
    endpoints.EndpointsPage: endpoints.EndpointsPage(
        shell=SHELL, title="Webhooks", lines=(ENDPOINT_LINE,), disabled=(ENDPOINT_LINE,)
    ),
    endpoint.EndpointPage: endpoint.EndpointPage(
        shell=SHELL,
        title="an endpoint",
        endpoint_id="whe_1",
        url="https://a.test/<hook>",
        description="the <ledger>",
        patterns=("invoice.*", "order.shipped"),
        headers="x-token",
        per_minute="at most 60 a minute",
        state=BADGE,
        active=False,
        disabled=True,
        why="nothing went well",
        health=delivered.Health(BADGE, "of 7 in 24 h"),
        last_success_at=AT,
        last_failure_at=AT + timedelta(days=1),
        failing_since=None,
        consecutive_failures=7,
        slowed="2 s after each attempt",
        rotating_until=AT + timedelta(days=3),
        created_at=AT,
        overlap_h=24,
        wanted=endpoint.Wanted("failed", "invoice.paid"),
        states=(endpoint.Option("failed", "has failed", True),),
        tests=(endpoint.Option("invoice.paid", "invoice.paid", True),),
        deliveries=(delivered.Sent("dlv_1", "invoice.paid", BADGE, "500", 3, "replay", AT, "it <said> no"),),
        first=False,
        next="dlv_0",
        since="2026-11-24T10:00",
        notice="Being sent again.",
        trouble="too <short>",
    ),
    endpoints.EndpointFormPage: endpoints.EndpointFormPage(
        shell=SHELL,
        title="Change endpoint",
        endpoint_id="whe_1",
        given=endpoint_form.Given(
            "https://a.test/<hook>", "invoice.*", "the <ledger>", "X-A: <b>", "60", True, ("order.paid",)
        ),
        kept="x-token",
        catalogue=(endpoints.Category("orders", (endpoints.Tick("order.paid", "An order was paid", True),)),),
        trouble="too <short>",
    ),
    deliveries.DeliveryPage: deliveries.DeliveryPage(
        shell=SHELL,
        title="a delivery",
        delivery_id="dlv_1",
        event="invoice.paid",
        event_id="evt_1",
        fired=True,
        endpoint_id="whe_1",
        url="https://a.test/<hook>",
        state=BADGE,
        detail="it <said> no",
        cause="it was fired",
        created_at=AT,
        next_at=AT + timedelta(days=1),
        finished_at=AT + timedelta(days=2),
        body='{"a": "<b>"}',
        attempts=(
            deliveries.Attempt(
                1, AT, BADGE, "12 ms", True, "it <said> no", (deliveries.Header("x-a", "<b>"),), "<b>no</b>", True, True
            ),
        ),
        waiting=False,
        moving=False,
        awaited=0,
        seen="",
        may_resend=True,
    ),
    events.EventsPage: events.EventsPage(
        shell=SHELL,
        title="Events",
        chosen=events.Chosen("invoice.paid", "done", "2026-11-01", "2026-11-02"),
        standings=(events.Option("done", "all done", True),),
        names=("invoice.paid",),
        lines=(events.Line("evt_1", "invoice.paid", BADGE, "2 of 3 well", "an API <key>", AT),),
        query="type=invoice.paid",
        first=False,
        next="type=invoice.paid&before=evt_1",
    ),
    events.EventPage: events.EventPage(
        shell=SHELL,
        title="invoice.paid",
        event_id="evt_1",
        name="invoice.paid",
        known=True,
        standing=BADGE,
        occurred_at=AT,
        fired_at=AT + timedelta(days=1),
        finished_at=AT + timedelta(days=2),
        origin=events.Link("API <key>", "/keys/key_1"),
        cause=events.Link("evt_0", "/events/evt_0"),
        depth=1,
        request_id="req_7",
        data='{"a": "<b>"}',
        reactions=(
            events.Reaction(
                1,
                "<b>a rule</b>",
                "rule",
                "/rules/rul_1",
                BADGE,
                "it <did>",
                "it <failed>",
                2,
                True,
                "run_7",
                (events.Told("dlv_1", "https://a.test/<hook>", BADGE, "500"),),
            ),
        ),
        moving=False,
        seen="",
    ),
    events.FirePage: events.FirePage(
        shell=SHELL,
        title="Fire",
        name="invoice.paid",
        data='{"a": "<b>"}',
        names=("invoice.paid",),
        known=True,
        trouble="too <short>",
        findings=("/data/<x>: no",),
    ),
    event_types.TypesPage: event_types.TypesPage(
        shell=SHELL,
        title="Catalogue",
        q="<x>",
        count=1,
        of=2,
        may_fire=True,
        categories=(event_types.Category("billing", (event_types.Line("invoice.paid", "It <was>", "amount"),)),),
    ),
    event_types.TypePage: event_types.TypePage(
        shell=SHELL,
        title="invoice.paid",
        name="invoice.paid",
        category="billing",
        description="It <was>",
        fields=(event_types.Field("amount", "integer", True, "How <much>"),),
        schema='{"s": "<b>"}',
        sample='{"a": 1}',
        may_fire=True,
    ),
    connectors.ConnectorsPage: connectors.ConnectorsPage(
        shell=SHELL,
        title="Connectors",
        lines=(
            connectors.Line(
                "saas", "The <platform>", BADGE, "it <failed>", "Customer", "1 of 2", "https://p.test/<hook>"
            ),
        ),
    ),
    connectors.ConnectorPage: connectors.ConnectorPage(
        shell=SHELL,
        title="The <platform>",
        name="saas",
        state=BADGE,
        configured=True,
        why="it <failed>",
        faults=("it failed while it was asked",),
        base_url="https://p.test/<hook>",
        changed_at=AT,
        identities="a <token>",
        inbound="https://o.test/connectors/saas/webhook?workspace=ws_1",
        kinds=(connectors.Kind("customer", "A customer", (connectors.SafeField("id", "Its id", "id", "by number"),)),),
        actions=(connectors.Action("saas.refund", "Refund <it>", 1, BADGE, "/contracts/saas.refund"),),
        unsigned=1,
        hears=(connectors.Hears("mirror", "customer.*", 30, True),),
        troubles=(connectors.Trouble("evt_1", "the <mirror>", BADGE, "it <said> no", AT),),
    ),
    trouble.TroublePage: trouble.TroublePage(
        shell=SHELL, title="Not found", status=404, detail="nothing <here>", request_id="req_1"
    ),
    **of_contracts(SHELL),
    **of_people(SHELL),
    **of_rules(SHELL),
    **of_evals(SHELL),
    **of_insights(SHELL),
    **of_connecting(SHELL),
}
TOLD_OTHERWISE = {
    "active",
    "advice",
    "after",
    "before",
    "changed",
    "good",
    "held",
    "idempotent",
    "newest",
    "owner",
    "required",
    "revision",
    "sign",
    "tone",
    "icon",
    "theme",
    "path",
    "allowed",
    "ok",
    "here",
    "fragment",
    "used_by",
    "may_edit",
    "is_open",
    "irreversible",
    "long",
    "once",
    "disabled",
    "bare",
    "fired",
    "at_fault",
    "can",
    "by_hand",
    "cut",
    "latest",
    "waiting",
    "moving",
    "seen",
    "known",
    "blocking",
    "may_fire",
    "join",
    "mine",
    "links",
    "own_event",
    "may_add",
    "becomes_author",
    "takes",
    "fresh",
    "form",
    "constant",
    "many",
    "attended",
    "may_unattended",
    "unattended",
    "deep",
    "coverage_plot",
    "latency_plot",
}
"""Fields that choose how something is shown instead of being shown."""


def templates_of(name: str, seen: set[str] | None = None) -> set[str]:
    """The template and all it extends, includes or imports."""
    seen = seen if seen is not None else set()
    if name in seen:
        return seen
    seen.add(name)
    tree = pages.environment().parse((pages.TEMPLATES / name).read_text())
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.FromImport)):
        found = [
            each.value
            for each in node.find_all(nodes.Const)
            if isinstance(each.value, str) and each.value.endswith(".html")
        ]
        for each in found:
            templates_of(each, seen)
    return seen


@pytest.mark.parametrize("page", CLASSES, ids=lambda each: each.__name__)
def test_a_template_asks_for_the_fields_of_its_class_and_for_all_of_them(page: type[Page]) -> None:
    wanted: set[str] = set()
    made: set[str] = set(pages.environment().globals)
    for name in templates_of(page.template):
        tree = pages.environment().parse((pages.TEMPLATES / name).read_text())
        wanted |= meta.find_undeclared_variables(tree)
        made |= {each.target.name for each in tree.find_all(nodes.Assign) if isinstance(each.target, nodes.Name)}
        for imported in tree.find_all(nodes.FromImport):
            made |= {each if isinstance(each, str) else each[1] for each in imported.names}
        if name != "_bits.html":
            made |= {each.name for each in tree.find_all(nodes.Macro)}
    wanted -= made
    assert wanted == {each.name for each in fields(page)}


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            if each.name not in TOLD_OTHERWISE:
                yield from leaves(getattr(value, each.name), each.name)
    elif isinstance(value, tuple):
        for each in value:
            yield from leaves(each, name)
    elif isinstance(value, str) and value:
        yield name, value
    elif isinstance(value, datetime):
        yield name, words.when(value)


@pytest.mark.parametrize("page", CLASSES, ids=lambda each: each.__name__)
def test_what_a_page_holds_is_on_it(page: type[Page]) -> None:
    text = pages.html(SAMPLES[page])
    shown = unescape(text)
    for name, value in leaves(SAMPLES[page]):
        unmarked = unescape(re.sub(r"</?mark[^>]*>", "", text))
        assert any(each in shown or each in unmarked for each in (value, quote(value))), (name, value)


def test_every_page_has_a_sample() -> None:
    assert set(SAMPLES) == set(CLASSES)


@pytest.mark.parametrize("page", CLASSES, ids=lambda each: each.__name__)
def test_markup_in_a_value_is_text_on_the_page(page: type[Page]) -> None:
    text = pages.html(SAMPLES[page])
    for hostile in (
        "<order>",
        "<one>",
        "<here>",
        "<b>Novak</b>",
        "Olivia <b>",
        "<b>shop</b>",
        "<short>",
        "<made>",
        "<x>",
        "<reads>",
    ):
        assert hostile not in text


def test_the_card_says_where_each_value_comes_from_and_lights_the_words() -> None:
    shown = card.of(RUN, PLAN, "mem_1")
    amount, invoice, reason = shown.calls[0].params
    assert amount.source == "you said “20 dollars”"
    assert invoice.source == "id of INV-1042, of customer Adam Novak, found by “Adam's last invoice” and “Novak”"
    assert reason.source == "the contract's default"
    assert (reason.shown, reason.exact) == ("other‹U+202E›", '"other‹U+202E›"')
    request, answer = shown.said
    assert [(piece.text, piece.used_by) for piece in request.pieces] == [
        ("refund ", ""), ("Adam's last invoice", "v0-invoice_id"), (", ", ""), ("20 dollars", "v0-amount"),
    ]  # fmt: skip
    assert "".join(piece.text for piece in request.pieces) == TEXT
    assert [piece.text for piece in answer.pieces] == ["Adam ", "Novak"]


def test_only_who_asked_may_edit_and_who_approved_is_told() -> None:
    assert card.of(RUN, PLAN, "mem_1").may_edit
    other = card.of(RUN, PLAN, "mem_9")
    assert not other.may_edit
    assert other.approved_by_me
    assert other.calls[0].params[0].source == "Olivia said “20 dollars”"


def test_phrases_that_overlap_are_cut_so_that_each_is_whole() -> None:
    text = "give Nora 20 euros"
    pieces = list(card._pieces(text, [(said(text, "Nora 20"), "a"), (said(text, "20 euros"), "b")]))
    assert [(piece.text, piece.used_by) for piece in pieces] == [
        ("give ", ""),
        ("Nora ", "a"),
        ("20", "a b"),
        (" euros", "b"),
    ]


def test_a_time_is_said_in_one_zone_for_everybody() -> None:
    assert words.when(datetime.fromisoformat("2026-11-24T13:05:09+01:00")) == "24 Nov 2026, 12:05:09 UTC"


def test_no_template_marks_anything_as_safe() -> None:
    for path in pages.TEMPLATES.glob("*.html"):
        assert "|safe" not in path.read_text().replace(" ", ""), path
    for path in (pages.TEMPLATES.parent).glob("*.py"):
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        assert "Markup" not in names, path

"""Hostile text in every field that a person, a platform or a key can fill is text on every page, and nothing more."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import store.automations
import store.events.events
import store.history.views
import store.webhooks.attempts
import store.webhooks.deliveries
from core.webhook_signature import make_secret
from evals.report import report_storage
from events.automations.service import InstructionForm, RuleForm
from store.automations import FiringRow
from store.events.events import ReactionRow
from store.history.views import HistoryViewRow
from store.webhooks.attempts import AttemptResult
from tests.integration.web.console.console import CONTRACT, Console
from tests.integration.web.console.rows import Rows
from tests.integration.web.console.samples.evals import report_json
from tests.integration.web.console.test_statements import PAGES

MARK = "HOSTILE7"
HOSTILE = f"\"><img src=x onerror=alert(1)>'</textarea></script><script>{MARK}()</script>{{{{7*7}}}}\u202e"
"""Out of an attribute, a textarea, a script; a template's braces; text that runs the other way."""
LINE = HOSTILE.replace("\u202e", "")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.within: list[str] = []
        self.read = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag == "textarea" or "hidden" in dict(attrs):
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        """What is read: a field holds what its person typed, as it is."""
        if not self.within:
            self.read += data


async def filled(console: Console) -> Rows:
    """Everything that can hold text holds hostile text."""
    container, owner = console.container, console.owner
    contract = CONTRACT | {
        "name": "shop.hostile",
        "title": LINE[:200],
        "description": LINE,
        "examples": [LINE[:200]],
        "parameters": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "order": {"type": "string", "description": LINE, "enum": [LINE, "b"]},
                "memo": {"type": "string", "description": LINE, "maxLength": 500},
            },
        },
    }
    await container.contract_admin.register(owner, [contract])
    run = await console.run_of(owner, HOSTILE)
    key, _ = await container.key_admin.create_key(owner, HOSTILE, scopes={"events:write"})
    url = "https://hooks.example/?q=" + "%3Cimg%20src=x%3E'</script>"
    endpoint = (await container.webhooks.endpoints.create(owner, url, ["*"], description=HOSTILE)).shown.row.id
    delivery = await container.webhooks.redelivery.test(owner, endpoint, "invoice.paid")
    event = await container.events.publisher.publish(
        owner, "parcel.lost", {"note": HOSTILE, "parcel": {"name": HOSTILE}, LINE: LINE}
    )
    form = {
        "name": LINE[:120],
        "event": "parcel.*",
        "condition": "event.data.note == 'x</script>'",
        "action": "shop.hostile",
        "note": HOSTILE,
        "parameters": {"order": {"value": LINE}, "memo": {"value": HOSTILE}},
    }
    rule = await container.events.automation_service.add_rule(owner, RuleForm.model_validate(form))
    told = InstructionForm(
        name=LINE[:120],
        event="parcel.*",
        text=f"{HOSTILE} {{data.note}}".replace("{{7*7}}", ""),
        actions=["shop.hostile"],
    )
    instruction = await container.events.automation_service.add_instruction(owner, told)
    invited = await container.member_service.invite(owner, email="new@shop.test", role="support")
    await container.workspace_admin.connect(
        owner, "saas", "https://platform.example", {"read_token": "a-token", "action_secret": make_secret()}
    )
    view = HistoryViewRow(
        id="hvw_1",
        workspace=owner.workspace,
        person=owner.person,
        person_name=HOSTILE,
        name=HOSTILE[:60],
        query="q=x",
        shared=True,
        created_at=console.clock(),
    )
    async with container.database.begin() as session:
        await store.history.views.save_view(session, view)
    report = report_json(wrong=2, title=HOSTILE, words=HOSTILE)
    kept = await report_storage.store_report(container.database, owner, report, console.clock())
    async with container.database.begin() as session:
        await store.events.events.plan_reactions(
            session,
            [
                ReactionRow(
                    event_id=event.id,
                    subscriber=name,
                    workspace=owner.workspace,
                    priority=20,
                    state="failed",
                    error=HOSTILE,
                    detail=HOSTILE,
                )
                for name in (rule.id, instruction.id, f"connector:saas:{HOSTILE}", HOSTILE)
            ],
        )
        for source in (rule.id, instruction.id):
            firing = FiringRow(
                source=source,
                event_id=event.id,
                workspace=owner.workspace,
                at=console.clock(),
                verdict="untold",
                detail=HOSTILE,
            )
            await store.automations.insert_firing(session, firing)
        came = AttemptResult(
            attempt="att_1",
            n=1,
            duration_ms=1,
            headers='{"x-a": "' + "<img src=x>" + '"}',
            response=HOSTILE.encode() + b"\xff",
            cut=True,
            delivery=delivery.id,
            state="failed",
            status=500,
            error=None,
            detail=HOSTILE,
            at=console.clock(),
            next_at=None,
            finished_at=console.clock(),
            in_series=True,
        )
        await store.webhooks.attempts.record_attempts(session, [came])
    return Rows(
        {
            "run_id": run.id, "seq": "1", "key_id": key.id, "endpoint_id": endpoint, "delivery_id": delivery.id,
            "event_id": event.id, "event_type": "invoice.paid", "rule_id": rule.id, "instruction_id": instruction.id,
            "connector": "saas", "report_id": kept.id, "member_id": invited.member.id, "name": "shop.hostile",
        }
    )  # fmt: skip


def judged(path: str, text: str) -> None:
    """The page is the page's own markup, whatever it tells of."""
    parser = Tags()
    parser.feed(text)
    for tag, attrs in parser.found:
        assert tag not in ("img", "iframe", "object", "embed", "base"), (path, tag, attrs)
        assert tag != "script" or (attrs.get("src") or "").startswith("/static/"), (path, attrs)
        assert not any(name.startswith("on") or name == "style" for name in attrs), (path, tag, attrs)
        for name in ("href", "action", "hx-get", "hx-post", "formaction"):
            value = attrs.get(name) or "/"
            assert value.startswith(("/", "#", "data:")) or tag == "link", (path, tag, name, value)
            assert not value.startswith("//"), (path, value)
    assert "\u202e" not in parser.read, (path, "a character that turns the text around stands there unseen")


async def test_hostile_text_is_text_on_every_page(console: Console) -> None:
    rows = await filled(console)
    browser = await console.signed_in("olivia@shop.test")
    told = set()
    for path in [*PAGES, "/rules/new?event=parcel.lost", "/rules/instructions/new?event=parcel.lost"]:
        answer = await browser.get(rows.at(path))
        assert answer.status_code == 200, (path, answer.text)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        judged(path, answer.text)
        if MARK in html.unescape(answer.text):
            told.add(path)
    shown = {
        "/keys", "/keys/{key_id}", "/webhooks", "/webhooks/{endpoint_id}", "/webhooks/{endpoint_id}/edit",
        "/webhooks/deliveries/{delivery_id}", "/events/{event_id}", "/rules", "/rules/{rule_id}",
        "/rules/{rule_id}/edit",
        "/rules/instructions/{instruction_id}", "/rules/instructions/{instruction_id}/edit", "/connectors/{connector}",
        "/history", "/evals", "/evals/{report_id}", "/evals/compare",
    }  # fmt: skip
    assert shown <= told, shown - told


async def test_what_was_typed_into_a_form_and_refused_comes_back_as_text(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    page = await browser.get("/keys/new")
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found
    fields = (
        "name url patterns description headers per_minute data event own_event text note find row_path row_other "
        "row_op row_value action "
        "from.order value.order cel mode role per_hour"
    )
    typed = dict.fromkeys(fields.split(), HOSTILE)
    for path in ("/keys", "/webhooks", "/events", "/rules", "/rules/instructions"):
        for more in ({}, {"by_hand": "yes"}, {"event": "?"}, {"do": "save"}, {"do": "try"}):
            short = {name: value[:95] for name, value in typed.items()}
            answer = await browser.post(path, data={**short, **more, "csrf": found[1], "once": "ticket"})
            assert answer.status_code in (200, 400, 422), (path, answer.status_code)
            judged(path, answer.text)
    for query in ("/events?type=", "/events/types?q=", "/rules/new?event=", "/events/fire?type=", "/webhooks?did="):
        judged(query, (await browser.get(query + HOSTILE.replace("\u202e", "")[:90])).text)

"""One sample of each page about asking and confirming: every field is filled, and with markup where words stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from agent.pipeline import Answer, DefaultSource, ParameterValue, Plan, PromptSource, RecordSource, Span, Step
from agent.runs.run import Approval, Run
from agent.runs.states import Planned
from core.actor import Actor
from registry.confirmation import Policy
from registry.contract import Risk
from web.console import labels
from web.console.pages import Page, Shell
from web.console.runs import ask, card, conversation, front_page, progress, question, runs

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
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
                ParameterValue(
                    param="amount",
                    label="Amount",
                    value=2000,
                    shown="20.00 USD",
                    source=PromptSource(spans=(said(TEXT, "20 dollars"),)),
                ),
                ParameterValue(
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
                ParameterValue(
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
BADGE = labels.Badge("a badge", "good")
TURN = conversation.Turn("run_3", "a <turn>", BADGE, "what <came>")
TALK = conversation.Conversation("run_3", (TURN,), (TURN, TURN), (TURN,), ("a <turn>",))
ABLE = front_page.AvailableAction("Refund an order", "refund order 7", labels.Badge("can't be undone", "bad"))


def of_asking(shell: Shell) -> dict[type[Page], Page]:
    return {
        front_page.AskPage: front_page.AskPage(
            shell=shell,
            title="Ask",
            said="refund <order> 7",
            trouble="Say more.",
            able=(ABLE,),
            all_able=61,
            recent=(front_page.RecentRun("run_2", "an earlier one", BADGE),),
            recalled=("the last one",),
            max_chars=4000,
            talk=TALK,
            own="3 cards of yours wait",
            awaiting="2 requests of others wait",
        ),
        ask.RunPage: ask.RunPage(
            shell=shell,
            title="a run",
            run_id="run_1",
            asked_at=AT,
            revision=7,
            state=BADGE,
            said=card.quote_requests(RUN, "mem_1"),
            notice="Somebody was quicker.",
            moving="Reading",
            steps=(
                progress.StepRow("choosing", "Finding <it>", "done"),
                progress.StepRow("looking", "Looking", "now"),
            ),
            may_cancel=True,
            card=card.make_card(Planned(RUN, PLAN), RUN.actor),
            ended="It ran out.",
            reason="too late",
            again="again please",
            max_chars=4000,
            talk=TALK,
            follows=True,
            to_approve=True,
            answered=conversation.AnswerView(
                "2 <invoices>.",
                (conversation.RecordRow("INV-<1>", "paid & sent"),),
                "and 1 more",
                "/runs/run_1?start=20",
                "",
                (conversation.FittingAction("Refund <it>", "Refund <it>: INV-1"),),
                "Ada <owes> 2.",
                AT,
            ),
            asked=question.QuestionView(
                "0.x",
                "Which <one>?",
                (question.AnswerOption(1, "c1", "Adam", "the first", ("a mark",)),),
                True,
                "Your <answer>",
                True,
            ),
            refused=ask.RefusalView("I can't", "because", ("/amount: too much",), (ABLE,)),
            outcome=ask.Outcome(
                "All done",
                "good",
                (
                    ask.outcome.CallResult(
                        1, "a call", BADGE, "It did. In detail.", "act_7", "200", 2, '{"ok": true}', "undo it"
                    ),
                ),
                True,
                False,
                unasked="Sent at once: so says its contract.",
            ),
        ),
        runs.RunsPage: runs.RunsPage(
            shell=shell,
            title="Runs",
            lines=(runs.RunRow("run_1", "the words", BADGE, "Olivia", "shop.refund", AT),),
            everybodys=True,
            first=False,
            next="run_0",
            groups=(runs.StateGroup("", "All", False), runs.StateGroup("?state=done", "Done & answered", True)),
            query="?state=done",
        ),
        runs.ApprovalsPage: runs.ApprovalsPage(
            shell=shell,
            title="Approvals",
            own="A card of yours waits",
            waiting=(
                runs.ApprovalRow("run_1", "the words", "what happens", "Amir", "admin", AT, AT, 1, 2, "Sara", BADGE),
            ),
            first=False,
            next="run_0",
        ),
    }

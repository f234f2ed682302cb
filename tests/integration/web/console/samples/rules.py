"""One sample of each page of rules and instructions: every field filled, with markup where words stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from registry.events import event_fields
from web.console import labels
from web.console.automations import automations, dry_run, form_options, instructions, rule_builder, rule_rows, rules
from web.console.forms import FormOption
from web.console.pages import Page, Pagination, Shell

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
BADGE = labels.Badge("a badge", "good")
RULE_LINE = rules.AutomationRow(
    "/rules/rul_1",
    "<b>a rule</b>",
    "invoice.*",
    "Refund <it>",
    BADGE,
    "it <left>",
    "Olivia <b>",
    rules.LastFiring(AT, BADGE),
)
RULES = rules.AutomationsTable((RULE_LINE,), Pagination(total=91, first=31, before=0, after=60), "/rules?told_from=30")
FIRING = automations.FiringTableRow("evt_1", AT, BADGE, "it <did>", "run_7", ("Refund <it>.",), ("shop.refund <b>",))
TRIED = dry_run.DryRunResult(
    (dry_run.DryRunRow("evt_2", "invoice.paid", AT, BADGE, ("Refund <it>",), "it <said> no"),),
    (dry_run.VerdictCount(BADGE, 1),),
)
ACTIONS = form_options.ActionOptions(
    (form_options.OptionGroup("shop", (FormOption("shop.refund", "Refund <it>", True),)),),
    True,
    "<find>",
    50,
)
STANDS = automations.AutomationStatus(
    name="<b>a rule</b>",
    mode=BADGE,
    blocked="the key is <gone>",
    switches=(automations.Switch("on", "On it is", True),),
    event="invoice.*",
    author="Olivia <b>",
    per_hour=100,
    created_at=AT,
    updated_at=AT + timedelta(days=1),
    firings=(FIRING,),
    first=False,
    next="evt_0",
    mine=True,
    links=True,
    trouble="too <short>",
)
FRAME = automations.Frame(
    revision=3,
    name="<b>a rule</b>",
    events=(form_options.OptionGroup("billing", (FormOption("invoice.paid", "it was paid", True),)),),
    own_event=True,
    event="invoice.*",
    fields=(event_fields.EventField("data.amount", frozenset({"number"}), "How <much>", True, ("five", "six")),),
    surfaces=(FormOption("admin", "for admins", True),),
    modes=(FormOption("shadow", "Only shadow", True),),
    per_hour="100",
    becomes_author=True,
    links=True,
    trouble="too <short>",
)


def of_rules(shell: Shell) -> dict[type[Page], Page]:
    return {
        rules.RulesPage: rules.RulesPage(shell=shell, title="Rules", rules=RULES, instructions=RULES),
        rules.RulePage: rules.RulePage(
            shell=shell,
            title="a rule",
            rule_id="rul_1",
            stands=STANDS,
            join="any",
            clauses=(rules.Clause("data.amount", "≥", "<b>5</b>"), rules.Clause("data.note", "is there", "")),
            cel="event.data.amount >= 5",
            action="shop.refund",
            action_title="Refund <it>",
            parameters=(
                rules.ParameterMappingRow("order", "data.order", False),
                rules.ParameterMappingRow("reason", '"<b>"', True),
            ),
            note="a <note>",
            tried=TRIED,
            try_events=20,
        ),
        rule_builder.BuilderPage: rule_builder.BuilderPage(
            shell=shell,
            title="New rule",
            rule_id="rul_1",
            frame=FRAME,
            joins=(FormOption("all", "all of them", True),),
            rows=(
                rule_rows.ConditionRow(
                    0,
                    True,
                    "",
                    (FormOption("data.amount", "the amount", True),),
                    (FormOption("ge", "at least", True),),
                    "number",
                    "<b>5</b>",
                    ("five",),
                    "in <minor> units",
                    False,
                ),
                rule_rows.ConditionRow(
                    1, False, "data.<x>", (), (FormOption("is", "is", True),), "text", "v", (), "", True
                ),
            ),
            may_add=True,
            by_hand=False,
            hand="",
            cel="event.data.amount >= 5",
            cel_trouble="no <cel>",
            actions=ACTIONS,
            action=rule_rows.ChosenAction("shop.refund", "Refund <it>", "gives <back>", BADGE, BADGE),
            params=(
                rule_rows.ParameterRow(
                    "order",
                    "The order",
                    "which <one>",
                    True,
                    (
                        form_options.OptionGroup("", (FormOption("=", "a constant", True),)),
                        form_options.OptionGroup("from the event", (FormOption("/data/order", "data.order"),)),
                    ),
                    True,
                    "pick",
                    "7",
                    (FormOption("7", "seven", True),),
                    "nothing <says>",
                ),
            ),
            note="a <note>",
            tried=TRIED,
            findings=("/x: <no>",),
        ),
        instructions.InstructionPage: instructions.InstructionPage(
            shell=shell,
            title="an instruction",
            instruction_id="ins_1",
            stands=STANDS,
            text="do <this>",
            actions=(instructions.Named("shop.refund", "Refund <it>"),),
            lapsed=True,
            attended=True,
            tried=TRIED,
            try_events=5,
        ),
        instructions.InstructionFormPage: instructions.InstructionFormPage(
            shell=shell,
            title="New instruction",
            instruction_id="ins_1",
            frame=FRAME,
            text="do <this>",
            actions=ACTIONS,
            may_unattended=True,
            unattended=True,
            tried=TRIED,
        ),
    }

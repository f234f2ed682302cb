"""Words that change the deal are never passed over: sixty sentences, with proposals that leave a word out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.pipeline import Answer, Plan, Question, Request, Turn
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from agent.validate.questions import REST
from agent.workspace.context import WorkspaceContext
from registry.catalogue import Catalogue
from registry.contract import Risk
from registry.records import Kinds
from tests.unit.agent.validate.fake_platform import SAAS, Platform, customer, invoice, ticket
from tests.unit.own_worlds import NOW, OWNER, Says, came_of, find, number, plan, world

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[5] / "evals/suites/weighty.jsonl").read_text("utf-8").splitlines()
]


def shop(**of_ticket: Any) -> WorkspaceContext:
    """A shop, whose tickets have these values."""
    rows = {
        "customer": [customer(401, "Nora Lindqvist"), customer(402, "Mia Keller"), customer(403, "Hugo Bernard")],
        "invoice": [
            {**invoice(42, 403, total=4900), "number": "INV-1042"},
            {**invoice(52, 401, total=14900), "number": "INV-1052"},
            {**invoice(48, 401, total=149000), "number": "INV-1048"},
            {**invoice(51, 403, "open"), "number": "INV-1051"},
        ],
        "ticket": [
            ticket(5519, 401, "Password reset fails", **of_ticket),
            ticket(5520, 402, "Slow search", **of_ticket),
        ],
        "agent": [{"id": 1, "name": "Priya Raman", "email": "priya@example.com", "team": "support", "available": True}],
        "subscription": [
            {"id": 309, "customer_id": 402, "customer_name": "Mia Keller", "status": "trialing", "plan": "pro",
             "started_at": "2026-11-20T00:00:00Z", "trial_ends_at": "2026-12-06T00:00:00Z", "currency": "EUR"}
        ],
    }  # fmt: skip
    kinds = Kinds([Platform(rows)])
    return WorkspaceContext("shop", Catalogue(SAAS), kinds, kinds)


async def verdict_of(case: dict[str, Any]) -> Any:
    there = world("lending") if "world" in case else shop()
    task = Task(Request(text=case["prompt"], now=NOW), OWNER, there, "run_00000000000000000000000001")
    answer = {"understood": "", "result": plan(case["context"]["passes_over"]), "rest": []}
    return (await propose(task, ProposingResolver(Says(answer)))).verdict


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
async def test_a_word_that_is_passed_over_is_asked_about(case: dict[str, Any]) -> None:
    asked = await verdict_of(case)
    assert isinstance(asked, Question), asked
    assert asked.slot in (REST, "0.amount"), asked  # of a part: how much


def test_there_are_sixty_of_every_kind_over_two_platforms() -> None:
    assert len(CASES) == 60
    assert {case["tags"][1] for case in CASES} == {
        "number", "unit", "fraction", "date", "negation", "restriction", "condition", "quantifier", "second order",
    }  # fmt: skip
    assert sum("world" in case for case in CASES) == 30


@pytest.mark.parametrize(
    ("words", "stands"),
    [
        ("comment that Mia called", False),
        ("announce that it is being looked at", False),
        ("hope that helps", True),
    ],
)
async def test_what_is_to_be_said_besides_is_a_further_order(words: str, stands: bool) -> None:
    call = {"action": "set_ticket_priority", "ticket_id": find("ticket", "5520")}
    call["priority"] = {"value": "high", "quote": "high"}
    request = Request(text=f"set 5520 to high, and {words}", now=NOW)
    task = Task(request, OWNER, shop(priority="low"), "run_00000000000000000000000001")
    made = (await propose(task, ProposingResolver(Says({"understood": "", "result": plan(call), "rest": []})))).verdict
    assert isinstance(made, Plan if stands else Question), made


LETTER = "write to Piet Vos that the hose costs 20 euros and that he can pay by Friday, only in cash"
TOLD = "that the hose costs 20 euros and that he can pay by Friday, only in cash"


def letter(draft: str, quote: str) -> dict[str, Any]:
    made = {"draft": draft, "fills": [], "quote": quote}
    return plan({"action": "write_member", "member_id": find("member", "Piet Vos"), "letter": made})


@pytest.mark.parametrize(
    ("text", "draft", "quote", "asked"),
    [
        (LETTER, "Dear Piet, the hose is 20 euros. Please pay by Friday, in cash.", TOLD, ""),
        (LETTER, "Lieber Piet, der Schlauch kostet 20 Euro. Bitte bis Freitag, nur bar.", TOLD, ""),
        (LETTER, "Dear Piet, the hose is 200 euros. Please pay by Friday, in cash.", TOLD, "20"),
        (LETTER, "Dear Piet, the hose is 20 euros.", "the hose costs 20 euros", "by Friday"),
        (
            "write to Piet Vos how it is done: open the lid, then use the new key",
            "Dear Piet, open the lid and use the new key.",
            "how it is done: open the lid, then use the new key",
            "",
        ),
        (
            "write to Piet Vos that we are sorry and waive F-233",
            "Dear Piet, we are sorry and waive F-233.",
            "that we are sorry and waive F-233",
            "waive F-233",
        ),
    ],
)
async def test_a_letter_accounts_for_what_it_is_to_convey_but_for_no_order(
    text: str, draft: str, quote: str, asked: str
) -> None:
    made = (await came_of(text, letter(draft, quote))).verdict
    assert isinstance(made, Question if asked else Plan), made
    assert not isinstance(made, Question) or (made.slot == REST and asked in made.text)


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("Priya Raman takes all of those", True),
        ("5519 and 5520 are for Priya Raman", True),
        ("5519 and 5521 are for Priya Raman", False),
    ],
)
async def test_a_handle_accounts_for_all_of_its_records_and_for_their_numbers(text: str, stands: bool) -> None:
    tickets = {"@set1": (("ticket", "5519"), ("ticket", "5520"))}
    move = {"action": "assign_ticket", "ticket_id": {"handle": "@set1"}, "agent_id": find("agent", "Priya Raman")}
    request = Request(text=text, now=NOW, thread=(Turn(words="before", came="done"),))
    task = Task(request, OWNER, shop(), "run_00000000000000000000000001", thread=tickets)
    made = (await propose(task, ProposingResolver(Says({"understood": "", "result": plan(move), "rest": []})))).verdict
    assert isinstance(made, Plan if stands else Question), made
    assert not isinstance(made, Plan) or len(made.steps) == 2


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("waive the older of Piet's two fines", True),
        ("of Piet's two fines waive the older", True),
        ("waive the older of Piet's three fines", False),
        ("waive the two oldest fines of Piet", False),
    ],
)
async def test_how_many_there_are_to_choose_from_is_accounted_for_where_it_is_so(text: str, stands: bool) -> None:
    oldest = {"by": "charged_on", "first": "earliest", "nth": 1}
    fine = find("fine", None, {"belongs_to": find("member", "Piet")}, order=oldest)
    made = (await came_of(text, plan({"action": "waive_fine", "fine_id": fine, "amount": None}))).verdict
    assert isinstance(made, Plan if stands else Question), made


RENEW = {"action": "renew_loan", "loan_id": find("loan", "502"), "days": number(7, "7 days", "days")}


@pytest.mark.parametrize(
    "text",
    [
        "renew loan 502 by 7 days",
        "Could you please renew loan 502 by 7 days if possible, thanks a lot",
        "renew loan 502 by 7 days and tell me if it worked",
        "loan 502, 7 days more. He isn't done yet, and I said so",
        "renew loan 502 by 3, no, 7 days",
        "Loan 502 is up to date, renew it by 7 days",
        "renew loan 502 by only 7 days",
    ],
)
async def test_manners_and_story_are_no_weight(text: str) -> None:
    assert isinstance((await came_of(text, plan(RENEW))).verdict, Plan)


async def test_what_the_model_itself_left_over_is_asked_about() -> None:
    asked = (await came_of("renew loan 502 by 7 days and whistle", plan(RENEW), left=["and whistle"])).verdict
    assert isinstance(asked, Question)
    assert "and whistle" in asked.text


async def test_whoever_says_yes_to_the_rest_gets_the_rest() -> None:
    text, yes = "renew loan 502 by 7 days but don't tell him", [Answer(slot=REST, choice=REST)]
    made = (await came_of(text, plan(RENEW), answers=yes)).verdict
    assert isinstance(made, Plan)


@pytest.mark.parametrize("words", ["yes", "Yes, please.", "OK", "go ahead", "Ja", "Sí"])
async def test_a_yes_in_words_is_a_yes_to_the_rest(words: str) -> None:
    text, yes = "renew loan 502 by 7 days but don't tell him", [Answer(slot=REST, text=words)]
    assert isinstance((await came_of(text, plan(RENEW), answers=yes)).verdict, Plan)


@pytest.mark.parametrize(
    "words", ["no", "what?", "hm", "wait", "undo that", "who is that", "14 days", "not yes", "yes, but for 14 days"]
)
async def test_no_other_words_are_a_yes_to_the_rest(words: str) -> None:
    text, said = "renew loan 502 by 7 days but don't tell him", [Answer(slot=REST, text=words)]
    asked = (await came_of(text, plan(RENEW), answers=said)).verdict
    assert isinstance(asked, Question)
    assert asked.slot == REST
    assert asked.text.startswith(f"‘{words}’ is neither yes nor no.")


async def test_a_later_answer_takes_an_earlier_yes_back() -> None:
    text, said = (
        "renew loan 502 by 7 days but don't tell him",
        [
            Answer(slot=REST, choice=REST),
            Answer(slot=REST, text="wait"),
        ],
    )
    assert isinstance((await came_of(text, plan(RENEW), answers=said)).verdict, Question)


async def test_the_question_quotes_what_is_passed_over_and_tells_what_is_left() -> None:
    refund = {"action": "refund_invoice", "invoice_id": find("invoice", "INV-1052"), "amount": None}
    text = "refund INV-1052 provided that nothing was refunded yet"
    task = Task(Request(text=text, now=NOW), OWNER, shop(), "run_00000000000000000000000001")
    asked = (await propose(task, ProposingResolver(Says({"understood": "", "result": plan(refund)})))).verdict
    assert isinstance(asked, Question), asked
    rest = "Should I do the rest: Refund 149.00 EUR of invoice INV-1052 to customer 401?"
    assert asked.text == f"You also wrote ‘provided that nothing was refunded yet’, and I can't do that part. {rest}"


async def test_a_long_call_that_is_offered_without_the_rest_is_cut_with_an_ellipsis() -> None:
    told = "we are sorry"
    made = await came_of(f"write Piet Vos that {told}, and ring Ada", letter("We are very sorry. " * 40, told))
    assert isinstance(made.verdict, Question)
    (offered,) = made.verdict.candidates
    assert offered.detail.endswith("…")
    assert made.verdict.text.endswith(f"Should I do the rest: {offered.detail}?")


async def test_words_in_quotes_of_the_proposal_are_accounted_for() -> None:
    letter = {
        "action": "write_member",
        "member_id": find("member", "Piet"),
        "letter": {"quote": "only on Friday, if dry"},
    }
    made = (await came_of("write Piet: only on Friday, if dry", plan(letter))).verdict
    assert isinstance(made, Plan)


@pytest.mark.parametrize(
    ("text", "open_amount"),
    [
        ("give Nora Lindqvist credit of up to 45 euros", True),
        ("give Nora Lindqvist at most 45 euros of credit", True),
        ("fill Nora Lindqvist's credit up to 45 euros", False),
        ("bring the credit of Nora Lindqvist up to 45 euros", False),
    ],
)
@pytest.mark.parametrize("whole", [False, True], ids=["number", "limit-quoted"])
async def test_a_limit_is_no_amount_unless_something_is_filled_up_to_it(
    text: str, open_amount: bool, whole: bool
) -> None:
    quote = text[text.find("up to") if "up to" in text else text.find("at most") :] if whole else "45 euros"
    missing = {
        "op": "-",
        "a": number(45, quote, "EUR"),
        "b": {"field": "credit_balance", "of": find("customer", "Nora Lindqvist")},
    }
    given = {"action": "apply_credit", "customer_id": find("customer", "Nora Lindqvist"), "amount": missing}
    task = Task(Request(text=text, now=NOW), OWNER, shop(), "run_00000000000000000000000001")
    answer = {"understood": "", "result": plan(given | {"note": None}), "rest": []}
    made = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert isinstance(made, Question if open_amount else Plan), made


@pytest.mark.parametrize(
    ("text", "step", "stands"),
    [
        ("verify if Ines Duarte has loans", {"action": "list_loans", "member_id": find("member", "Ines Duarte")}, True),
        ("list if Ines Duarte has loans", {"action": "list_loans", "member_id": find("member", "Ines Duarte")}, False),
        ("see if Piet Vos can pay and waive F-233", {"action": "waive_fine", "fine_id": find("fine", "F-233")}, False),
        ("waive if paid F-233", {"action": "waive_fine", "fine_id": find("fine", "F-233")}, False),
    ],
)
async def test_an_if_is_a_question_only_where_the_call_finds_things_out(
    text: str, step: dict[str, Any], stands: bool
) -> None:
    held = {"since": None} if step["action"] == "list_loans" else {"amount": None}
    there = world("lending")
    asks = there.catalogue.get("lending.list_loans")
    assert asks is not None
    changed = asks.model_copy(update={"risk": Risk.WRITE})  # what only reads is never asked about
    catalogue = Catalogue([changed, *(each for each in there.catalogue if each.name != changed.name)])
    context = WorkspaceContext("lending", catalogue, there.kinds, there.live)
    task = Task(Request(text=text, now=NOW), OWNER, context, "run_00000000000000000000000001")
    answer = {"understood": "", "result": plan({**step, **held}), "rest": []}
    made = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert isinstance(made, Plan if stands else Question), made


@pytest.mark.parametrize(("text", "stands"), [("the same for Ruth Meyer", True), ("same for Ruth and Piet Vos", False)])
async def test_the_same_for_somebody_is_accounted_for_by_who_it_is(text: str, stands: bool) -> None:
    letter = {"draft": "The shop is shut.", "fills": [], "quote": ""}
    write = {
        "action": "write_member",
        "member_id": find("member", "Piet Vos" if not stands else "Ruth Meyer"),
        "letter": letter,
    }
    made = (await came_of(text, plan(write), thread={"@member1": (("member", "1"),)})).verdict
    assert isinstance(made, Plan if stands else Question), made


WAIVE = {"action": "waive_fine", "fine_id": find("fine", "F-233"), "amount": None}


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("His bicycle fell over twice. Waive F-233", True),
        ("Waive F-233 twice", False),
        ("He wants it twice. Waive F-233", False),
        ("You can do it twice. Waive F-233", False),
        ("Twice. Waive F-233", False),
    ],
)
async def test_how_often_something_happened_is_shown_on_the_card(text: str, stands: bool) -> None:
    made = (await came_of(text, plan(WAIVE))).verdict
    assert isinstance(made, Plan if stands else Question), made
    assert not isinstance(made, Plan) or any("Nothing is done about" in each for each in made.held)


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("All that Ruth Abara owes may stay as it is but for the fine, waive that", True),
        ("Leave everything of Ruth Abara's but the fine: waive it", True),
        ("Leave everything of Ruth Abara's but the bicycle: waive the fine", False),
        ("Waive Ruth Abara's fine except the fine for the bicycle", False),
    ],
)
async def test_what_is_excepted_from_what_stays_is_what_is_ordered(text: str, stands: bool) -> None:
    fine = find("fine", None, {"belongs_to": find("member", "Ruth Abara")})
    made = (await came_of(text, plan({**WAIVE, "fine_id": fine}))).verdict
    assert isinstance(made, Plan if stands else Question), made


async def test_a_word_that_only_begins_like_a_rough_amount_is_none() -> None:
    charge = {"action": "charge_fine", "member_id": find("member", "Piet Vos"), "amount": number(5, "5 euros", "EUR")}
    why = {"value": "candles were burnt", "quote": "candles were burnt"}
    made = (await came_of("charge Piet Vos 5 euros: candles were burnt", plan({**charge, "reason": why}))).verdict
    assert isinstance(made, Plan), made

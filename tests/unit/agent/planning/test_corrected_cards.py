"""Which of several waiting cards of a thread a correction is for: the one about the record that it names."""

from __future__ import annotations

from agent.pipeline import EarlierCall, EarlierRecords, Plan, Proposed, Request, RunState, Turn
from agent.planning.proposal import PlanResult
from agent.planning.propose import propose
from agent.planning.task import CHEAP_ONLY, Outcome, make_task
from agent.planning.thread import build_thread
from agent.resolve.rules.resolver import RuleResolver
from agent.runs.run import Run
from core import ids
from registry.contract import Annotation
from registry.offers.shortlist import Shortlist
from tests.unit.agent.resolve.rules.grammar.test_understand import GUEST, OF_STAY, STAY, WHICH, action
from tests.unit.own_worlds import NOW, OWNER, world


async def talk(*turns: str, cards: RunState = "held", there: str = "lending") -> tuple[list[Run], Outcome]:
    """What the last of the turns comes to; the cards of those before it wait, or came to ``cards``."""
    runs: list[Run] = []
    context = world(there)
    for text in turns:
        run = Run(
            id=ids.make_id("run"),
            workspace=OWNER.workspace,
            session_id="s1",
            actor=OWNER,
            surface="admin",
            text=text,
            now=NOW,
            thread_id=runs[0].id if runs else None,
            created_at=NOW,
            updated_at=NOW,
        )
        task = make_task(run, context, (), CHEAP_ONLY, build_thread(runs, context.catalogue))
        outcome = await propose(task, RuleResolver())
        plan = outcome.verdict if isinstance(outcome.verdict, Plan) else None
        runs.append(run.with_(state=cards if plan else "asked", plan=plan, proposal=outcome.proposal))
    return runs, outcome


async def test_the_card_about_the_named_record_is_corrected_not_the_latest() -> None:
    runs, outcome = await talk("renew loan 502 by 5 days", "renew loan 503 by 6 days", "no, 9 days for loan 502")
    assert isinstance(outcome.verdict, Plan)
    (step,) = outcome.verdict.steps
    assert {each.param: each.value for each in step.filled} == {"loan_id": 502, "days": 9}
    assert outcome.withdrawal.runs == (runs[0].id,)


async def test_the_latest_is_corrected_where_the_record_is_named_anew() -> None:
    runs, outcome = await talk("renew loan 502 by 5 days", "renew loan 503 by 6 days", "no, loan 505")
    assert isinstance(outcome.verdict, Plan)
    assert outcome.withdrawal.runs == (runs[1].id,)


async def test_whose_a_pronoun_is_among_two_waiting_cards_is_asked_about() -> None:
    _, outcome = await talk(
        "charge Ruth Meyer 12 euros for a lost blade", "charge Piet Vos 9 euros for a torn hose", "make hers 15"
    )
    assert not isinstance(outcome.verdict, Plan)


async def test_what_is_said_anew_of_several_waiting_cards_takes_their_place() -> None:
    runs, outcome = await talk("refund R-5101", "and R-5105", "refund half of both", there="garage")
    assert isinstance(outcome.verdict, Plan), outcome.verdict
    assert [{each.param: each.value for each in step.filled}["amount"] for step in outcome.verdict.steps] == [
        9450,
        12000,
    ]
    assert set(outcome.withdrawal.runs) == {runs[0].id, runs[1].id}


async def test_what_comes_on_top_of_several_waiting_cards_takes_no_place() -> None:
    _, outcome = await talk("refund R-5101", "and R-5105", "also refund half of both", there="garage")
    assert outcome.withdrawal.runs == ()


async def test_an_address_said_anew_takes_the_place_of_the_one_on_the_card() -> None:
    mail = {"type": "string", "format": "email"}
    address = {"email": Annotation(label="Address")}
    offers = Shortlist(
        [action("set_email", "Set the e-mail of a stay", {**WHICH, "email": mail}, {**OF_STAY, **address})]
    )
    call = EarlierCall(handle="@call1", action="inn.set_email", records={"stay": "@stay1"}, said=("email",), waits=True)
    turn = Turn(words="…", came="…", calls=(call,), records=(EarlierRecords(handle="@stay1", kind="stay"),))
    for text in ("no wait, ada@mill.example", "make it ada@mill.example", "ada@mill.example"):
        request = Request(text=text, now=NOW, thread=(turn,))
        made = (await RuleResolver().resolve(request, offers, (GUEST, STAY))).resolution
        assert isinstance(made, Proposed), made
        assert isinstance(made.proposal.result, PlanResult)
        assert made.proposal.result.replaces == ("@call1",)
        assert "ada@mill.example" in made.proposal.model_dump_json()

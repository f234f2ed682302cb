"""Offline readings: what is read of a request without a model, one after the other, where its grammar made no plan that
holds every word."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from agent.planning.linked_answers import answer_linked
from agent.planning.linked_plans import plan_linked, preview_offered
from agent.planning.linked_values import Read
from agent.planning.noted_orders import place_left_over
from agent.planning.proposal import Proposal
from agent.planning.task import Outcome, Task
from agent.planning.unread_words import hold_unread

Plan = Callable[[Task], Awaitable[Outcome]]
Validate = Callable[[Task, Proposal], Awaitable[Outcome]]


async def read_on(task: Task, made: Outcome, plan: Plan, read: Read, validate: Validate) -> Outcome:
    """The outcome with every word in its place, or ``made``. ``plan`` plans a task by its grammar, ``read`` reads a
    request among some offers, ``validate`` tries a proposal for a task. Raises PlatformUnavailable."""
    own = partial(validate, task)
    linked = await plan_linked(task, made, read, own)
    linked = await answer_linked(task, made, own) if linked is made else linked
    linked = await preview_offered(task, made, plan) if linked is made else linked
    return hold_unread(task, await place_left_over(task, linked, plan, read, validate))

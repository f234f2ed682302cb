"""The guide says what the code does: every path, setting, command, field and event in it exists."""

from __future__ import annotations

import re
from pathlib import Path

from cli.main import make_parser
from core.errors import BadSetting
from core.scopes import SCOPES
from core.settings import Settings
from events.webhooks.attempt_recorder import DISABLED_EVENT, FAILING_FOR, MAX_SLOW_S, NARROW_AFTER
from executors.retry import WEBHOOK_DELAYS_S
from web.api.webhooks import deliveries, webhooks
from web.api.webhooks.webhooks import EndpointView, HealthOfEndpoint

GUIDE = (Path(__file__).parents[4] / "docs/guide/webhooks.md").read_text()


def test_every_path_in_the_guide_is_a_route() -> None:
    routes = {
        re.sub(r"\{\w+\}", "{id}", route.path)
        for router in (webhooks.router, deliveries.router)
        for route in router.routes
        if hasattr(route, "path")
    }
    named = set(re.findall(r"/v1/webhooks[/a-z{}]*", GUIDE))
    assert named <= routes
    assert {f"/v1/webhooks/endpoints/{{id}}/{act}" for act in re.findall(r"`…/(\w+)`", GUIDE)} <= routes


def test_every_option_in_the_guide_is_one_of_the_command() -> None:
    listen = next(action for action in make_parser()._actions if action.choices).choices["listen"]  # type: ignore[union-attr, index, call-overload]
    known = {option for action in listen._actions for option in action.option_strings}
    named = set(re.findall(r"--[a-z]+", GUIDE))
    assert named == {"--events", "--forward", "--answer", "--secret"}
    assert named <= known


def test_the_pauses_limits_and_the_event_are_those_of_the_code() -> None:
    assert WEBHOOK_DELAYS_S[1:] == (5, 300, 1800, 7200, 18000, 36000)
    assert "5 s, 5 min, 30 min, 2 h, 5 h, 10 h" in GUIDE
    assert f"for {FAILING_FOR.days} days" in GUIDE
    assert f"{NARROW_AFTER} failures in a row" in GUIDE
    assert f"up to {MAX_SLOW_S / 60:.0f} min" in GUIDE
    assert DISABLED_EVENT in GUIDE


def test_every_field_of_an_endpoint_in_the_guide_is_in_its_json() -> None:
    fields = {*EndpointView.model_fields, *HealthOfEndpoint.model_fields}
    for field in re.findall(r"`(\w+_(?:at|24h|s|since|failures|until|minute))`", GUIDE):
        assert field in fields, field


def test_the_settings_and_scopes_it_names_exist() -> None:
    assert set(re.findall(r"webhooks:\w+", GUIDE)) <= set(SCOPES)
    for name in set(re.findall(r"OPSIQ_[A-Z_]+", GUIDE)):
        try:
            Settings.load({name: "127.0.0.0/8"})
        except BadSetting as error:
            raise AssertionError(name) from error

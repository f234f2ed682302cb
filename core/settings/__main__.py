"""Reference page of the settings, generated from their table: ``python -m core.settings`` writes
docs/reference/settings.md to standard output."""

from __future__ import annotations

import sys
from dataclasses import fields

from core import env_variable
from core.settings.loading import SDK_VARIABLES, Settings


def render_reference() -> str:
    """The settings page, in Markdown."""
    lines = [
        "# Settings",
        "",
        "Settings come from the environment and are read once, at start. A name that begins with `OPSIQ_` and is none of",  # noqa: E501
        "these stops the start with a suggestion: a slip is never silently the default. Empty counts as not set.",
        f"{', '.join(f'`{name}`' for name in sorted(SDK_VARIABLES))} belong to the SDKs, `OPSIQ_TEST_…` to the tests.",
        "A secret can also be given as a file, named by its variable with `_FILE` after it (`OPSIQ_DATA_KEY_FILE=/run/secrets/data_key`).",  # noqa: E501
        "",
        "| variable | default | what it does |",
        "| --- | --- | --- |",
    ]
    for each in fields(Settings):
        one = env_variable.get_variable(each.metadata)
        default = one.default if one.default is not None else f"`{each.default}`"
        about = one.about + (" A secret: never logged." if one.secret else "")
        lines.append(f"| `{one.name}` | {default} | {about} |")
    lines += ["", "This page is made by `python -m core.settings`; a test compares the two.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(render_reference())

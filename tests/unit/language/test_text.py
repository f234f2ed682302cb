from __future__ import annotations

import pytest

from language.text import with_article


@pytest.mark.parametrize(
    "said",
    [
        "an invoice",
        "a user",
        "a unit",
        "an uninstall",
        "an hour",
        "a one-time code",
        "a URL",
        "an upload",
        "a European order",
        "an API key",
        "a utility",
        "an honour",
        "an usher",
        "a team",
    ],
)
def test_an_article_follows_the_sound(said: str) -> None:
    assert with_article(said.partition(" ")[2]) == said

"""Who is asked by one POST, and who through the libraries that know each provider's ways."""

from __future__ import annotations

import pytest

from agent.resolve.model.openai_http import serves


@pytest.mark.parametrize("url", ["http://127.0.0.1:8091/v1", "http://vllm:8000/v1", "https://gateway.example/v1"])
def test_a_server_of_ones_own_is_asked_directly(url: str) -> None:
    assert serves("openai/qwen", url)


@pytest.mark.parametrize(
    ("model", "url"),
    [
        ("openai/gpt-5", ""),
        ("openai/gpt-5", "https://api.openai.com/v1"),
        ("openai/gpt-5", "https://ours.openai.azure.com/v1"),
        ("ollama_chat/qwen3", "http://127.0.0.1:11434"),
        ("anthropic/claude", "https://gateway.example/v1"),
    ],
)
def test_every_other_is_reached_through_the_libraries(model: str, url: str) -> None:
    assert not serves(model, url)

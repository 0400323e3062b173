"""Readers of page responses for tests."""

from typing import Any


def messages_of(answer: Any) -> list[str]:
    """Return the messages that the page shows above its content."""
    return [str(message) for message in answer.context["messages"]]

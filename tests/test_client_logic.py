"""The client's logic, without a client: a plain handle takes note of what is sent."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

import client_logic


class Handle:
    """The handle of the server, which takes note of what is sent through it."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, ...]] = []

    async def register(self, username: str) -> None:
        """Take note of a request."""
        self.sent.append(("register", username))

    async def login(self, username: str) -> None:
        """Take note of a request."""
        self.sent.append(("login", username))

    async def request_registry(self) -> None:
        """Take note of a request."""
        self.sent.append(("request_registry",))


@pytest.mark.parametrize(
    ("step", "typed", "sent"),
    [
        (client_logic.register, ["ada"], [("register", "ada")]),
        (client_logic.register, [""], []),
        (client_logic.login, ["ada"], [("login", "ada")]),
        (client_logic.login, [""], []),
        (client_logic.request_registry, [], [("request_registry",)]),
    ],
)
def test_a_step_sends_its_request_unless_the_username_is_empty(
    step: Callable[..., Coroutine[Any, Any, None]], typed: list[str], sent: list[tuple[str, ...]]
) -> None:
    handle = Handle()
    asyncio.run(step(handle, *typed))
    assert handle.sent == sent

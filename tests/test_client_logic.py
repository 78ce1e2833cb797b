"""The client's logic, without a client: a plain handle takes note of what is sent."""

import asyncio

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


def test_a_username_is_registered() -> None:
    handle = Handle()
    asyncio.run(client_logic.register(handle, "ada"))
    assert handle.sent == [("register", "ada")]


def test_an_empty_username_is_not_registered() -> None:
    handle = Handle()
    asyncio.run(client_logic.register(handle, ""))
    assert handle.sent == []


def test_a_username_is_logged_in() -> None:
    handle = Handle()
    asyncio.run(client_logic.login(handle, "ada"))
    assert handle.sent == [("login", "ada")]


def test_an_empty_username_is_not_logged_in() -> None:
    handle = Handle()
    asyncio.run(client_logic.login(handle, ""))
    assert handle.sent == []


def test_the_registry_is_requested() -> None:
    handle = Handle()
    asyncio.run(client_logic.request_registry(handle))
    assert handle.sent == [("request_registry",)]

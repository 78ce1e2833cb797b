"""The two programs without a tutor: a few lines that call students' functions take its place."""

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

import pytest

import client_logic
from client import Client, ClientHandle
from gui.bridge import Mailbox, NetworkThread
from gui.client_state import Step
from gui.dictionaries import DictionaryChanged
from server import ServerHandle
from tests.peers import RunningServer, line, running_server
from tests.plain import PlainAnswerer, PlainStepTaker
from tests.students_files import RunningClient, connected


@contextlib.contextmanager
def plain_server(**handlers: Any) -> Iterator[RunningServer]:
    """Run the real server with handlers that nobody looks at."""
    with running_server(make_answerer=PlainAnswerer, **handlers) as running:
        yield running


@contextlib.contextmanager
def plain_client(server: RunningServer) -> Iterator[RunningClient]:
    """Run the real client with steps that nobody looks at, connected to a server."""
    with contextlib.closing(Mailbox()) as mailbox, NetworkThread() as network:
        client = Client(*server.address, network, mailbox, lambda: PlainStepTaker(client_logic))
        with connected(client, network, mailbox) as running:
            yield running


def test_the_three_steps_are_taken_without_a_tutor_on_either_side() -> None:
    with plain_server() as server:
        with plain_client(server) as client:
            assert client.take(Step.REGISTER, "") == "Nothing was sent: the username is empty."
            assert client.take(Step.REGISTER, "a" * 33) == "A username has at most 32 characters."
            assert client.take(Step.REGISTER) == "'ada' is registered."
            assert client.take(Step.LOGIN) == "'ada' is logged in."
            assert client.take(Step.REQUEST_REGISTRY) == "The registry lists 1 client."
            (key,) = server.logic.users
            assert server.logic.users == server.logic.active_users == {key: "ada"}
        server.wait_until_logged_off(key)
        assert server.logic.users == {key: "ada"}


def test_what_a_handler_changed_is_shown_before_what_it_then_sent() -> None:
    with plain_server() as server:
        ada = server.connect()
        key = server.key(ada)
        ada.ask("register", username="ada")
        ada.ask("login", username="ada")
        changes = [DictionaryChanged(name, {key: "ada"}) for name in ("users", "active_users")]
        server.news.wait_until(lambda: len(server.news.all) == 6)
        in_order = [getattr(event, "line", event) for event in server.news.all]
        assert in_order == [
            line("register", username="ada"),
            changes[0],
            line("registration_successful", username="ada"),
            line("login", username="ada"),
            changes[1],
            line("login_successful", username="ada"),
        ]


async def fail(_server: ServerHandle, username: str) -> None:
    raise LookupError(username)


async def reach_nobody(_server: ServerHandle, username: str) -> None:
    raise ConnectionRefusedError(username)  # of a connection of its own


async def say_nothing(_server: ServerHandle, _username: str) -> None:
    pass


async def answer_and_fail(server: ServerHandle, username: str) -> None:
    await server.login_failed(username)
    raise LookupError(username)


ERROR = {"type": "error", "reason": "The server's login_client() failed; the server shows why."}
FAILED = {"type": "login_failed", "username": "ada"}


@pytest.mark.parametrize(
    ("handler", "reply", "told"),
    [
        (fail, ERROR, [LookupError]),
        (reach_nobody, ERROR, [ConnectionRefusedError]),
        (say_nothing, ERROR, []),
        (answer_and_fail, FAILED, [LookupError]),
    ],
)
def test_a_request_that_is_not_answered_gets_one_error_and_the_next_its_answer(
    handler: Any, reply: object, told: list[type], caplog: pytest.LogCaptureFixture
) -> None:
    with plain_server(login_client=handler) as server:
        peer = server.connect()
        assert peer.ask("login", username="ada") == reply
        assert peer.ask("request_registry") == {"type": "request_denied"}
        records = [r for r in caplog.records if r.levelno >= logging.ERROR]
        errors = [r.exc_info[1] for r in records if r.exc_info]
        assert [type(error) for error in errors] == told


@pytest.mark.parametrize("error", [LookupError, ConnectionRefusedError])
def test_a_step_that_fails_is_told_and_the_next_can_be_taken(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail_to_send(_client: ClientHandle, username: str) -> None:
        raise error(username)

    monkeypatch.setattr(client_logic, "login", fail_to_send)
    with plain_server() as server, plain_client(server) as client:
        assert client.take(Step.LOGIN) == "Nothing was sent: see the problem below."
        assert client.take(Step.REGISTER) == "'ada' is registered."
    assert "A step could not be taken." in caplog.text

"""Files of the assignment with other code in them, in real servers and clients."""

import contextlib
import json
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from client import Client, ClientHandle
from gui.bridge import Mailbox, NetworkThread
from gui.client_state import ClientState, Link, Step
from gui.tutor.assignment import HANDLERS
from gui.tutor.problem import Problem
from gui.tutor.tutor import ClientTutor
from tests.grading_tests import submitted
from tests.peers import (
    ClosableServer,
    News,
    RunningServer,
    put_in_place,
    running_server,
    serving,
)

PROJECT = Path(__file__).parents[1]


def filled(file: str, function: str, body: str) -> str:
    """Return the text of a file of the assignment, with another body in one portion."""
    portion = textwrap.dedent(body).strip("\n")
    return submitted.filled({f"{Path(file).stem}.{function}": portion})[file].decode()


@contextlib.contextmanager
def imported_from(folder: Path, module: str) -> Iterator[None]:
    """Let a module be found in a folder, and nowhere else, for as long as the `with` block."""
    path, imported = sys.path, sys.modules.pop(module, None)
    others = [entry for entry in path if not Path(entry, f"{module}.py").exists()]
    sys.path = [str(folder), *others]
    try:
        yield
    finally:
        sys.path = path
        sys.modules.pop(module, None)
        if imported is not None:
            sys.modules[module] = imported


def problems(news: News) -> list[Problem]:
    """Return the problems that were reported so far, without those that only lasted a while."""
    return [event for event in news.events if isinstance(event, Problem) and not event.ongoing]


@contextlib.contextmanager
def server_from(folder: Path) -> Iterator[RunningServer]:
    """Run the real server with the `server_logic` of a folder."""
    with (
        contextlib.closing(Mailbox()) as mailbox,
        imported_from(folder, "server_logic"),
        NetworkThread() as network,
    ):
        server = ClosableServer(mailbox)
        address = network.call(server.listen("127.0.0.1", 0))
        port = int(address.rpartition(":")[2])
        running = RunningServer(("127.0.0.1", port), None, News(mailbox), network)
        with serving(server, running):
            yield running


class RunningClient:
    """The real client, connected.

    Parameters:
        news: what it tells its window.
    """

    def __init__(self, client: Client, news: News) -> None:
        self.news = news
        self._client = client

    @property
    def states(self) -> list[ClientState]:
        """The states that the client has shown so far."""
        return [event for event in self.news.events if isinstance(event, ClientState)]

    def take(self, step: Step, username: str = "ada") -> str:
        """Let the client take a step; return the sentence that its window shows at the end."""
        seen = len(self.states)
        self._client.take_step(step, username)
        self.news.wait_until(
            lambda: len(self.states) > seen + 1 and self.states[-1].pending is None
        )
        return self.states[-1].outcomes[step].sentence


def tutored_client(
    address: tuple[str, int], network: NetworkThread, mailbox: Mailbox, **functions: object
) -> Client:
    """Return a client as the program makes it, which has not begun to connect.

    Parameters:
        functions: what takes the place of the functions in `client_logic`.
    """

    def make_tutor() -> ClientTutor:
        tutor = ClientTutor(ClientHandle, mailbox.post)
        put_in_place(tutor, functions)
        return tutor

    return Client(*address, network, mailbox, make_tutor)


@contextlib.contextmanager
def connected(client: Client, network: NetworkThread, mailbox: Mailbox) -> Iterator[RunningClient]:
    """Let a client connect; close its connection at the end of the `with` block."""
    news = News(mailbox)
    client.start()
    running = RunningClient(client, news)
    try:
        news.wait_until(lambda: bool(running.states) and running.states[-1].link is Link.OPEN)
        yield running
    finally:
        connection = client._connection
        network.loop.call_soon_threadsafe(connection.close)
        news.wait_until(lambda: running.states[-1].link is Link.CLOSED)


@contextlib.contextmanager
def client_from(folder: Path, address: tuple[str, int]) -> Iterator[RunningClient]:
    """Run the real client with the `client_logic` of a folder, connected to a server."""
    with (
        contextlib.closing(Mailbox()) as mailbox,
        imported_from(folder, "client_logic"),
        NetworkThread() as network,
        connected(tutored_client(address, network, mailbox), network, mailbox) as running,
    ):
        yield running


# --- what a server and a client go through ----------------------------------------------


def converse(running: RunningServer) -> list[dict[str, Any]]:
    """Let three clients do everything right and wrong; return the replies that they get."""
    ada, grace, nobody = (running.connect() for _ in range(3))
    replies = [
        nobody.ask("request_registry"),
        nobody.ask("login", username="ada"),
        ada.ask("register", username="ada"),
        grace.ask("register", username="ada"),
        grace.ask("register", username="grace"),
        ada.ask("request_registry"),
        ada.ask("register", username="bob"),
        ada.ask("login", username="grace"),
        ada.ask("login", username="ada"),
        ada.ask("login", username="ada"),
        grace.ask("request_registry"),
        ada.ask("request_registry"),
        # The next client. Its answer comes after the review of all that was before.
        running.connect().ask("request_registry"),
    ]
    running.news.read()
    return replies


def serve_from(folder: Path) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Let three clients talk with a server; return the replies, and the problems it reports."""
    with server_from(folder) as running:
        replies = converse(running)
        return replies, problems(running.news)


def take_steps_from(folder: Path) -> tuple[list[str], list[Problem]]:
    """Let a client take its steps; return how each ended, and the problems it reports."""
    with running_server() as server, client_from(folder, server.address) as client:
        sentences = [
            client.take(Step.REGISTER, ""),
            client.take(Step.REGISTER),
            client.take(Step.LOGIN),
            client.take(Step.REQUEST_REGISTRY),
            client.take(Step.REQUEST_REGISTRY),
        ]
        return sentences, problems(client.news)


RIGHT_REPLIES = [
    "request_denied",
    "login_failed",
    "registration_successful",
    "registration_failed",
    "registration_successful",
    "request_denied",
    "registration_failed",
    "login_failed",
    "login_successful",
    "login_successful",
    "request_denied",
    "registry",
    "request_denied",
]
RIGHT_STEPS = [
    "Nothing was sent: the username is empty.",
    "'ada' is registered.",
    "'ada' is logged in.",
    "The registry lists 1 client.",
    "The registry lists 1 client.",
]


def assert_right(came_of_it: list[Any], found: list[Problem]) -> None:
    """Assert that a program did what it should, and that no problem is told."""
    assert found == []
    if came_of_it and isinstance(came_of_it[0], str):
        assert came_of_it == RIGHT_STEPS
    else:
        assert [reply["type"] for reply in came_of_it] == RIGHT_REPLIES


# All that a peer may be told about a mistake: which request failed, and where to look.
ERRORS = [
    f"The server's {function}() failed; the server shows why." for function in HANDLERS.values()
]
FIELDS = {
    "registration_successful": {"type", "username"},
    "registration_failed": {"type", "username"},
    "login_successful": {"type", "username"},
    "login_failed": {"type", "username"},
    "registry": {"type", "clients"},
    "request_denied": {"type"},
    "error": {"type", "reason"},
}


def assert_tells_no_code(replies: list[dict[str, Any]]) -> None:
    """Assert that clients get the protocol's messages, and nothing of what is in the file."""
    for reply in replies:
        assert set(reply) == FIELDS[reply["type"]]
        assert reply.get("reason", ERRORS[0]) in ERRORS
    told = json.dumps(replies)
    assert "Traceback" not in told
    assert ".py" not in told

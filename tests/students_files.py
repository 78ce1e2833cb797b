"""Files of the assignment with other code in them, in real servers and clients."""

import asyncio
import contextlib
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from client import Client, ClientHandle
from gui.bridge import Mailbox, NetworkThread
from gui.client_state import ClientState, Link, Step
from gui.tutor.problem import Problem
from gui.tutor.tutor import ClientTutor
from tests.peers import DEADLINE_SECONDS, ClosableServer, News, RunningServer

PROJECT = Path(__file__).parents[1]


def filled(file: str, function: str, body: str) -> str:
    """Return the text of a file of the assignment, with another body in one portion."""
    portion = rf"(def {function}\(.*?# \*\*\* start \*\*\*\n).*?( *# \*\*\* end \*\*\*)"
    inside = textwrap.indent(textwrap.dedent(body).strip("\n"), "    ") + "\n"
    text = (PROJECT / file).read_text(encoding="utf-8")
    text, count = re.subn(
        portion, lambda found: found[1] + inside + found[2], text, count=1, flags=re.DOTALL
    )
    assert count == 1, f"{file} has no portion {function}"
    return text


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
        running = RunningServer(("127.0.0.1", port), None, News(mailbox))
        try:
            network.call(server.serve_clients())
            yield running
        finally:
            for peer in running.peers:
                peer.close()
            closing = server.close(came=len(running.peers))
            network.call(asyncio.wait_for(closing, DEADLINE_SECONDS))


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


def tutored_client(address: tuple[str, int], network: NetworkThread, mailbox: Mailbox) -> Client:
    """Return a client as the program makes it, which has not begun to connect."""
    return Client(*address, network, mailbox, lambda: ClientTutor(ClientHandle, mailbox.post))


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

"""From Return to the answer shown, with the bridge and without any. Limit: 1.3 times.

Both go over the same window and to the same server process: once through the network's
thread and the mailbox, once over a blocking socket in Tk's thread, which then calls the
same widgets. Both end when everything is drawn, the diagram included.
"""

import os
import socket
import statistics
import sys
import time
from collections.abc import Callable

from client import Client, ClientHandle
from gui import client_state as states
from gui.bridge import Mailbox, NetworkThread
from gui.client_state import Step
from gui.tutor.tutor import ClientTutor
from gui.windows.client_window import ClientWindow
from gui.windows.root import open_root
from gui.windows.window import SWITCH_INTERVAL_SECONDS
from protocol import REPLIES, Login, LoginSuccessful, Register, decode, encode
from tests.benchmarks.programs import print_table, running_server
from tests.conftest import until_visible, virtual_display

ROUNDS = 300
LIMIT = 1.3
# Nothing takes so long unless it never happens.
DEADLINE_SECONDS = 20


class RoundTrip:
    """One window, and the two ways from a key to the answer in it."""

    def __init__(self, window: ClientWindow, address: tuple[str, int]) -> None:
        self.window = window
        self.root = window.root
        self.sentence = "'ada' is logged in."
        self.state = states.connected("{}:{}".format(*address))
        self.state = states.answered(states.taking(self.state, Step.LOGIN), LoginSuccessful("ada"))
        self.mailbox = Mailbox()
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.replies = self.socket.makefile("rb")
        self.socket.sendall(encode(Register("grace")))
        self.replies.readline()
        self.root.bind("<F2>", lambda _: self.directly())
        # No window manager gives this window the keyboard; without it, no key arrives.
        self.window.steps.buttons[Step.LOGIN].focus_force()
        self.root.update()

    def lines(self) -> int:
        """Return how many lines the log has."""
        return int(self.window.messages.log.text.index("end").split(".")[0])

    def with_bridge(self) -> float:
        """Log in by Return; return how many milliseconds it took until that was drawn."""
        start, lines = time.perf_counter(), self.lines() + 2
        self.window.steps.buttons[Step.LOGIN].event_generate("<Return>")
        # It wakes Tk, which would otherwise wait for an event that never comes.
        deadline = self.root.after(DEADLINE_SECONDS * 1000, self.give_up)
        while self.lines() < lines or self.outcome() != self.sentence:
            self.root.tk.dooneevent()
        self.root.after_cancel(deadline)
        self.root.update_idletasks()
        return (time.perf_counter() - start) * 1000

    def without_bridge(self) -> float:
        """Log in by another key, without the bridge; return the milliseconds."""
        start = time.perf_counter()
        self.window.steps.buttons[Step.LOGIN].event_generate("<F2>")
        self.root.update_idletasks()
        return (time.perf_counter() - start) * 1000

    def directly(self) -> None:
        """Do what the client does, over a blocking socket."""
        window = self.window
        window.show(states.taking(self.state, Step.LOGIN))
        request = encode(Login("grace"))
        self.socket.sendall(request)
        self.log("→", request)
        reply = self.replies.readline()
        self.log("←", reply)
        decode(reply, REPLIES)
        window.show(self.state)

    def log(self, arrow: str, line: bytes) -> None:
        """Show a line in the log and in the diagram."""
        self.mailbox.log(arrow, "127.0.0.1:8888", line)
        self.window.messages.take([event for _, event in self.mailbox.take(1)])

    def give_up(self) -> None:
        """End the benchmark: the answer does not come."""
        sys.exit(f"In vain for {DEADLINE_SECONDS} s: Return on Login was not answered.")

    def outcome(self) -> str:
        """Return what stands beside the button."""
        return str(self.window.steps.outcomes[Step.LOGIN].cget("text"))


def measure(*ways: Callable[[], float]) -> list[list[float]]:
    """Return the milliseconds of every round, for ways that take turns."""
    rounds = [[way() for way in ways] for _ in range(ROUNDS)]
    return [list(times) for times in zip(*rounds, strict=True)]


def main() -> None:
    """Measure, and print the medians."""
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    with (
        virtual_display() as display,
        running_server("server.py", "--port", "0", "--no-window") as (_, address),
    ):
        os.environ["DISPLAY"] = display
        root = open_root("Client")
        mailbox = Mailbox()
        network = NetworkThread()
        client = Client(
            *address,
            network,
            mailbox,
            lambda: ClientTutor(ClientHandle, mailbox.post, mailbox.note),
        )
        window = ClientWindow(root, mailbox, "ada")
        window.messages.select(1)
        window.commands = client
        with network:
            client.start()
            until_visible(root, "Connected")
            for step, sentence in (
                (Step.REGISTER, "'ada' is registered."),
                (Step.LOGIN, "'ada' is logged in."),
            ):
                client.take_step(step, "ada")
                until_visible(root, sentence)
            trip = RoundTrip(window, address)
            with_bridge, without = measure(trip.with_bridge, trip.without_bridge)
        ratio = statistics.median(with_bridge) / statistics.median(without)
        print_table(
            f"From Return to the answer shown, median (90th percentile) of {ROUNDS}",
            [
                ("with the bridge", milliseconds(with_bridge)),
                ("without", milliseconds(without)),
                ("ratio", f"{ratio:.2f} (limit {LIMIT})"),
            ],
        )
        window.close()


def milliseconds(times: list[float]) -> str:
    """Return what is told of many times."""
    deciles = statistics.quantiles(times, n=10)
    return f"{statistics.median(times):.2f} ms ({deciles[-1]:.2f} ms)"


if __name__ == "__main__":
    main()

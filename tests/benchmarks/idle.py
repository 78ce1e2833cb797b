"""How often idle programs wake. Limit: never in 10 s, but for a blinking caret."""

import time
import tkinter

from tests.benchmarks.programs import print_table, running, running_server, voluntary_switches
from tests.conftest import virtual_display

# What is measured is what happens in a stretch of time: there is nothing else to wait for.
SECONDS = 10
SETTLE_SECONDS = 3
CARET = "client, in a window, its caret blinking"


def main() -> None:
    """Run all, let them settle, and count."""
    with virtual_display() as display:
        server = ("server.py", "--port", "0")
        with (
            running_server(*server, DISPLAY=display) as (server_window, address),
            running_server(*server, "--no-window") as (server_console, _),
        ):
            client = ("client.py", "--port", str(address[1]))
            with (
                running(*client, DISPLAY=display) as client_window,
                running(*client, "--no-window") as client_console,
            ):
                programs = {
                    "server, in a window": server_window.pid,
                    "client, in a window": client_window.pid,
                    "server, in the terminal": server_console.pid,
                    "client, in the terminal": client_console.pid,
                }
                # Without a window manager, keys go to the window under the pointer.
                move_pointer(display, 1279, 1023)
                counts = switches(programs)
                move_pointer(display, 10, 10)
                counts |= switches({CARET: client_window.pid})
    print_table(
        f"Voluntary context switches in {SECONDS} s (limit 0, but for the caret)",
        [(name, str(count)) for name, count in counts.items()],
    )


def switches(programs: dict[str, int]) -> dict[str, int]:
    """Return how often the threads of some processes wake, once they have settled."""
    time.sleep(SETTLE_SECONDS)
    before = {name: voluntary_switches(pid) for name, pid in programs.items()}
    time.sleep(SECONDS)
    return {name: voluntary_switches(pid) - before[name] for name, pid in programs.items()}


def move_pointer(display: str, x: int, y: int) -> None:
    """Put the mouse's pointer somewhere."""
    root = tkinter.Tk(display)
    root.overrideredirect(boolean=True)
    root.geometry("1x1+1279+1023")
    root.update()
    root.event_generate("<Motion>", warp=True, x=x - 1279, y=y - 1023)
    root.update()
    root.destroy()


if __name__ == "__main__":
    main()

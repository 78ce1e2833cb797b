"""Takes the pictures in the README and the lesson: the programs as they are, at twice their size.

Needs Xvfb, openbox, xdotool and ImageMagick:

python3 -m tests.pictures
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from gui.tutor.assignment import SERVER_FILE
from tests.grading_tests.submitted import REFERENCE, filled

PROJECT = Path(__file__).parents[1]
IMAGES = PROJECT / "gui" / "images"
SCREEN = "2800x1720"
# Twice what is usual: a picture that is shown at half its size is sharp on any screen.
DPI = 192
# Nothing tells from outside that a window has drawn all of it. A person waits as long.
PAUSE_SECONDS = 2.0
# Alone in its portion: around it the window shows lines, and the handout holds the picture.
MISSPELT = {"server_logic.login_client": "await server.login_succesful(username)"}
WITHOUT_AWAIT = {"server_logic.login_client": "server.login_successful(username)"}
STORE = b"        register_user("
WAIT = b"        import asyncio\n        await asyncio.sleep(1)\n"
# From a new server's window to its switch; from there backwards to its last part, the tabs, and to
# the second of them.
TO_SWITCH = ("Tab", "Tab")
TO_DIAGRAM = (*["shift+Tab"] * 5, "Right")
FROM_DIAGRAM_TO_CLEAR = ["shift+Tab"] * 4
# Where the three windows of an experiment are, and what of them is shown.
SERVER_PLACE, FIRST_PLACE, SECOND_PLACE = "1100x1500+0+0", "860x720+1110+0", "860x720+1110+770"
ALL_THREE, SERVER, FIRST = "1980x1540+0+0", "1110x1540+0+0", "870x760+1110+0"


class Screen:
    """A virtual screen with a window manager, and somebody at its keyboard.

    Parameters:
        display: the DISPLAY that leads there.
    """

    def __init__(self, display: str) -> None:
        self._environment = os.environ | {"DISPLAY": display}

    @contextlib.contextmanager
    def running(self, *command: str, folder: Path = PROJECT) -> Iterator[None]:
        """Run a program on the screen, for as long as the `with` block."""
        with subprocess.Popen(command, cwd=folder, env=self._environment) as program:
            time.sleep(PAUSE_SECONDS)
            try:
                yield
            finally:
                program.terminate()

    def type(self, window: str, *keys: str, number: int = 1) -> None:
        """Press keys in a window, at the pace of a person.

        Parameters:
            window: its title, as a regular expression.
            number: which of those that have it.
        """
        search = ("xdotool", "search", "--sync", "--onlyvisible", "--name", window)
        self._do(*search, "windowfocus", f"%{number}")
        for key in keys:
            self._do("xdotool", "key", key)
            if key == "Return":
                time.sleep(PAUSE_SECONDS)

    def write(self, text: str) -> None:
        """Type a text where the keyboard is."""
        self._do("xdotool", "type", text)

    def take(self, picture: str, area: str) -> None:
        """Take a picture of a part of the screen, in X's form."""
        # What has just changed is marked for a moment.
        time.sleep(2 * PAUSE_SECONDS)
        cut = ("-crop", area, "+repage", "+dither", "-colors", "32")
        self._do("import", "-window", "root", *cut, f"png8:{IMAGES / picture}")

    def _do(self, *command: str) -> None:
        subprocess.run(command, env=self._environment, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def screen() -> Iterator[Screen]:
    """Run a screen, for as long as the `with` block."""
    options = ("-displayfd", "1", "-noreset", "-dpi", str(DPI), "-screen", "0", f"{SCREEN}x24")
    with subprocess.Popen(["Xvfb", *options], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            screen = Screen(f":{server.stdout.readline().strip()}")
            with screen.running("openbox"):
                yield screen
        finally:
            server.terminate()


def take_windows(screen: Screen) -> None:
    """Show a server and two clients, each registered, logged in, and with the registry."""
    with screen.running(sys.executable, "server.py", "--port", "0", "--clients", "2"):
        for name in ("ada", "grace"):
            screen.type("^Client$", *name, "Return", "Return", "Return")
        screen.take("windows.png", SCREEN)


@contextlib.contextmanager
def programs(screen: Screen, logic: bytes, server: str, *clients: str) -> Iterator[None]:
    """Run a server and clients, for as long as the `with` block.

    Parameters:
        logic: what is in `server_logic.py`.
        server, clients: where their windows are, in X's form.
    """
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        project = Path(folder) / "project"
        shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns(".*", "tests"))
        (project / SERVER_FILE).write_bytes(logic)
        for program, place in (("server.py", server), *(("client.py", place) for place in clients)):
            command = (sys.executable, program, "--port", "8899", "--geometry", place)
            stack.enter_context(screen.running(*command, folder=project))
        yield


def take_problem(screen: Screen) -> None:
    """Show how a server's window explains a misspelt name."""
    logic = filled(MISSPELT)[SERVER_FILE]
    with programs(screen, logic, "1344x1200+0+0", "900x1000-0+0"):
        screen.type("^Client$", *"ada", "Return", "Return")
        screen.take("problem.png", "1350x1250+0+0")


def take_held(screen: Screen) -> None:
    """Show two requests for one name, both held."""
    logic = REFERENCE[SERVER_FILE]
    with programs(screen, logic, SERVER_PLACE, FIRST_PLACE, SECOND_PLACE):
        screen.type("^Server$", *TO_SWITCH, "space", *TO_DIAGRAM)
        for number in (1, 2):
            screen.type("^Client$", *"ada", "Return", number=number)
        screen.take("lesson_held.png", ALL_THREE)


def take_await(screen: Screen) -> None:
    """Show a message that was never sent, for want of an await."""
    logic = filled(WITHOUT_AWAIT)[SERVER_FILE]
    with programs(screen, logic, SERVER_PLACE, FIRST_PLACE):
        screen.type("^Server$", *TO_SWITCH, *TO_DIAGRAM)
        screen.type("^Client$", *"ada", "Return", "Return")
        screen.take("lesson_await.png", SERVER)


def take_race(screen: Screen) -> None:
    """Show what two clients are told whose requests were looked at before either was stored."""
    logic = REFERENCE[SERVER_FILE].replace(STORE, WAIT + STORE)
    with programs(screen, logic, SERVER_PLACE, FIRST_PLACE, SECOND_PLACE):
        screen.type("^Server$", *TO_SWITCH, "space")
        for number in (1, 2):
            screen.type("^Client$", *"ada", "Return", number=number)
        screen.type("^Server$", "space", *TO_DIAGRAM)
        # The explanation quotes lines of the solution, and students get the picture.
        screen.type("^Server: 1 problem$", *FROM_DIAGRAM_TO_CLEAR, "Return")
        screen.take("lesson_race.png", ALL_THREE)


def take_raw_line(screen: Screen) -> None:
    """Show a line that is refused."""
    with programs(screen, REFERENCE[SERVER_FILE], SERVER_PLACE, FIRST_PLACE):
        screen.type("^Client$", "shift+Tab", "space")
        screen.write('{"type": "register"}')
        screen.type("^Client$", "Return")
        screen.take("lesson_raw_line.png", FIRST)


def main() -> None:
    """Take all pictures, or those that the command line names, such as "held"."""
    pictures = (take_windows, take_problem, take_held, take_await, take_race, take_raw_line)
    with screen() as virtual:
        for take in pictures:
            if not sys.argv[1:] or take.__name__.removeprefix("take_") in sys.argv[1:]:
                take(virtual)


if __name__ == "__main__":
    main()

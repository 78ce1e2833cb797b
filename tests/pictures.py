"""Takes the pictures in the README: the programs as they are, at twice the usual size.

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
from tests.grading_tests.submitted import filled

PROJECT = Path(__file__).parents[1]
IMAGES = PROJECT / "gui" / "images"
SCREEN = "2800x1720"
# Twice what is usual: a picture that is shown at half its size is sharp on any screen.
DPI = 192
# Nothing tells from outside that a window has drawn all of it. A person waits as long.
PAUSE_SECONDS = 2.0
# Alone in its portion: around it the window shows lines, and the handout holds the picture.
MISSPELT = {"server_logic.login_client": "await server.login_succesful(username)"}


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

    def type(self, window: str, *keys: str) -> None:
        """Press keys in the window of this title, at the pace of a person."""
        self._do("xdotool", "search", "--sync", "--onlyvisible", "--name", window, "windowfocus")
        for key in keys:
            self._do("xdotool", "key", key)
            if key == "Return":
                time.sleep(PAUSE_SECONDS)

    def take(self, picture: str, area: str) -> None:
        """Take a picture of a part of the screen, in X's form."""
        # What has just changed is marked for a moment.
        time.sleep(2 * PAUSE_SECONDS)
        cut = ("-crop", area, "+repage", "+dither", "-colors", "128")
        self._do("import", "-window", "root", *cut, str(IMAGES / picture))

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


def take_problem(screen: Screen) -> None:
    """Show how a server's window explains a misspelt name."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns(".*", "tests"))
        (project / SERVER_FILE).write_bytes(filled(MISSPELT)[SERVER_FILE])
        port = ("--port", "8899")
        server = (sys.executable, "server.py", *port, "--geometry", "1344x1200+0+0")
        client = (sys.executable, "client.py", *port, "--geometry", "900x1000-0+0")
        with (
            screen.running(*server, folder=project),
            screen.running(*client, folder=project),
        ):
            screen.type("^Client$", *"ada", "Return", "Return")
            screen.take("problem.png", "1350x1250+0+0")


def main() -> None:
    """Take all pictures."""
    with screen() as virtual:
        take_windows(virtual)
        take_problem(virtual)


if __name__ == "__main__":
    main()

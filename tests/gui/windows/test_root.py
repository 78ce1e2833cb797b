"""The root window: there at once, before anything is drawn in it."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gui import program

if TYPE_CHECKING:
    import tkinter

PROJECT = Path(__file__).parents[3]


def test_it_is_there_at_once_with_its_title_and_its_size(root: "tkinter.Tk") -> None:
    from gui.windows.root import HEIGHT, WIDTH
    from gui.windows.style import digit_width

    assert root.winfo_viewable()
    assert root.title() == "Test"
    assert root.winfo_width() == min(WIDTH * digit_width(), root.winfo_screenwidth())
    assert root.winfo_height() == min(HEIGHT * digit_width(), root.winfo_screenheight())


def test_neither_it_nor_the_command_line_needs_what_is_slow_to_import() -> None:
    pytest.importorskip("tkinter")
    slow = {
        "argparse",
        "asyncio",
        "dataclasses",
        "inspect",
        "protocol",
        "shutil",
        "socket",
        "typing",
    }
    program = """
import sys
sys.path.insert(0, ".")
import gui.program, gui.windows.root
sys.argv = ["client.py"]
gui.program.client_options()
print(*sys.modules)
"""
    # Without -I and -S, what the environment adds to Python would be found as well.
    ended = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert slow.isdisjoint(ended.stdout.split())


def test_where_tk_can_open_no_window_its_reason_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import tkinter

    from gui.windows import root

    def fail(**_: object) -> None:
        raise tkinter.TclError("Can't find a usable init.tcl in the following directories: \n  /x")

    monkeypatch.setattr(root, "Root", fail)
    assert program.open_window("Test", None) is None
    assert capsys.readouterr().err == (
        "No window: Tk can open none (Can't find a usable init.tcl in the following directories);"
        " going on without one.\n"
    )

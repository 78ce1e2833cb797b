"""A file that somebody edits: when it is looked at, and which of its states count."""

import os
import time
from itertools import pairwise
from pathlib import Path

import pytest

from gui.tutor.assignment import SERVER_FILE, functions_of
from gui.tutor.saved_file import LOOK_SECONDS, SavedFile
from tests.students_files import PROJECT

FUNCTIONS = functions_of(SERVER_FILE)
TEXT = (PROJECT / SERVER_FILE).read_text(encoding="utf-8")


class Scene:
    """A file, and a clock that a test sets."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.path = folder / SERVER_FILE
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        self.save(TEXT)
        self.file = SavedFile(self.path, FUNCTIONS)
        self.file.read()

    def save(self, text: str) -> None:
        """Save the file, at a time of its own."""
        self.path.write_text(text, encoding="utf-8")
        self.now += 1 / 1024
        os.utime(self.path, (self.now, self.now))

    def look(self, seconds: float = LOOK_SECONDS) -> str | None:
        """Look at the file after so many seconds; return its text if it counts."""
        self.now += seconds
        source = self.file.look()
        return None if source is None else "".join(source.lines).rstrip("\n")


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Give a file that was read once."""
    return Scene(tmp_path, monkeypatch)


def test_what_was_not_saved_is_not_read_again(scene: Scene) -> None:
    assert scene.look() is None


def test_what_was_saved_is_read_once(scene: Scene) -> None:
    scene.save(f"{TEXT}# new\n")
    found = scene.look()
    assert found is not None
    assert found.endswith("# new")
    assert scene.look() is None


def test_it_is_looked_at_four_times_a_second_at_most(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    stat = Path.stat

    def counted(path: Path) -> os.stat_result:
        looks.append(scene.now)
        return stat(path)

    monkeypatch.setattr(Path, "stat", counted)
    for _ in range(2048):
        scene.look(1 / 1024)
    assert len(looks) == 2 / LOOK_SECONDS
    assert min(b - a for a, b in pairwise(looks)) == LOOK_SECONDS


@pytest.mark.parametrize("state", ["gone", "", "\n\n", "def registered(key):\n    return True\n"])
def test_what_an_editor_may_be_writing_counts_when_it_was_seen_twice(
    state: str, scene: Scene
) -> None:
    if state == "gone":
        scene.path.unlink()
    else:
        scene.save(state)
    assert scene.look() is None
    assert scene.look(LOOK_SECONDS / 2) is None
    found = scene.look(LOOK_SECONDS / 2)
    assert found == ("" if state == "gone" else state.rstrip("\n"))
    assert scene.look() is None


def test_what_an_editor_was_writing_counts_once_it_is_there(scene: Scene) -> None:
    scene.save("")
    assert scene.look() is None
    scene.save(f"{TEXT}# new\n")
    found = scene.look()
    assert found is not None
    assert found.endswith("# new")
    scene.save("")
    assert scene.look() is None

"""Makes the handout: the folder that a student gets."""

import io
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.grading.leaks import Solution
from tests.grading.portions import FILES, skeletons

PROJECT = Path(__file__).resolve().parents[2]
PROGRAMS = ("server.py", "client.py", "protocol.py")
# What the self-check is made of: nothing that only instructors use.
SELF_CHECK = [
    "__init__.py",
    "__main__.py",
    "check.py",
    "desk.py",
    "judge.py",
    "one_at_a_time.py",
    "overlap.py",
    "portions.py",
    "plain.py",
    "runner.py",
    "scenarios.py",
    "together.py",
    "top_level.py",
    "worker.py",
]
ASSIGNMENT_BEGINS = "<!-- What students get as their README begins here. -->"
ASSIGNMENT_ENDS = "<!-- What students get as their README ends here. -->"
# Whatever the clock says, the same files make the same zip.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
EXECUTABLE, PLAIN = 0o755, 0o644


class HandoutError(Exception):
    """The handout cannot be made; the text says why."""


def handout_files(project: Path = PROJECT) -> dict[str, bytes]:
    """Return the files of the handout by their path in it.

    Raises:
        MarkerError: the markers of a file are not as they should be.
        HandoutError: a line of the solution would be handed out, or the README does not say
            where the assignment begins and ends.
    """
    files = {name: (project / name).read_bytes() for name in PROGRAMS}
    for path in sorted((project / "gui").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            files[path.relative_to(project).as_posix()] = path.read_bytes()
    for name, source in skeletons(project).items():
        files[name] = source
        files[f"tests/grading/skeleton/{name}"] = source
    desk = project / "tests" / "grading"
    for name in SELF_CHECK:
        files[f"tests/grading/{name}"] = (desk / name).read_bytes()
    files["tests/__init__.py"] = (desk.parent / "__init__.py").read_bytes()
    files["tests/test_portions.py"] = (desk.parent / "test_portions.py").read_bytes()
    files["README.md"] = assignment((project / "README.md").read_text(encoding="utf-8")).encode()
    lesson = (desk / "lesson.md").read_text(encoding="utf-8")
    # Where it lies in the handout, the way to its pictures is another.
    files["LESSON.md"] = lesson.replace("../../gui/", "gui/").encode()
    reference = {name: (project / name).read_bytes() for name in FILES}
    solution = Solution(reference, skeletons(project))
    for name, content in files.items():
        if statement := solution.found_in(content):
            raise HandoutError(
                f"A line of the solution would be handed out, in {name}: {statement}"
            )
    return dict(sorted(files.items()))


def assignment(readme: str) -> str:
    """Return what students get as their README: the title, and what is between two comments.

    Raises:
        HandoutError: the two comments are not there.
    """
    title = readme.partition("\n")[0]
    _, begin, rest = readme.partition(ASSIGNMENT_BEGINS)
    text, end, _ = rest.partition(ASSIGNMENT_ENDS)
    if not (begin and end):
        raise HandoutError(f"README.md lacks {ASSIGNMENT_BEGINS} or, below it, {ASSIGNMENT_ENDS}")
    return f"{title}\n\n{text.strip()}\n"


def write_folder(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files as a folder, whole or not at all.

    Raises:
        HandoutError: there is something in its place.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise HandoutError(f"{folder} is there already; name a new folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in files.items():
            path = unfinished / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        unfinished.chmod(EXECUTABLE)
        if folder.is_dir():
            folder.rmdir()
        os.replace(unfinished, folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def write_zip(files: Mapping[str, bytes], path: Path, executable: tuple[str, ...] = ()) -> None:
    """Write files as a zip whose bytes depend on nothing else.

    Parameters:
        executable: the names of those that can be run.
    """
    import zipfile  # only where there is a zip

    content = io.BytesIO()
    # Stored, not compressed: what compression makes of it depends on the system's library.
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.create_system = 3  # Unix, so that the permissions count
            mode = EXECUTABLE if name in executable else PLAIN
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, data)
    write_whole(path, content.getvalue())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that there is never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)

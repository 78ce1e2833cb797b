"""Finds what students handed in, in the folders and zips that learning platforms export."""

import io
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

# "server_logic.py", "server_logic (1).py", "ada_1234_server_logic-2.py", …
FILE_NAME = re.compile(
    r"(?P<owner>.*?)[_\- ]?(?P<module>server_logic|client_logic)"
    r"(?P<copy>(?:[ _\-]*(?:\(\d+\)|copy|\d+|Copy|Kopie))*)\.py",
    re.IGNORECASE,
)
MOST_BYTES = 1024 * 1024
MOST_ZIP_BYTES = 64 * 1024 * 1024
MOST_ENTRIES = 10_000
DEEPEST = 5
IGNORED = ("__MACOSX", "__pycache__", "node_modules")


class Submission(NamedTuple):
    """What one student handed in.

    Parameters:
        name: of the folder or zip.
        files: by the name that each should have.
        flags: what a person may want to look at.
    """

    name: str
    files: dict[str, bytes]
    flags: tuple[str, ...] = ()


Found = tuple[PurePosixPath, bytes]


def submissions(folders: Iterable[Path]) -> list[Submission]:
    """Return the submissions in some folders, each with a name of its own.

    Raises:
        FileNotFoundError: one of the folders is not there.
    """
    found: list[Submission] = []
    for folder in folders:
        if not folder.exists():
            raise FileNotFoundError(f"There is no folder {folder}.")
        for submission in in_folder(folder):
            name, number = submission.name, 2
            taken = {other.name for other in found}
            if name in taken:
                name = f"{folder.name}/{name}"
            while name in taken:
                name, number = f"{submission.name} #{number}", number + 1
            found.append(Submission(name, submission.files, submission.flags))
    return found


def in_folder(folder: Path) -> Iterator[Submission]:
    """Yield the one submission that a folder or zip is, or those that it holds."""
    whole = folder.resolve()
    name = whole.stem if is_zip(whole) else whole.name
    if is_zip(whole):
        inside = list(zip_files(whole.read_bytes() if small(whole) else b"", 0))
        if one_submission(inside):
            yield choose(name, inside)
        else:
            yield from in_zip(inside)
        return
    direct = [path for path in children(whole) if path.is_file()]
    files = [(PurePosixPath(path.name), read(path)) for path in direct if matches(path.name)]
    owners = {match["owner"] for path, _ in files if (match := matches(path.name))}
    if files and (owners == {""} or len(owners) == 1):
        yield choose(name, files)
        return
    for owner in sorted(owners):
        own = [(path, data) for path, data in files if owner_of(path) == owner]
        yield choose(owner or name, own)
    for path in children(whole):
        if path.is_dir():
            yield choose(path.name, list(folder_files(path, 1)))
        elif is_zip(path):
            yield choose(path.stem, list(zip_files(read(path, MOST_ZIP_BYTES), 1)))


def in_zip(files: list[Found]) -> Iterator[Submission]:
    """Yield the submissions in a zip that holds a folder for each."""
    depth = 0
    while len({path.parts[: depth + 1] for path, _ in files}) == 1:
        depth += 1
    for name in dict.fromkeys(path.parts[depth] for path, _ in files):
        own = [(path, data) for path, data in files if path.parts[depth] == name]
        yield choose(name.removesuffix(".zip"), own)


def one_submission(files: list[Found]) -> bool:
    """Tell whether files that were found belong together: not two of a kind, side by side."""
    return len({path.parent for path, _ in files if "server" in path.name.lower()}) <= 1


def choose(name: str, files: list[Found]) -> Submission:
    """Make a submission of the files found for it: of two of a kind, the last copy."""
    chosen: dict[str, bytes] = {}
    flags = []
    for module in ("server_logic", "client_logic"):
        named = [
            (len(path.parts), -copy_number(match["copy"]), str(path), data)
            for path, data in files
            if (match := matches(path.name)) and match["module"].lower() == module
        ]
        if named:
            _, _, path, data = min(named)
            chosen[f"{module}.py"] = data
            if len(named) > 1:
                flags.append(f"{module}.py is there {len(named)} times; graded: {path}")
    return Submission(name, chosen, tuple(flags))


def copy_number(text: str) -> int:
    """Return the number in what a system adds to the name of a copy."""
    return max(map(int, re.findall(r"\d{1,9}", text)), default=0)


def matches(name: str) -> "re.Match[str] | None":
    """Return how a file is named, if it is one of the two."""
    return FILE_NAME.fullmatch(name)


def owner_of(path: PurePosixPath) -> str:
    """Return what stands before the file's own name."""
    match = matches(path.name)
    return match["owner"] if match else ""


def children(folder: Path) -> list[Path]:
    """Return what lies in a folder, in order, without what systems leave there."""
    return [
        path
        for path in sorted(folder.iterdir())
        if not path.name.startswith(".") and path.name not in IGNORED and not path.is_symlink()
    ]


def folder_files(folder: Path, depth: int) -> Iterator[Found]:
    """Yield the files of the assignment in a folder and below."""
    if depth > DEEPEST:
        return
    for path in children(folder):
        if path.is_dir():
            for inner, data in folder_files(path, depth + 1):
                yield PurePosixPath(path.name) / inner, data
        elif is_zip(path):
            for inner, data in zip_files(read(path, MOST_ZIP_BYTES), depth + 1):
                yield PurePosixPath(path.name) / inner, data
        elif matches(path.name) and path.is_file():
            yield PurePosixPath(path.name), read(path)


def zip_files(content: bytes, depth: int) -> Iterator[Found]:
    """Yield the files of the assignment in a zip and below; none in what is no zip."""
    import zipfile  # only where there is a zip

    if depth > DEEPEST:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist()[:MOST_ENTRIES]:
                path = PurePosixPath(entry.filename.replace("\\", "/"))
                if set(path.parts) & set(IGNORED) or path.name.startswith("."):
                    continue
                most = MOST_ZIP_BYTES if is_zip(path) else MOST_BYTES
                if stat.S_ISLNK(entry.external_attr >> 16) or entry.file_size > most:
                    continue
                if is_zip(path):
                    for inner, data in zip_files(archive.read(entry), depth + 1):
                        yield path / inner, data
                elif matches(path.name):
                    yield path, archive.read(entry)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError):
        return


def is_zip(path: PurePosixPath | Path) -> bool:
    """Tell whether a file says that it is a zip."""
    return path.name.lower().endswith(".zip")


def small(path: Path) -> bool:
    """Tell whether a zip is of a size that a class's export may have."""
    return path.stat().st_size <= MOST_ZIP_BYTES


def read(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return a file's bytes, cut where no honest file is as long."""
    with path.open("rb") as file:
        return file.read(most)

"""Trees as learning platforms export them, made in the tests."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

Files = Mapping[str, bytes]


def work(student: str) -> dict[str, bytes]:
    """Return the two files of a student, who is named in them."""
    return {
        "server_logic.py": f"# server of {student}\n".encode(),
        "client_logic.py": f"# client of {student}\n".encode(),
    }


def under(prefix: str, files: Files) -> dict[str, bytes]:
    """Return files with something before their names."""
    return {f"{prefix}{name}": content for name, content in files.items()}


def lay_out(folder: Path, files: Files) -> Path:
    """Write files below a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def zipped(files: Files, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def tarred(files: Files, mode: str = "w:gz") -> bytes:
    """Return a tar of files."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return content.getvalue()

"""Files beside the programs that hide modules of Python's own.

Python looks for a module beside the program first: a `string.py` there is what every `import
string` gets, also in Python's own files.
"""

import os
import sys

# Python itself has imported these two, and nothing else here, before it looks beside the program.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set

FOLDER = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
# What Python's own modules import only when they need it: to look up a host's name, to show
# where an error came from, to say how a command is used, to start a process.
LATE_IMPORTS = (
    "concurrent.futures.thread",
    "encodings.idna",
    "linecache",
    "locale",
    "shutil",
    "textwrap",
    "tokenize",
)


def refuse_hidden(names: "Set[str]") -> None:
    """End the program, with a sentence, if something hides a module that it needs.

    Parameters:
        names: modules of Python's own, of whose names there is a file or a folder.
    """
    if hidden := hidden_modules({name for name in names if is_module(name)}):
        sys.stderr.write(f"{sentence(hidden)}\n")
        sys.exit(2)


def is_module(name: str) -> bool:
    """Tell whether what has this name is a module, and not a text or a folder of other things."""
    return any(
        os.path.exists(os.path.join(FOLDER, file))
        for file in (f"{name}.py", os.path.join(name, "__init__.py"))
    )


def hidden_modules(names: "Set[str]") -> list[str]:
    """Return which of these modules the programs need, and would not get.

    Whether they need one is found out by importing everything that they import, from anywhere
    but this folder.
    """
    path = sys.path
    sys.path = [entry for entry in path if os.path.realpath(entry) != FOLDER]
    known = set(sys.modules)
    try:
        for module in imported_modules():
            try:  # noqa: SIM105  contextlib may be the one that is hidden
                __import__(module)
            except ImportError:
                pass  # a module of another system, or tkinter where it is missing
    finally:
        sys.path = path
    return sorted(name for name in names - known if is_looked_for(name))


def is_looked_for(name: str) -> bool:
    """Tell whether a module was imported, and its file had to be looked for."""
    spec = getattr(sys.modules.get(name), "__spec__", None)
    return spec is not None and spec.origin not in ("built-in", "frozen")


def imported_modules() -> set[str]:
    """Return the modules of Python's own that the programs import, in whatever line."""
    import ast

    modules = set(LATE_IMPORTS)
    for file in program_files():
        with open(file, encoding="utf-8") as text:
            tree = ast.parse(text.read())
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                modules.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                modules.add(node.module or "")
    return {module for module in modules if module.partition(".")[0] in sys.stdlib_module_names}


def program_files() -> list[str]:
    """Return the files of the programs, but for those that students fill in."""
    files = [os.path.join(FOLDER, file) for file in ("server.py", "client.py", "protocol.py")]
    for folder, _, names in os.walk(os.path.join(FOLDER, "gui")):
        files += [os.path.join(folder, name) for name in names if name.endswith(".py")]
    return files


def sentence(hidden: list[str]) -> str:
    """Return what is said of modules that are hidden."""
    files = [name if os.path.isdir(os.path.join(FOLDER, name)) else f"{name}.py" for name in hidden]
    if len(files) == 1:
        hides = f"{files[0]} hides Python's own module {hidden[0]}, which this program needs"
        return f"In {FOLDER}, {hides}: rename it, and start the program again."
    hide = f"{', '.join(files)} hide Python's own modules of the same names, which it needs"
    return f"In {FOLDER}, {hide}: rename them, and start the program again."

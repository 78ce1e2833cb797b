"""A name that two clients hold, because two calls of a handler overlapped.

No call is wrong by itself: each found the name free and stored it. But one of them waited between
its look and its store, and the other one ran meanwhile.
"""

import ast
from typing import NamedTuple, TypeGuard

from gui.tutor import syntax
from gui.tutor.assignment import HAS_NAME, SENDERS, Dictionaries, Function, functions_of
from gui.tutor.causes import Finding
from gui.tutor.causes.case import shortened
from gui.tutor.explanations import explain


class Gap(NamedTuple):
    """The lines at which a handler looks, waits and stores."""

    look: int
    wait: int
    store: int


def other_holder(now: Dictionaries, key: str, username: str) -> str:
    """Return the key of another client that holds the username of this one, "" if none does."""
    users = now.users
    if users.get(key) != username:
        return ""
    return next((other for other, name in users.items() if name == username and other != key), "")


def finding(
    function: Function, tree: ast.Module, lines: list[str], username: str, clients: tuple[str, str]
) -> Finding:
    """Return what is told of a name that two clients hold.

    Parameters:
        function: the handler that gave it to both.
        tree: the syntax tree of the file.
        lines: the lines of the file.
        username: the name.
        clients: the keys of the two.
    """
    name = function.name
    first, second = clients
    values = {"function": name, "username": username, "first": first, "second": second}
    gap = gap_in(function, syntax.definition(tree, name))
    if gap is None:
        return Finding(explain("held_twice", **values), name, 0)
    code = shortened(lines[gap.wait - 1].strip())
    return Finding(
        explain("held_twice_between", **values, code=code, **gap._asdict()), name, gap.wait
    )


def gap_in(function: Function, definition: syntax.Definition) -> Gap | None:
    """Return where a handler waits between a look and a store; None if no line says so."""
    others = functions_of(function.file).values()
    looking = {other.name for other in others if other.conditions == (HAS_NAME,)}
    storing = {
        other.name for other in others if other.stores == function.stores and not other.sends
    }
    store = 0
    looks: set[int] = set()
    # By line, whether each does nothing but send, which hardly ever waits.
    waits: dict[int, bool] = {}
    for node in ast.walk(definition):
        match node:
            case ast.Name(name) if name in storing:
                store = max(store, node.lineno)
            case ast.Name(name, ast.Load()) if name in {*looking, function.stores}:
                looks.add(node.lineno)
            case ast.Await(ast.Call(ast.Attribute(_, name))) if name in SENDERS[function.file]:
                waits.setdefault(node.lineno, True)
            case ast.Await():
                waits[node.lineno] = False
        if changes(node, function.stores):
            store = max(store, node.lineno)
    gaps = [Gap(look, wait, store) for look in looks for wait in waits if look <= wait <= store]
    # The last look before a wait is the one that was out of date.
    return min(gaps, key=lambda gap: (-gap.look, waits[gap.wait], gap.wait), default=None)


def changes(node: ast.AST, dictionary: str) -> TypeGuard[ast.expr]:
    """Tell whether a piece of code puts something into a dictionary, or makes it another one."""
    match node:
        case ast.Subscript(ast.Name(name), ctx=ast.Store()) | ast.Name(name, ast.Store()):
            return name == dictionary
        case ast.Attribute(ast.Name(name), "update" | "setdefault" | "__setitem__"):
            return name == dictionary
    return False

"""What is told of one message of a diagram: the message itself, and where it comes from."""

import ast
import contextlib
from typing import NamedTuple

from gui.diagram import Bar, Diagram, Row, duration, fields
from gui.text import clock, shown
from gui.tutor.assignment import CLIENT_FILE, SENDERS, SERVER_FILE, message_type
from gui.tutor.printable import printable
from gui.tutor.source import Source

# A longer line would fill the window: all but its beginning is folded away.
FOLDED_CHARACTERS = 240


class Part(NamedTuple):
    """A paragraph of the text, and what it is: "title", "place", "code", or "" for a sentence."""

    text: str
    kind: str = ""


def details(diagram: Diagram, row: Row, is_whole: bool) -> list[Part]:
    """Return what is told of a row of a diagram.

    Parameters:
        is_whole: whether the message is shown field by field, not folded into a line.
    """
    name = diagram.heading(row.key)
    peer = name if name == printable(row.key) else f"{name} ({printable(row.key)})"
    direction = "to" if row.is_sent else "from"
    told = [Part(row.told.label, "title")]
    milliseconds = int(row.time % 1 * 1000)
    told.append(Part(f"{clock(int(row.time))}.{milliseconds:03}, {direction} {peer}", "place"))
    if row.line is not None:
        told.append(Part(message_text(row, is_whole), "code"))
        told += sender(diagram, row) if row.is_sent else answerer(diagram, row)
    told += [Part(f"{row.changed[:1].upper()}{row.changed[1:]}.")] * bool(row.changes)
    return told


def message_text(row: Row, is_whole: bool) -> str:
    """Return a message as JSON: whole, with a line for each field, or folded into one line."""
    assert row.line is not None
    more = f" … and {row.line.left_out:,} bytes more" if row.line.left_out else ""
    if is_whole and not more and (found := fields(row.line)):
        import json  # here, because hardly any message is ever looked at

        with contextlib.suppress(RecursionError):
            lines = json.dumps(found, ensure_ascii=False, indent=2).splitlines()
            return "\n".join(map(printable, lines))
    text = shown(row.line.line)
    if is_whole or len(text) <= FOLDED_CHARACTERS:
        return f"{text}{more}"
    return f"{text[:FOLDED_CHARACTERS]} … {len(text) - FOLDED_CHARACTERS:,} more characters"


def sender(diagram: Diagram, row: Row) -> list[Part]:
    """Return what is known of the line of code that sent a message."""
    bar = row.bar
    if bar is None:
        who, file = ("server", SERVER_FILE) if diagram.is_server else ("client", CLIENT_FILE)
        return [Part(f"The {who} itself sent it, not a line of {file}.")]
    called = bar.call.function
    if not bar.has_ended:
        return [Part(f"{called}() sent it. Which line did is told once it has ended.")]
    source, line, how = bar.call.source, bar.call.line, "Sent by"
    if not line:
        # The task that has sent it does not show where it was made; the one line that can does.
        line = calling_line(source, called, method(row, source.file))
        how = "Sent by a task made at"
    if not line:
        return [Part(f"A task that {called}() has made sent it."), *took(bar)]
    function = function_at(source, line)
    place = f"{how} {source.file}, line {line}{f', in {function}' if function else ''}:"
    return [Part(place), Part(f"    {printable(source.line(line))}", "code"), *took(bar)]


def answerer(diagram: Diagram, row: Row) -> list[Part]:
    """Return what is known of how a message was answered."""
    if not diagram.is_server:
        return []
    if row.is_held:
        return [Part("It is held: it waits before its handler until it is let in.")]
    if row.bar is None:
        return [Part("It has not reached a handler.")]
    return took(row.bar)


def took(bar: Bar) -> list[Part]:
    """Return how long a call took."""
    call = bar.call
    if not bar.has_ended:
        return [Part(f"{call.function}() " + ("is running." if bar.last is None else "has ended."))]
    return [Part(f"{call.function}() took {duration(call.seconds)}.")]


def method(row: Row, file: str) -> str:
    """Return the method of the handle that sends a message; "" where none does."""
    assert row.line is not None
    kind = fields(row.line).get("type")
    return next((name for name in SENDERS[file] if message_type(name) == kind), "")


def function_at(source: Source, line: int) -> str:
    """Return the function in which a line is, the innermost; "" if it is in none."""
    around = ""
    with contextlib.suppress(SyntaxError):
        for node in ast.walk(source.tree()):
            # The outer ones come first.
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (
                node.lineno <= line <= (node.end_lineno or 0)
            ):
                around = node.name
    return around


def calling_line(source: Source, function: str, method: str) -> int:
    """Return the line of a function that calls a method, 0 unless there is exactly one."""
    lines = set()
    with contextlib.suppress(SyntaxError):
        for node in ast.walk(source.tree()):
            if isinstance(node, ast.Attribute) and node.attr == method:
                lines.add(node.lineno)
    lines = {line for line in lines if function_at(source, line) == function}
    return lines.pop() if len(lines) == 1 else 0

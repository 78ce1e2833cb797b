"""What the text of a function shows: questions to its syntax tree."""

import ast
from collections.abc import Collection, Iterable, Iterator
from typing import TypeGuard

Definition = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
WAITS = ("sleep", "input", "wait", "acquire")
LOOPS = (ast.For, ast.AsyncFor, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def definition(tree: ast.Module, name: str) -> Definition:
    """Return the definition of a function; an empty one if the file has none of that name."""
    for node in reversed(tree.body):
        if isinstance(node, FUNCTIONS) and node.name == name:
            return node
    empty = ast.parse(f"def {name}(): pass").body[0]
    assert isinstance(empty, ast.FunctionDef)
    return empty


def defines(tree: ast.Module, name: str) -> bool:
    """Tell whether a file defines a function of a name, outside of any other."""
    return any(isinstance(node, FUNCTIONS) and node.name == name for node in tree.body)


def defined_around(tree: ast.Module, line: int) -> str:
    """Return the name of the function of a file that a line is part of, "" if it is of none."""
    for node in tree.body:
        if isinstance(node, FUNCTIONS) and spans(node, line):
            return node.name
    return ""


def body(function: Definition) -> list[ast.stmt]:
    """Return the statements of a function, its docstring aside."""
    return function.body[1:] if ast.get_docstring(function) is not None else function.body


def is_empty(function: Definition) -> bool:
    """Tell whether a function does nothing, not even raise that it is not filled in."""
    return all(
        isinstance(part, ast.Pass)
        or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
        for part in body(function)
    )


def is_unfilled(function: Definition) -> bool:
    """Tell whether a function is as it was handed out, or does nothing at all."""
    match body(function):
        case [ast.Raise(ast.Call(ast.Name("NotImplementedError")))]:
            return True
    return is_empty(function)


def first_line(function: Definition) -> int:
    """Return the first line of what a function does, else the one that it is defined in."""
    return next((part.lineno for part in body(function)), function.lineno)


def changing_line(function: Definition, dictionary: str) -> int:
    """Return the first line of a function that changes a dictionary, 0 if none seems to."""
    lines = [
        node.lineno
        for node in ast.walk(function)
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.Delete))
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
        if mentions(node, dictionary)
    ]
    return min(lines, default=0)


def idle_line(function: Definition) -> int:
    """Return the line of a function that works something out for nothing, 0 if none does."""
    return min((node.lineno for node in ast.walk(function) if does_nothing(node)), default=0)


def mentions(node: ast.AST, name: str) -> bool:
    """Tell whether a name stands somewhere in a piece of code."""
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


def stores(node: ast.AST, name: str) -> bool:
    """Tell whether a piece of code gives a name its value."""
    return name in stored_names(node)


def stores_itself(node: ast.AST, name: str) -> bool:
    """Tell whether a node is a name that is given a value."""
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)


def stored_names(node: ast.AST) -> set[str]:
    """Return the names that a piece of code gives values."""
    return {
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }


def makes_local(function: Definition, name: str) -> int:
    """Return the line in which a function gives a name a value of its own, 0 if it does not."""
    for node in ast.walk(function):
        if isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
            return 0
    for node in ast.walk(function):
        if isinstance(node, ast.stmt) and node is not function:
            simple = not any(isinstance(part, ast.stmt) for part in ast.iter_child_nodes(node))
            if simple and stores(node, name):
                return node.lineno
    return 0


def yields(function: Definition) -> int:
    """Return the line of a function's `yield`, 0 if it has none."""
    for node in in_this_function(function.body):
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return node.lineno
    return 0


def does_nothing(node: ast.AST) -> TypeGuard[ast.Expr]:
    """Tell whether a statement works something out and does nothing with it."""
    return isinstance(node, ast.Expr) and isinstance(
        node.value,
        (ast.Compare, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Name, ast.Attribute, ast.Subscript),
    )


# --- statements -------------------------------------------------------------------------


def statement_at(function: Definition, line: int) -> ast.stmt | None:
    """Return the innermost statement of a function that a line is part of."""
    found = None
    for node in ast.walk(function):
        if isinstance(node, ast.stmt) and node is not function and spans(node, line):
            found = node
    return found


def own_expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """Yield the expressions of a statement itself, not those of the statements in it."""
    for part in ast.iter_child_nodes(statement):
        if isinstance(part, ast.expr):
            yield part
        elif isinstance(part, ast.withitem):
            yield part.context_expr


def blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    """Return the blocks of statements in a statement, in order."""
    inner = [*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())]
    found = [getattr(statement, "body", []), *(part.body for part in inner)]
    return [*found, getattr(statement, "orelse", []), getattr(statement, "finalbody", [])]


def expressions_until(block: list[ast.stmt], line: int) -> Iterator[ast.expr]:
    """Yield the expressions of statements that may have run until a line did, its own included.

    Parameters:
        line: 0 if all statements may have run.
    """
    for statement in block:
        if line and statement.lineno > line:
            return
        yield from own_expressions(statement)
        is_inside = bool(line) and spans(statement, line)
        for inner in blocks(statement):
            # Of several branches, one runs.
            if is_inside and isinstance(statement, (ast.If, ast.Match)):
                if any(spans(part, line) for part in inner):
                    yield from expressions_until(inner, line)
            else:
                yield from expressions_until(inner, line if is_inside else 0)


# --- ends -----------------------------------------------------------------------------


def may_return_nothing(tree: ast.Module, function: str) -> bool:
    """Tell whether a function may end without a value; in doubt, it may.

    Parameters:
        function: its name; one that is not defined under it is unknown.
    """
    bodies = [
        definition.body
        for definition in tree.body
        if isinstance(definition, FUNCTIONS) and definition.name == function
    ]
    return not bodies or any(
        not leaves(body) or any(map(returns_nothing, in_this_function(body))) for body in bodies
    )


def in_this_function(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield all that stands in the body of a function, but not in functions inside it."""
    # Not by recursion: what students write may nest deeper than that can go.
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)


def returns_nothing(node: ast.AST) -> bool:
    """Tell whether a statement is a `return` without a value, or with None."""
    return isinstance(node, ast.Return) and (
        node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)
    )


def leaves(body: list[ast.stmt]) -> bool:
    """Tell whether some statements surely come to a `return` or a `raise`, or to no end."""
    for statement in body:
        match statement:
            case ast.Return() | ast.Raise():
                return True
            case ast.If(body=then, orelse=otherwise) if leaves(then) and leaves(otherwise):
                return True
            case ast.While(test=ast.Constant(value=True), body=turn) if not any(
                isinstance(node, ast.Break) for node in in_this_function(turn)
            ):
                return True
            case ast.Try(finalbody=last) if leaves(last):
                return True
            case ast.Try(body=tried, handlers=handlers, orelse=otherwise) if all(
                map(leaves, [tried + otherwise, *(handler.body for handler in handlers)])
            ):
                return True
    return False


# --- loops ------------------------------------------------------------------------------


def is_in_loop(tree: ast.AST, line: int) -> bool:
    """Tell whether a line is part of a loop."""
    return any(
        isinstance(node, (ast.While, *LOOPS)) and spans(node, line) for node in ast.walk(tree)
    )


def endless_loop(function: Definition, line: int) -> int:
    """Return the line of a loop that may never end, and that a line is in; 0 if there is none.

    Parameters:
        line: 0 if any such loop is meant.
    """
    kinds = ast.While if waiting(function) else (ast.While, *LOOPS)
    for node in ast.walk(function):
        if isinstance(node, kinds) and (not line or spans(node, line)):
            return node.lineno
    return 0


def spans(node: ast.stmt | ast.expr, line: int) -> bool:
    """Tell whether a line is part of a piece of code."""
    return node.lineno <= line <= (node.end_lineno or line)


def any_spans(block: Iterable[ast.stmt], line: int) -> bool:
    """Tell whether a line is part of one of some statements."""
    return any(spans(statement, line) for statement in block)


def waiting(function: Definition) -> int:
    """Return the line of a call that waits, for time to pass or for somebody; 0 if none does."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in WAITS:
            return node.lineno
    return 0


def early_return(function: Definition) -> int:
    """Return the line of a loop that returns in its first turn whatever it finds, 0 for none."""
    for node in ast.walk(function):
        if isinstance(node, ast.For) and any(map(always_returns, node.body)):
            goes_on = any(isinstance(part, ast.Continue) for part in ast.walk(node))
            if not goes_on:
                return node.lineno
    return 0


def always_returns(statement: ast.stmt) -> bool:
    """Tell whether a statement ends the function on each path through it."""
    if isinstance(statement, ast.If):
        branches = (statement.body, statement.orelse)
        return all(any(map(always_returns, branch)) for branch in branches)
    return isinstance(statement, ast.Return)


# --- calls ------------------------------------------------------------------------------


def uncalled(
    function: Definition, answering: Collection[str], sending: Collection[str]
) -> tuple[str, int]:
    """Return the first function that is named where it should be called, and the line.

    Parameters:
        answering: the functions of which only the answer can be of use.
        sending: those of the handle that may well be chosen first and called later.
    """
    called = {id(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    kept = {id(node) for parent in ast.walk(function) for node in used_as_values(parent)}
    for node in ast.walk(function):
        if isinstance(node, (ast.Name, ast.Attribute)) and id(node) not in called:
            written = dotted(node)
            if written in answering or (written in sending and id(node) not in kept):
                return written, node.lineno
    return "", 0


def unawaited(function: Definition, names: Collection[str]) -> tuple[str, int]:
    """Return the first of some async functions that is called without await, and the line."""
    kept = {id(node) for parent in ast.walk(function) for node in used_as_values(parent)}
    kept |= {id(node.value) for node in ast.walk(function) if isinstance(node, ast.Await)}
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and id(node) not in kept and dotted(node.func) in names:
            return dotted(node.func), node.lineno
    return "", 0


def kept_for_await(function: Definition) -> set[int]:
    """Return the lines that store the result of a call under a name which is awaited later."""
    nodes = list(ast.walk(function))
    awaited = {dotted(node.value) for node in nodes if isinstance(node, ast.Await)}
    return {
        node.lineno
        for node in nodes
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and awaited & {*map(dotted, node.targets)}
    }


def calls_of_itself(function: Definition) -> list[int]:
    """Return the lines in which a function calls itself."""
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
    return sorted(call.lineno for call in calls if dotted(call.func) == function.name)


def dotted(node: ast.expr) -> str:
    """Return a name, or a name with one dot in it, as it is written; "" for anything else."""
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(ast.Name(owner), name):
            return f"{owner}.{name}"
    return ""


def used_as_values(parent: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a node in which a function may well stand without brackets."""
    match parent:
        case ast.Call(_, arguments, keywords):
            yield from arguments
            yield from (keyword.value for keyword in keywords)
        case ast.Assign() | ast.NamedExpr():
            yield from ast.walk(parent.value)
        case ast.IfExp():
            yield from (parent.body, parent.orelse)

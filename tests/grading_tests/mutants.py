"""Small changes of portions that are right, one at a time: nearly all make them wrong."""

import ast
import copy
import re
import textwrap
from collections.abc import Iterator
from typing import Any, NamedTuple

from gui.tutor.assignment import BY_NAME, Function
from tests.written import REFERENCE, RIGHT

# X stands for a text: what is compared, looked up, stored or sent in another form.
TEXTS = (
    "X.upper()",
    "X.title()",
    "X.swapcase()",
    "X[:-1]",
    "X[1:]",
    "X[:8]",
    "X[:31]",
    "X[::-1]",
    "X.split(':')[0]",
    "X.split(':')[-1]",
    "X.partition('#')[0]",
    "X.strip('0123456789')",
    "''.join(sorted(X))",
    "repr(X)",
    "len(X)",
    "str(X) + ' '",
)
# A key is the same in each of these forms: it has small letters, no blank, and nothing but ASCII.
TEXTS_OF_NAMES = (
    *TEXTS,
    "X.lower()",
    "X.casefold()",
    "X.replace(' ', '')",
    "' '.join(X.split())",
    "X.split()[0]",
    "X.encode('ascii', 'ignore').decode()",
    "unicodedata.normalize('NFKC', X)",
    "unicodedata.normalize('NFD', X)",
)
# Two texts are the same in these forms only if they are the same.
REVERSIBLE = ("X[::-1]", "repr(X)", "str(X) + ' '", "unicodedata.normalize('NFD', X)")
REVERSIBLE_OF_KEYS = (*REVERSIBLE, "X.upper()", "X.title()", "X.swapcase()")
# X and Y stand for two texts that are compared.
COMPARISONS = (
    "X in Y",
    "Y in X",
    "X.startswith(Y)",
    "Y.startswith(X)",
    "X.endswith(Y)",
    "Y.endswith(X)",
    "X is Y",
    "X != Y",
    "X <= Y",
    "X >= Y",
    "X[:4] == Y[:4]",
    "X[-4:] == Y[-4:]",
)
# X stands for a text, D for what is searched for it.
SEARCHES = (
    "X in str(D)",
    "repr(X) in str(D)",
    "X in ' '.join(D)",
    "X in list(D)[:1]",
    "X in list(D)[-1:]",
    "X in list(D)[1:]",
    "X in list(D)[:20]",
    "X in sorted(D)[:2]",
    "X not in D",
    "X in max(D, default='')",
    "set(D) == {X}",
    "bool(D)",
    "any((X in each for each in D))",
    "any((each in X for each in D))",
    "any((each.startswith(X) for each in D))",
    "any((X.startswith(each) for each in D))",
    "any((each.endswith(X) for each in D))",
    "any((X.endswith(each) for each in D))",
    "any((each is X for each in D))",
    "all((each == X for each in D))",
)
# A blank or a comma can be in a name, not in a key.
SEARCHES_OF_NAMES = (*SEARCHES, "X in ' '.join(D).split()", "X in ','.join(D).split(',')")
KEYS = {"key", "k", "known", "known_key"}
NAMES = {"username", "name", "n", "known_name"}
SWAPPED_NAMES = {
    "key": "username",
    "username": "key",
    "users": "active_users",
    "active_users": "users",
    "registered": "logged_in",
    "logged_in": "registered",
    "register_user": "log_in_client",
    "log_in_client": "register_user",
    "registration_failed": "registration_successful",
    "registration_successful": "registration_failed",
    "login_failed": "login_successful",
    "login_successful": "login_failed",
    "send_registry": "request_denied",
    "request_denied": "send_registry",
    "register": "login",
    "login": "register",
    "request_registry": "register",
    "username_exists": "registered",
}
SWAPPED_METHODS = {
    "values": "keys",
    "items": "keys",
    "keys": "values",
    "get": "pop",
    "count": "index",
}
# D stands for a dictionary: what is searched or changed in its place.
PARTS = ("{}", "dict(list(D.items())[:1])", "dict(list(D.items())[-1:])", "dict(D)")


# What is alive does the same as what is right: what shows it in the text, and why it is so.
EMPTY_IF_EMPTY = r"join|replace|er\(|casefold|swapcase|title|normalize|\[:|sorted|repr|len|encode"
SAME = (
    (rf"if .*({EMPTY_IF_EMPTY})", "A typed name is empty in this form only if it is empty."),
    (
        r"if (not )?(username (is|in|not in|>) ''|''.startswith)",
        "Nothing but the empty text is so.",
    ),
    (r"(is|!=) (0|None)", "What is counted, or looked up, has no other value that matters."),
    (r"return key in (list\()?active_users.* and ", "Who is logged in has registered."),
    (r"if not logged_in\(|if True:\n *log_in_client", "To log in again stores the same again."),
    (r"dict\((active_)?users\)", "A copy holds the same."),
    (
        r"repr\(key\) in str\((list\(users\)|users\.keys\(\)|set\(active_users\.keys\(\)\))\)",
        "No key holds a quote.",
    ),
    (r"if .*\n    users\[key\] = username\nprint", "Who registers is not there yet."),
    (
        r"_successful\((username=)?username\)\n.*(register_user|log_in_client|users\[key\] =)",
        "The answer may go out before the client is remembered.",
    ),
    (r"^stored = users\.get\(key, None\)\nreturn stored == username", "No username is None."),
    (r"users\.get\(.*, (True|1|'')\)", "No username is True, or 1, or empty."),
    (
        r"users\.get\(.*, 'something else'\)",
        "No situation can know every text: nobody is called so.",
    ),
    (r"^(pass|print\(users\))\n", "What stands first is nobody's business."),
    (
        r"len\(\[.* for k in users if k == key\]\) (==|is|>=) 1$|"
        r"^by_name = \{name: .* for k, name in users\.items\(\)\}\nreturn username in by_name$|"
        r"stored is not ('something else'|1) and|\(name := users\.get\(key\)\) == None|"
        r"active_users\.get\(key, False\) != False",
        "What is counted, or looked up, has no other value that matters.",
    ),
    (
        r"^(active_users\.pop\((None, key|.*key.*, (None|'something else'|1))|"
        r"(\{\}|dict\(list\(active_users.*|\{\*\*users, \*\*active_users\})\.pop\(key, None)\)\n"
        r"active_users\[key\] = username$",
        "What is taken out is stored next; in another form nobody has this key.",
    ),
    (
        r"^i = 0\nnames = list\(users\.values\(\)\)\n|while i != len\(names\)|"
        r"^key = .*\nok = .*\nanswers = .*\nif ok:\n    log_in_client\(key, username\)\nawait",
        "Neither line needs the other.",
    ),
    (
        r"^(?!.*registered\().*matches_record|not registered\(key\):\n    pass|"
        r"not username_matches_record.*if not registered",
        "A name matches only of who has registered.",
    ),
    (r"if username_exists\(.*if registered\(", "Either is a reason to refuse."),
    (r"asyncio\.(create_task|gather)\(", "A task sends it, too."),
    (r"answer = server\.login_\w+\n *(key =|log_in_client)", "Neither line needs the other."),
)


def mutants_of_right() -> dict[str, list[str]]:
    """Return the mutants of the reference and of what else is right, by the function's name."""
    found = {}
    for name, lines in REFERENCE.items():
        bodies = ["\n".join(lines), *(w.body for w in RIGHT if w.function == name)]
        all_mutants = [mutant for body in bodies for mutant in mutants(BY_NAME[name], body)]
        right = {text_of(tree_of(body)) for body in bodies}
        found[name] = [m for m in dict.fromkeys(all_mutants) if m not in right and is_python(m)]
    return found


def is_python(body: str) -> bool:
    """Tell whether Python can read a portion."""
    try:
        compile(f"async def portion():\n{textwrap.indent(body, chr(32) * 4)}", "", "exec")
    except SyntaxError:
        return False
    return True


def reason(mutant: str) -> str:
    """Return why a mutant does the same as what is right, "" if nobody knows why it should."""
    return next((why for pattern, why in SAME if re.search(pattern, mutant, re.DOTALL)), "")


def mutants(function: Function, body: str) -> Iterator[str]:
    """Yield a portion with one change.

    Parameters:
        body: the portion, not indented.
    """
    tree = tree_of(body)
    for node, name, new in list(changes(tree, function)):
        old = getattr(node, name)
        setattr(node, name, new)
        yield text_of(tree)
        setattr(node, name, old)


def tree_of(body: str) -> ast.AsyncFunctionDef:
    """Return the syntax tree of a portion, as that of a function."""
    (function,) = ast.parse(f"async def portion():\n{textwrap.indent(body, '    ')}").body
    assert isinstance(function, ast.AsyncFunctionDef)
    return function


def text_of(tree: ast.AsyncFunctionDef) -> str:
    """Return the portion that a syntax tree is of."""
    return "\n".join(map(ast.unparse, tree.body))


def made(template: str, **parts: ast.expr) -> ast.expr:
    """Return an expression, made from a template in which names stand for its parts."""

    class Filled(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return copy.deepcopy(parts[node.id]) if node.id in parts else node

    filled: ast.Expression = Filled().visit(ast.parse(template, mode="eval"))
    return filled.body


class Change(NamedTuple):
    """What a field of a node is to be instead."""

    node: ast.AST
    field: str
    new: Any


def changes(tree: ast.AST, function: Function) -> Iterator[Change]:
    """Yield the changes that can be made to a portion's tree."""
    for node in nodes_in(tree):
        # What other functions return is nobody's business.
        if isinstance(node, ast.Return) and function.answers:
            yield Change(node, "value", None)
            yield from (Change(node, "value", ast.Constant(value)) for value in (True, False))
        yield from changes_of_blocks(node)
        yield from changes_of_conditions(node)
        yield from changes_of_calls(node)
        yield from changes_of_names(node)
        yield from changes_of_parts(node)


def nodes_in(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all that is in it, but for statements that matter to nobody."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if not (isinstance(child, ast.stmt) and is_idle(child)):
            yield from nodes_in(child)


def is_idle(statement: ast.stmt) -> bool:
    """Tell whether a statement only prints, waits, imports, remarks or returns nothing."""
    if isinstance(statement, ast.Return):
        return statement.value is None or isinstance(statement.value, ast.Constant)
    text = ast.unparse(statement)
    return text.startswith(("print(", "await asyncio.sleep(", "import ", "'"))


def changes_of_blocks(node: ast.AST) -> Iterator[Change]:
    """Leave out a statement, send twice, or exchange a statement with the next one."""
    for field in ("body", "orelse"):
        block = getattr(node, field, None)
        if not isinstance(block, list):
            continue
        for number, statement in enumerate(block):
            before, after = block[:number], block[number + 1 :]
            if is_idle(statement):
                continue
            yield Change(node, field, [*before, ast.Pass(), *after])
            # Storing twice is the same as storing once.
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Await):
                yield Change(node, field, [*before, statement, statement, *after])
            if after:
                yield Change(node, field, [*before, after[0], statement, *after[1:]])


def changes_of_conditions(node: ast.AST) -> Iterator[Change]:
    """Negate, replace or loosen what is decided on."""
    if isinstance(node, (ast.If, ast.While, ast.IfExp)):
        yield Change(node, "test", ast.UnaryOp(ast.Not(), node.test))
        yield from (Change(node, "test", ast.Constant(value)) for value in (True, False))
    if isinstance(node, ast.BoolOp):
        yield Change(node, "op", ast.And() if isinstance(node.op, ast.Or) else ast.Or())
        yield from (Change(node, "values", [value]) for value in node.values)
        yield Change(node, "values", [ast.UnaryOp(ast.Not(), node.values[0]), *node.values[1:]])
        yield Change(node, "values", [*node.values[:-1], ast.UnaryOp(ast.Not(), node.values[-1])])
    if isinstance(node, ast.BinOp):
        yield from (
            Change(node, "op", other)
            for other in (ast.BitAnd(), ast.BitOr(), ast.BitXor())
            if not isinstance(node.op, type(other))
        )
    if isinstance(node, ast.UnaryOp):
        yield Change(node, "op", ast.UAdd())
    if isinstance(node, ast.Compare):
        yield from (
            Change(node, "ops", [other])
            for other in (
                ast.In(),
                ast.NotIn(),
                ast.Eq(),
                ast.NotEq(),
                ast.Is(),
                ast.Lt(),
                ast.Gt(),
            )
            if not isinstance(node.ops[0], type(other))
        )


def changes_of_calls(node: ast.AST) -> Iterator[Change]:
    """Exchange what is handed over, or leave out an await."""
    if isinstance(node, ast.Call):
        if len(node.args) == 2:
            yield Change(node, "args", node.args[::-1])
        if len(node.args) == 1 and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            for default in ("key", "''", "True", "'None'"):
                yield Change(node, "args", [*node.args, made(default)])
        if node.args:
            yield Change(node, "args", node.args[1:])
    if isinstance(node, ast.Await):
        yield Change(node, "value", ast.Await(ast.Constant(None)))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Await):
        yield Change(node, "value", node.value.value)


def changes_of_names(node: ast.AST) -> Iterator[Change]:
    """Put another name or constant in the place of one."""
    if isinstance(node, ast.Name) and node.id in SWAPPED_NAMES:
        yield Change(node, "id", SWAPPED_NAMES[node.id])
    if isinstance(node, ast.Attribute):
        for others in (SWAPPED_NAMES, SWAPPED_METHODS):
            if node.attr in others:
                yield Change(node, "attr", others[node.attr])
    if isinstance(node, ast.Constant):
        values = (not node.value, None) if isinstance(node.value, bool) else ("something else", 1)
        yield from (Change(node, "value", value) for value in values)


def changes_of_parts(node: ast.AST) -> Iterator[Change]:
    """Put something that is nearly the same in the place of an expression."""
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.expr):
            yield from (Change(node, field, new) for new in instead_of(value))
        elif isinstance(value, list):
            for number, part in enumerate(value):
                if isinstance(part, ast.expr):
                    for new in instead_of(part):
                        yield Change(node, field, [*value[:number], new, *value[number + 1 :]])


def instead_of(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what can stand in the place of an expression and is nearly the same."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        if node.id in KEYS | NAMES:
            yield from (made(text, X=node) for text in texts(node))
            yield ast.Constant(node.id)
        elif node.id == "users":
            yield from (made(part, D=node) for part in PARTS)
        elif node.id == "active_users":
            yield from (made(part, D=node) for part in (*PARTS, "{**users, **active_users}"))
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = node.left, node.comparators[0]
        if isinstance(node.ops[0], ast.Eq):
            yield from (made(comparison, X=left, Y=right) for comparison in COMPARISONS)
            for text in texts(left, both=True):
                yield ast.Compare(made(text, X=left), [ast.Eq()], [made(text, X=right)])
        elif isinstance(node.ops[0], ast.In) and isinstance(left, ast.Name):
            searches = SEARCHES if left.id in KEYS else SEARCHES_OF_NAMES
            yield from (made(search, X=left, D=right) for search in searches)
            for text in texts(left, both=True):
                each = made(text, X=ast.Name("each"))
                yield made("X in [Y for each in D]", X=made(text, X=left), Y=each, D=right)


def texts(text: ast.expr, both: bool = False) -> list[str]:
    """Return the forms that a text can take.

    Parameters:
        both: whether what it is compared with takes the same form.
    """
    is_key = isinstance(text, ast.Name) and text.id in KEYS
    same = REVERSIBLE_OF_KEYS if is_key else REVERSIBLE
    return [form for form in (TEXTS if is_key else TEXTS_OF_NAMES) if not (both and form in same)]

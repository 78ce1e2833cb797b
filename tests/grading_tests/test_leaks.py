"""No statement of the solution is handed out, however it is laid out and whatever is around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.grading.leaks import Solution
from tests.grading_tests.submitted import REFERENCE, SKELETONS

SOLUTION = Solution(REFERENCE, SKELETONS)

LEAKS = {
    "a line": "return key in users",
    "a line with a comment": "x = 1\nreturn key in users  # here it is",
    "a comment": "#return   key in users",
    "several lines": "return (\n    key\n    in\n    users\n)",
    "a continued line": "return key \\\n    in users",
    "brackets around everything": "((users)[(key)]) = (username)",
    "one line for two": "if True: pass; users[key] = username; pass",
    "another name": "def f(client):\n    return client in users",
    "an attribute": "truth = lambda now, client: client in now.users",
    "a deeper attribute": "check(self.server.now.users, who in self.server.now.users)",
    "the value of a variable": "found = who in users.values()",
    "a condition": "while a in users and users[a] == b:\n    pass",
    "a condition of helpers": "if not (registered(k) or username_exists(n)):\n    pass",
    "a call that stores": "for k, n in pairs:\n    register_user(k, n)",
    "a text": 'HINT = "return key in users"',
    "a text in pieces": 'HINT = (\n    "users[who] "\n    "= name"\n)',
    "a text in a text": "OUTER = 'INNER = \"return who in active_users\"'",
    "a docstring": 'def f():\n    """Do it.\n\n    >>> users[a] = b\n    """',
    "a code span": "Write `users[who] = name`, and you are done.",
    "a fenced block": "```python\nusers[who] = name\n```",
    "a list": "1. `registered`\n2. users[who] = name",
    "a table": "| `users[k] = n` | stores |",
    "other quotes": 'if username != "":',
    "what is empty, in one line": "if username!='': await client.register(username)",
    "a drawing": "<svg><text>key = server.get_addr_key()</text></svg>",
    "Windows line ends": "return (key\r\n  in users)\r\n",
    "a file that is not Python": "def (\n    return key in active_users\n",
}
HARMLESS = {
    "what the docstrings give": "await server.registration_failed(username)",
    "the description": "Look whether `key` is one of the keys in `users`.",
    "other dictionaries": "return key in entries",
    "another question": "return key not in users",
    "the names alone": "registered, username_exists, users, active_users",
    "a comparison of other things": "if password != '':\n    pass",
    "half of it": "users[key]",
    "no text": "\0\1\2",
    "nothing": "",
}


@pytest.mark.parametrize("text", LEAKS.values(), ids=LEAKS)
def test_a_statement_of_the_solution_is_found(text: str) -> None:
    assert SOLUTION.found_in(text.encode())


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_what_gives_nothing_away_is_let_pass(text: str) -> None:
    assert SOLUTION.found_in(text.encode()) == ""


def test_the_skeletons_give_nothing_away_and_the_reference_does() -> None:
    for name, source in REFERENCE.items():
        assert SOLUTION.found_in(source)
        assert SOLUTION.found_in(SKELETONS[name]) == ""


@given(st.text(alphabet=" \n\t\\()`#>*-|", max_size=8), st.text(alphabet=" \n\t", max_size=8))
def test_no_layout_hides_a_statement(before: str, between: str) -> None:
    text = f"{before}return{between or ' '}key {between}in {between}users\n"
    assert SOLUTION.found_in(text.encode())


@given(st.binary(max_size=200))
def test_whatever_a_file_holds_it_is_looked_through(content: bytes) -> None:
    assert isinstance(SOLUTION.found_in(content), str)

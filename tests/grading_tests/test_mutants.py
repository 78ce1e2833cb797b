"""Every small change of the reference is caught, but for those that change nothing."""

import textwrap
from itertools import zip_longest

from tests.grading.portions import FILES, read
from tests.grading_tests.mutants import mutants
from tests.grading_tests.submitted import REFERENCE, SKELETONS, filled, graded_all, lost

# Each with the reason why it does the same as the reference.
EQUIVALENT = {
    # A username matches the record only of a client that has registered.
    "server_logic.login_client": ["if username_matches_record(key, username):"],
    # The empty text is the only one that is in the empty text.
    "client_logic.register": ["if username not in '':"],
    "client_logic.login": ["if username not in '':"],
}


def test_every_mutant_of_the_reference_is_caught() -> None:
    by_function = {
        function: [
            mutant
            for mutant in dict.fromkeys(mutants(textwrap.dedent(portion.body)))
            if not is_equivalent(function, mutant)
        ]
        for name in FILES
        for function, portion in read(REFERENCE[name], SKELETONS[name], name).portions.items()
    }
    assert sum(map(len, by_function.values())) > 120
    # One mutant of each function in one submission: each earns its own points.
    together = [
        {f: mutant for f, mutant in zip(by_function, row, strict=True) if mutant is not None}
        for row in zip_longest(*by_function.values())
    ]
    for portions, result in zip(together, graded_all(map(filled, together)), strict=True):
        survivors = {function: portions[function] for function in set(portions) - lost(result)}
        assert survivors == {}
        assert lost(result) == set(portions)


def test_the_equivalent_mutants_earn_all_points() -> None:
    for function, lines in EQUIVALENT.items():
        name = f"{function.partition('.')[0]}.py"
        body = read(REFERENCE[name], SKELETONS[name], name).portions[function].body
        found = [m for m in mutants(textwrap.dedent(body)) if is_equivalent(function, m)]
        assert len(set(found)) == len(lines)
        for result in graded_all(filled({function: mutant}) for mutant in found):
            assert lost(result) == set()


def is_equivalent(function: str, mutant: str) -> bool:
    """Tell whether a mutant is one of those that do the same as the reference."""
    return bool({line.strip() for line in mutant.split("\n")} & set(EQUIVALENT.get(function, [])))

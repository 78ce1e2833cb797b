"""Checks each portion of the assignment: `python3 -m unittest tests.test_portions`."""

import unittest

from tests.grading.check import PROJECT, check


class PortionsTest(unittest.TestCase):
    """Every function does what its docstring says."""

    def test_every_portion_passes_its_checks(self) -> None:
        """Each one that does not is told with a hint."""
        for function, mark in check(PROJECT).marks.items():
            with self.subTest(function):
                self.assertEqual(mark.message, "")


if __name__ == "__main__":
    unittest.main()

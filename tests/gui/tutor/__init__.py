"""The tests of the tutor."""

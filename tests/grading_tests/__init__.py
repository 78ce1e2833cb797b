"""The tests of the instructor's desk."""

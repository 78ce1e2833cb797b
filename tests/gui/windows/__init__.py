"""The tests of the windows."""

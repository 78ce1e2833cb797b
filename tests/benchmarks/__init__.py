"""What the programs cost, each figure beside a yardstick measured in the same run.

Each is a program of its own, `python3 -m tests.benchmarks.NAME`, and prints a small table.
None is a test: a busy machine makes figures worse, not the program wrong.
"""

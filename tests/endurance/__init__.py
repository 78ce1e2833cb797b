"""Long runs, each bounded and from a seed: `python3 -m tests.endurance.NAME`."""

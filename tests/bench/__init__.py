"""Measurements: `python -m tests.bench [events links http queue node]`; ratios in one run, never timed tests."""

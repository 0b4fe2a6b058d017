"""Benchmarks: ``uv run python -m benchmarks`` says what there is.

Machines differ and are shared, so every figure is a ratio of things measured side by side in one run. Each measured
thing is a process of its own; its time is the wall clock, its memory the peak resident set.
"""

"""Measures the program beside the floor and what one would write, as ratios of one run (docs/benchmarks.md)."""

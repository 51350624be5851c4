"""Benchmarks: whole processes side by side, CPU, wall and memory, as ratios."""

"""Benchmarks: each prints figures beside a named baseline of the same run."""

import foundsound  # noqa: F401  # before numpy, which it keeps to one thread

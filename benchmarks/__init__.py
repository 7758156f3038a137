"""Benchmarks: what is measured on public data that the project doesn't contain."""

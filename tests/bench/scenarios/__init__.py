"""Generated buildings, what was built differently, and how it was surveyed: ``python -m tests.bench.scenarios``."""

"""What is measured and never asserted by time in tests: `python -m benchmarks`."""

"""Measuring, not testing: `make bench` prints ratios of one run."""

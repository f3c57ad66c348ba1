"""The training records of today, as columns."""

from academy.reports.facts import Facts
from academy.reports.loading import load


def current() -> Facts:
    return load()

"""The site that `benchmarks.importing` runs: as in tests, with tasks that wait for a worker."""

from academy.settings import base
from academy.settings.test import *  # noqa: F403

TASKS = base.TASKS

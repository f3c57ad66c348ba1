"""Whether this site can do its work, in words for whoever watches it."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from academy.core.knowledge import chroma_alive, is_warm
from academy.core.workers import is_anybody_at_work

# a task that waits longer than this waits for a worker, and not for its turn, where none is at work
PATIENCE = timedelta(minutes=5)


def problems() -> list[str]:
    """What keeps it from answering and indexing; empty when nothing does."""
    return [words for is_bad, words in _CHECKS if is_bad()]


def _database_is_down() -> bool:
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return True
    return False


def _nobody_works() -> bool:
    if is_anybody_at_work():
        return False
    try:
        return DBTaskResult.objects.ready().filter(enqueued_at__lt=timezone.now() - PATIENCE).exists()
    except DatabaseError:
        return False


def _vectors_are_down() -> bool:
    return settings.KNOWLEDGE_BASE["vector_store"] == "chroma" and not chroma_alive()


_CHECKS: list[tuple[Callable[[], bool], str]] = [
    (_database_is_down, "the database does not answer"),
    (_vectors_are_down, "Chroma does not answer"),
    (_nobody_works, "tasks wait and no worker takes them"),
    (lambda: not is_warm(), "the embedding model is still loading"),
]

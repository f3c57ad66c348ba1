"""A certificate that comes to its end is renewed by passing the exam again: for the same completion, a new one."""

from academy.accounts.models import User
from academy.courses.progress import Progress
from academy.exams.models import Attempt
from academy.records.certifying import renew
from academy.records.models import Certificate


def purpose(progress: Progress) -> str:
    """What the exam is sat for again; empty while there is nothing to renew. Each renewal has its own attempts."""
    if progress.completion is None or progress.outline.paper is None:
        return ""
    issued = Certificate.objects.filter(completion=progress.completion)
    last = issued.standing().first()
    due = last is not None and last.is_time_to_renew
    return f"{progress.outline.purpose}:renewal:{issued.count()}" if due else ""


def latest(progress: Progress) -> Certificate | None:
    """The certificate in hand, revoked or run out as it may be."""
    issued = Certificate.objects.filter(completion=progress.completion).select_related("revocation")
    return issued.newest().first() if progress.completion else None


def renew_where_passed(user: User, progress: Progress, sat_for: str) -> None:
    """Once: the purpose is what the new certificate is issued for."""
    passed = Attempt.objects.of(user, sat_for).passed().first()
    if passed and progress.completion:
        renew(
            progress.completion,
            progress.outline.validity_months,
            occasion=sat_for,
            score=passed.score,
            at=passed.submitted_at,
        )

from academy.records.models.certificate import Certificate, CertificateSeries, Revocation
from academy.records.models.completion import Completion, CompletionQuerySet, midnight
from academy.records.models.hours import TrainingHours
from academy.records.models.reminder import Reminder, ReminderRun

__all__ = [
    "Certificate",
    "CertificateSeries",
    "Completion",
    "CompletionQuerySet",
    "Reminder",
    "ReminderRun",
    "Revocation",
    "TrainingHours",
    "midnight",
]

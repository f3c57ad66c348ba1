from academy.records.models.attendance import Attendance, AttendanceQuerySet
from academy.records.models.certificate import Certificate, CertificateSeries, Revocation
from academy.records.models.completion import Completion, CompletionQuerySet, midnight
from academy.records.models.hours import TrainingHours
from academy.records.models.merge import EnterpriseMerge, PersonMerge
from academy.records.models.reminder import Reminder, ReminderRun
from academy.records.models.statement import Origin, Statement, StatementQuerySet, Verb

__all__ = [
    "Attendance",
    "AttendanceQuerySet",
    "Certificate",
    "CertificateSeries",
    "Completion",
    "CompletionQuerySet",
    "EnterpriseMerge",
    "Origin",
    "PersonMerge",
    "Reminder",
    "ReminderRun",
    "Revocation",
    "Statement",
    "StatementQuerySet",
    "TrainingHours",
    "Verb",
    "midnight",
]

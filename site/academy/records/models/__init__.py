from academy.records.models.completion import Completion, CompletionQuerySet, midnight
from academy.records.models.statement import Origin, Statement, StatementQuerySet, Verb

__all__ = [
    "Completion",
    "CompletionQuerySet",
    "Origin",
    "Statement",
    "StatementQuerySet",
    "Verb",
    "midnight",
]

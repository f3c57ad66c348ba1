from academy.library.models.distribution import ChapterReading, HandbookDispatch, HandbookSignature
from academy.library.models.evaluation import (
    EvaluationQuestion,
    EvaluationResult,
    EvaluationRun,
    QuestionSet,
)
from academy.library.models.faq import FAQ
from academy.library.models.glossary import GlossaryEntry
from academy.library.models.likely import LikelyQuestion
from academy.library.models.pages import (
    CaseIndexPage,
    CasePage,
    ChapterPage,
    HandbookIndexPage,
    HandbookPage,
    HomePage,
    RegulationIndexPage,
    RegulationPage,
)
from academy.library.models.source import IngestedFile, Passage, Rebuild, Source

__all__ = [
    "FAQ",
    "CaseIndexPage",
    "CasePage",
    "ChapterPage",
    "ChapterReading",
    "EvaluationQuestion",
    "EvaluationResult",
    "EvaluationRun",
    "GlossaryEntry",
    "HandbookDispatch",
    "HandbookIndexPage",
    "HandbookPage",
    "HandbookSignature",
    "HomePage",
    "IngestedFile",
    "LikelyQuestion",
    "Passage",
    "QuestionSet",
    "Rebuild",
    "RegulationIndexPage",
    "RegulationPage",
    "Source",
]

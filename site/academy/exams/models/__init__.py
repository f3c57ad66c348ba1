from academy.exams.models.attempt import Attempt, SavedAnswer
from academy.exams.models.bank_import import BankImport
from academy.exams.models.paper import Paper, PaperDraw, PaperQuestion
from academy.exams.models.question import Choice, Question, QuestionTag
from academy.exams.models.spot import Candidate, SpotExam

__all__ = [
    "Attempt",
    "BankImport",
    "Candidate",
    "Choice",
    "Paper",
    "PaperDraw",
    "PaperQuestion",
    "Question",
    "QuestionTag",
    "SavedAnswer",
    "SpotExam",
]

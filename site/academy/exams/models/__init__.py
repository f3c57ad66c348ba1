from academy.exams.models.attempt import Attempt
from academy.exams.models.paper import Paper, PaperQuestion
from academy.exams.models.question import Choice, Question

__all__ = ["Attempt", "Choice", "Paper", "PaperQuestion", "Question"]

from academy.courses.models.assignment import Assignee, Assignment, AssignmentDay, AssignmentReminder
from academy.courses.models.pages import CourseIndexPage, CoursePage, LessonPage, Prerequisite
from academy.courses.models.progress import Enrolment, LearningClock, LessonProgress, LessonVisit
from academy.courses.models.versions import CourseVersion, LessonVersion

__all__ = [
    "Assignee",
    "Assignment",
    "AssignmentDay",
    "AssignmentReminder",
    "CourseIndexPage",
    "CoursePage",
    "CourseVersion",
    "Enrolment",
    "LearningClock",
    "LessonPage",
    "LessonProgress",
    "LessonVersion",
    "LessonVisit",
    "Prerequisite",
]

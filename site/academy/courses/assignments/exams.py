"""An exam that was assigned: whoever has to sit it finds it, and passes it for this assignment."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.courses.assignments.proving import follow
from academy.courses.assignments.subjects import number
from academy.courses.models import Assignee, Assignment
from academy.exams.models import Paper
from academy.exams.occasions import Occasion


class AssignedExams:
    def occasion(self, request: HttpRequest, pk: int) -> Occasion:
        assert isinstance(request.user, User)
        theirs = Assignment.objects.filter(
            kind=Assignment.Kind.EXAM, assignees__user__in=same_person(request.user)
        ).distinct()
        assignment = get_object_or_404(theirs, id=pk)
        return Occasion(
            kind="assigned",
            pk=assignment.pk,
            purpose=assignment.proof_key,
            title=assignment.title,
            url="/me/",
            paper=get_object_or_404(Paper, id=number(assignment.object_key)),
            refusal=_("This assignment was cancelled.") if assignment.cancelled_at else "",
        )

    def begun(self, user: User, pk: int) -> None:
        """Nothing follows from it."""

    def settle(self, user: User, pk: int) -> None:
        follow(Assignee.objects.filter(assignment=pk, user__in=same_person(user)))

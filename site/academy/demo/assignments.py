"""The demo's open assignment, and its first dispatch of handbooks."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from academy.accounts.models import User
from academy.courses.assignments.assigning import make
from academy.courses.models import Assignment, CoursePage
from academy.demo.content import read
from academy.library.handbooks.sending import send
from academy.library.models import HandbookPage
from academy.organisations.models import District

# the same each time, so that running it again makes nothing
OPEN = uuid.UUID("5d3c7a0e-3e0f-4a52-9b57-0b6f1b0d6a01")
SENT = uuid.UUID("5d3c7a0e-3e0f-4a52-9b57-0b6f1b0d6a02")


def load_assignments() -> None:
    data = read("assignments")
    staff = User.objects.get(email=read("city")["staff"]["email"])
    _assignment(data["assignment"], staff)
    _dispatch(data["dispatch"], staff)


def _assignment(entry: dict[str, Any], staff: User) -> None:
    course = CoursePage.objects.get(slug=read("course")["slug"])
    fields = {
        "kind": Assignment.Kind.COURSE,
        "object_key": course.key,
        "title": course.title,
        "edition": str(course.edition),
        "note": entry["note"],
        "due_on": timezone.localdate() + timedelta(days=entry["days"]),
        "intake": Assignment.Intake.OPEN,
        "grace_days": entry["grace_days"],
        "audience": read("city")["city"]["name"],
        **dict.fromkeys(("business_types", "posts", "enterprises"), ()),
    }
    make(OPEN, staff, fields)


def _dispatch(entry: dict[str, Any], staff: User) -> None:
    handbook = HandbookPage.objects.get(slug=read("handbook")["slug"])
    send(
        District.objects.get(name=entry["district"]),
        handbook_key=handbook.key,
        title=handbook.title,
        edition=handbook.edition,
        copies=entry["copies"],
        sent_on=timezone.localdate(),
        receipt=entry["receipt"],
        by=staff,
        key=SENT,
    )

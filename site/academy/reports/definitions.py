"""What each number counts, in words. They stand beside the number on the screen and at the foot of what is printed."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Definition(NamedTuple):
    name: str | Promise
    unit: str | Promise
    words: str | Promise


PERSONS, TIMES, RATE = _("persons"), _("person-times"), "%"
DEFINITIONS = {
    "persons": Definition(
        _("Persons trained"),
        PERSONS,
        _(
            "Distinct people who completed a course or attended an event in the period. Who did so several times, or has two accounts that were merged, counts once. Persons of several groups may not be added."
        ),
    ),
    "person_times": Definition(
        _("Person-times trained"),
        TIMES,
        _("Completed courses and attendances at events in the period, counted one by one."),
    ),
    "course_times": Definition(
        _("By courses"),
        TIMES,
        _(
            "Completions, one for each edition of a course that somebody completed in the period. They count although the course was deleted since."
        ),
    ),
    "event_times": Definition(
        _("By events"),
        TIMES,
        _(
            "Attendances at trainings, talks and guidance on site in the period. What was withdrawn as a mistake does not count."
        ),
    ),
    "hours": Definition(
        _("Training hours"),
        _("hours"),
        _(
            "The hours of these completions and attendances together, as they were credited on the day. Later corrections of one person's ledger are not in it."
        ),
    ),
    "held": Definition(
        _("Events held"),
        _("events in all"),
        _("Trainings, talks and guidance on site that somebody attended in the period."),
    ),
    "guided": Definition(
        _("Enterprises guided on site"),
        _("enterprises in all"),
        _(
            "Distinct enterprises of which somebody took part in guidance on site in the period. Enterprises that were merged count once."
        ),
    ),
    "enterprises": Definition(
        _("Enterprises covered"),
        RATE,
        _(
            "Of the enterprises in business today, those where at least one person who works there today was trained in the period, wherever it was."
        ),
    ),
    "posts": Definition(
        _("Posts trained"),
        RATE,
        _(
            "Of today's places of work (a person in two enterprises has two), those whose holder was trained in the period, wherever it was."
        ),
    ),
    "completion": Definition(
        _("Completion rate"),
        RATE,
        _(
            "Of those who began a course in the period, each course once, the share that has completed it by now. Of a district or an enterprise: of those who work there today."
        ),
    ),
    "first_pass": Definition(
        _("Passed at the first attempt"),
        RATE,
        _(
            "Of the exams handed in in the period that were somebody's first for that exam, the share that was passed."
        ),
    ),
    "all_pass": Definition(
        _("Passed of all attempts"),
        RATE,
        _(
            "Of all exams handed in in the period, spot exams and second attempts among them, the share that was passed."
        ),
    ),
    "valid": Definition(
        _("Certificates valid today"),
        _("certificates in all"),
        _(
            "Not revoked, and the last day is today or later, or there is none. Counted where the course was completed, whenever that was."
        ),
    ),
    "expiring": Definition(
        _("Expiring within 60 days"),
        _("certificates in all"),
        _(
            "Of those valid today, the ones whose last day is at most 60 days away and which no later one has renewed."
        ),
    ),
    "expired": Definition(
        _("Expired"),
        _("certificates in all"),
        _("Not revoked, and the last day is over, renewed since or not."),
    ),
    "revoked": Definition(
        _("Revoked"), _("certificates in all"), _("Withdrawn with a reason, on whatever day.")
    ),
}

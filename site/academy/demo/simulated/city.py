"""The whole city, in the order in which one part needs another."""

from django.db import connection, transaction

from academy.accounts.models import User
from academy.demo.simulated.bank import build_bank
from academy.demo.simulated.beginning import build_beginnings
from academy.demo.simulated.certificates import build_certificates
from academy.demo.simulated.gatherings import build_events
from academy.demo.simulated.hours import build_hours
from academy.demo.simulated.learning import build_completions, placed
from academy.demo.simulated.meetings import build_meetings
from academy.demo.simulated.people import build_people
from academy.demo.simulated.people_names import RESERVED
from academy.demo.simulated.plan import Plan
from academy.demo.simulated.register import build_register
from academy.demo.simulated.writing import first_key
from academy.events.models import Event

DEMO = "（示例）"


def is_there() -> bool:
    return User.objects.filter(phone__startswith=RESERVED).exists()


def real_people() -> int:
    """Whoever could be somebody: not of the demo, and with a number that a phone can have."""
    return (
        User.objects.exclude(phone=None)
        .exclude(phone__startswith=RESERVED)
        .exclude(name__endswith=DEMO)
        .count()
    )


@transaction.atomic
def build(plan: Plan) -> dict[str, int]:
    """All of it or nothing; tells how many there are of what."""
    register = build_register(plan)
    people = build_people(plan, register)
    words = placed(register, people.jobs)
    meetings = build_meetings(plan, register, people, words, first_key(Event))
    learned = build_completions(plan, people, words, plan.records - len(meetings))
    build_events(register, people, meetings, words)
    return {
        "enterprises": len(register.names),
        "people": len(people.names),
        "memberships": len(people.jobs.person),
        "events": len(meetings.events),
        "attendances": len(meetings),
        "completions": len(learned),
        "enrolments": build_beginnings(plan, people, learned),
        "certificates": build_certificates(plan, people, words, learned),
        "entries of hours": build_hours(plan, people, learned, meetings),
        "attempts": build_bank(plan, people, learned),
    }


def look_again() -> None:
    """PostgreSQL plans by what it last saw of the tables, which were empty, and counts from an index only what it has gone over."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from academy.records.guarding import SQLITE
from academy.records.log import record
from academy.records.models import Statement, Verb
from academy.records.models.statement import Unchangeable
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def opened(**fields: Any) -> Statement:
    return record(fields.pop("user", None) or UserFactory(), Verb.OPENED, "lesson:40", "生熟分开", **fields)


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.save(),
        lambda row: row.delete(),
        lambda row: Statement.objects.update(verb=Verb.PASSED),
        lambda row: Statement.objects.filter(pk=row.pk).delete(),
        lambda row: Statement.objects.bulk_update([row], ["verb"]),
        lambda row: Statement.objects.update_or_create(pk=row.pk, defaults={"verb": Verb.PASSED}),
        lambda row: Statement.objects.bulk_create(
            [row], update_conflicts=True, update_fields=["verb"], unique_fields=["id"]
        ),
        lambda row: row.user.statements.update(verb=Verb.PASSED),
    ],
)
def test_no_door_of_the_models_changes_the_log(change: Any) -> None:
    row = opened()
    row.verb = Verb.PASSED
    with pytest.raises(Unchangeable):
        change(row)
    assert Statement.objects.get().verb == Verb.OPENED


@pytest.mark.parametrize(
    "sql", ["UPDATE records_statement SET verb = 'passed'", "DELETE FROM records_statement"]
)
def test_the_database_refuses_too(sql: str) -> None:
    opened()
    with connection.cursor() as cursor:
        for trigger in SQLITE.values() if connection.vendor == "sqlite" else ():
            cursor.execute(trigger)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(sql)
    assert Statement.objects.get().verb == Verb.OPENED


def test_what_is_sent_twice_is_written_once_and_the_first_stays() -> None:
    user = UserFactory()
    first = opened(user=user, key="a", at=datetime(2026, 3, 1, tzinfo=UTC))
    again = opened(user=user, key="a", at=datetime(2026, 4, 1, tzinfo=UTC))
    assert (again.pk, again.at) == (first.pk, first.at)
    opened(user=user)
    opened(user=user)
    opened(key="a")
    assert Statement.objects.count() == 4


def test_an_account_with_statements_cannot_be_deleted() -> None:
    row = opened()
    with pytest.raises(ProtectedError):
        row.user.delete()

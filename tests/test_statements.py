import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.asserts import assertRedirects

from academy.accounts.models import User
from academy.records.completing import complete
from academy.records.evidence import BYTES, bounded
from academy.records.exporting import lines, stored
from academy.records.guarding import SQLITE
from academy.records.log import record
from academy.records.middleware import SourceMiddleware
from academy.records.models import Origin, Statement, Verb
from academy.records.models.append_only import WrittenOnce
from academy.records.xapi import xapi
from tests.factories import UserFactory
from tests.xapi_rules import broken

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 4, 0, 0, 123456, tzinfo=UTC)


def opened(**fields: Any) -> Statement:
    return record(fields.pop("user", None) or UserFactory(), Verb.OPENED, "lesson:40", "生熟分开", **fields)


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.save(),
        lambda row: row.delete(),
        lambda row: Statement(pk=row.pk, user=row.user, verb=Verb.PASSED, at=NOON).save(),
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
    with pytest.raises((WrittenOnce, DatabaseError)), transaction.atomic():
        change(row)
    assert Statement.objects.get().verb == Verb.OPENED


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE records_statement SET verb = 'passed'",
        "UPDATE records_statement SET verb = verb WHERE verb = 'opened'",
        "DELETE FROM records_statement",
        "DELETE FROM records_statement WHERE verb = 'opened'",
    ],
)
def test_the_database_refuses_too(sql: str) -> None:
    opened()
    with connection.cursor() as cursor:
        for trigger in SQLITE.values() if connection.vendor == "sqlite" else ():
            cursor.execute(trigger)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(sql)
    assert Statement.objects.get().verb == Verb.OPENED


def test_the_migrations_leave_the_guard_standing() -> None:
    """A migration that alters the table on SQLite makes it anew, without what guarded it."""
    opened()
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("UPDATE records_statement SET verb = 'passed'")


def test_what_is_sent_twice_is_written_once_and_the_first_stays() -> None:
    user = UserFactory()
    first = opened(user=user, key="a", at=NOON)
    again = opened(user=user, key="a", at=NOON + timedelta(days=1))
    assert (again.pk, again.at) == (first.pk, first.at)
    opened(user=user)
    opened(user=user)
    opened(key="a")
    assert Statement.objects.count() == 4


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_at_once_with_one_key_write_once(tmp_path: Path) -> None:
    user, place = UserFactory(), {}
    if connection.vendor == "sqlite":
        # in memory, threads do not wait for each other
        place["NAME"] = str(tmp_path / "copy.sqlite3")
        with closing(sqlite3.connect(place["NAME"])) as copy:
            connection.connection.backup(copy)

    def write(_number: int) -> tuple[UUID, int]:
        connection.settings_dict = {**connection.settings_dict, **place}
        try:
            return opened(user=user, key="a").pk, Statement.objects.count()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(write, range(12)))) == 1


def test_an_account_with_statements_cannot_be_deleted() -> None:
    row = opened()
    with pytest.raises(ProtectedError):
        row.user.delete()


def test_staff_are_told_so_and_may_make_it_inactive(staff_client: Client) -> None:
    kept, other = opened().user, UserFactory()
    bulk = f"/admin/bulk/accounts/user/delete/?id={kept.pk}&id={other.pk}"
    for address, goes_to in (
        (f"/admin/users/delete/{kept.pk}/", f"/admin/users/edit/{kept.pk}/"),
        (bulk, "/admin/users/"),
    ):
        assertRedirects(staff_client.post(address), goes_to, fetch_redirect_response=False)
    assert User.objects.filter(pk__in=(kept.pk, other.pk)).count() == 2
    staff_client.post(f"/admin/users/delete/{other.pk}/")
    assert not User.objects.filter(pk=other.pk).exists()


def test_nothing_has_happened_in_the_future() -> None:
    assert opened(at=timezone.now() + timedelta(days=400)).at <= timezone.now()


def answered(rf: RequestFactory, path: str, **headers: str) -> Statement:
    """Written down while a request is answered."""

    def view(_request: Any) -> HttpResponse:
        opened()
        return HttpResponse()

    SourceMiddleware(view)(rf.get(path, headers=headers))
    return Statement.objects.get()


def test_from_where_comes_by_itself(rf: RequestFactory) -> None:
    row = answered(rf, "/courses/a/", user_agent="Mozilla/5.0 (Linux; Android 14) \0" + "x" * 300)
    assert (row.origin, row.address) == (Origin.WEB, "127.0.0.1")
    assert row.agent.startswith("Mozilla/5.0 (Linux; Android 14)")
    assert len(row.agent) <= 200


def test_the_address_is_the_one_that_the_trusted_proxy_names(rf: RequestFactory, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    row = answered(rf, "/staff/", x_forwarded_for="10.0.0.1, 198.51.100.7")
    assert (row.origin, row.address) == (Origin.STAFF, "198.51.100.7")


def test_a_request_without_an_address_is_answered_all_the_same(rf: RequestFactory) -> None:
    rf.defaults["REMOTE_ADDR"] = ""
    assert answered(rf, "/courses/a/").address == ""


def test_what_no_request_leads_to_is_the_systems_own_doing() -> None:
    assert (opened().origin, opened().address) == (Origin.TASK, "")


def test_what_waited_on_the_phone_says_so(rf: RequestFactory) -> None:
    assert answered(rf, "/courses/a/", x_sent_later="1").origin == Origin.OFFLINE


def test_a_page_that_writes_nothing_reads_nothing_for_it(client: Client) -> None:
    client.get("/healthz")
    assert Statement.objects.count() == 0


def test_a_completion_is_written_down_once(worker: User) -> None:
    for _twice in range(2):
        complete(
            worker, course_key="course:7", course_title="烧熟煮透", edition=2, hours=Decimal("1.5"), score=90
        )
    row = worker.statements.exclude(verb=Verb.CREDITED).get()
    assert (row.verb, row.object_key, row.edition) == (Verb.COMPLETED, "course:7", 2)
    assert xapi(row)["result"] == {
        "score": {"scaled": 0.9, "raw": 90, "min": 0, "max": 100},
        "completion": True,
    }


# What goes out


def test_a_statement_goes_out_as_the_standard_wants_it(settings: Any) -> None:
    settings.WAGTAIL_SITE_NAME = "食安学堂"
    row = Statement(
        id=UUID("6690e6c9-3ef0-4ed3-8b37-7f3964730bee"),
        user_id=31,
        verb=Verb.PASSED,
        object_key="attempt:9",
        object_name="结业考试",
        edition=3,
        at=NOON,
        stored_at=NOON + timedelta(seconds=2),
        origin=Origin.WEB,
        address="198.51.100.7",
        agent="Mozilla/5.0",
        evidence={"score": 17, "min": 0, "max": 20, "seconds": 754.5, "course": "course:12"},
        key="attempt:9",
    )
    out = xapi(row, "https://x.example")
    said = out["verb"].pop("display")
    assert said["en"] == "passed"
    assert out == {
        "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
        "actor": {"objectType": "Agent", "account": {"homePage": "https://x.example", "name": "user-31"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
        "object": {
            "objectType": "Activity",
            "id": "https://x.example/xapi/activities/attempt/9",
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/attempt",
                "name": {"zh-Hans": "结业考试"},
            },
        },
        "result": {
            "score": {"scaled": 0.85, "raw": 17, "min": 0, "max": 20},
            "success": True,
            "duration": "PT754.5S",
        },
        "context": {
            "platform": "食安学堂",
            "language": "zh-Hans",
            "revision": "3",
            "contextActivities": {
                "grouping": [{"objectType": "Activity", "id": "https://x.example/xapi/activities/course/12"}]
            },
            "extensions": {
                "https://x.example/xapi/extensions/origin": "web",
                "https://x.example/xapi/extensions/address": "198.51.100.7",
                "https://x.example/xapi/extensions/agent": "Mozilla/5.0",
                "https://x.example/xapi/extensions/stored": "2026-03-01T04:00:02.123Z",
                "https://x.example/xapi/extensions/evidence": row.evidence,
            },
        },
        "timestamp": "2026-03-01T04:00:00.123Z",
        "version": "2.0.0",
    }


def test_nobodys_name_or_number_goes_out() -> None:
    row = opened(user=UserFactory(name="王德发", phone="13812345678", email="w@example.com"))
    out = b"".join(lines(Statement.objects.filter(pk=row.pk))).decode()
    assert not any(private in out for private in ("王德发", "13812345678", "w@example.com"))


NUMBERS = st.integers() | st.floats() | st.integers(-5, 120)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | NUMBERS
    | st.text(max_size=900)
    | st.binary(max_size=20)
    | st.decimals()
    | st.dates(),
    lambda inner: st.lists(inner, max_size=80) | st.dictionaries(st.text(max_size=80), inner, max_size=5),
    max_leaves=30,
)
KNOWN = ("score", "min", "max", "seconds", "answer", "correct", "progress", "course")
EVIDENCE = st.dictionaries(st.sampled_from(KNOWN) | st.text(), VALUES, max_size=10)


@given(EVIDENCE, st.sampled_from(Verb), st.text(min_size=1, max_size=60), st.text(max_size=200))
def test_whatever_the_evidence_the_statement_is_valid(
    evidence: dict[str, Any], verb: Verb, key: str, name: str
) -> None:
    kept = bounded(evidence)
    assert len(json.dumps(kept, ensure_ascii=False, allow_nan=False).encode()) <= BYTES
    assert bounded(kept) == kept
    row = Statement(
        user_id=1, verb=verb, object_key=key, object_name=name, at=NOON, stored_at=NOON, evidence=kept
    )
    out = xapi(row)
    assert broken(out) == []
    assert json.loads(json.dumps(out, allow_nan=False)) == out


@pytest.mark.parametrize(
    "evidence",
    [
        {"a": "\0\ud800" * 2000},
        {f"{n}": "食" * 400 for n in range(60)},
        {"deep": [[[[[[[[[[1]]]]]]]]]]},
        {"wide": list(range(100_000))},
        {"big": 10**5000, "bigger": float("inf"), "none": float("nan")},
        {"when": date(2026, 3, 1), "who": UserFactory.build()},
        {1: {2: {3: b"bytes"}}},
    ],
)
def test_evidence_is_cut_to_size_and_every_database_takes_it(evidence: dict[Any, Any]) -> None:
    row = opened(evidence=evidence)
    row.refresh_from_db()
    assert row.evidence == bounded(evidence)
    assert broken(xapi(row)) == []


def test_a_long_claim_costs_the_score_beside_it_nothing() -> None:
    kept = bounded({"why": "不在试卷中", "claimed": ["x" * 400] * 50, "score": 60})
    assert (kept["why"], kept["score"]) == ("不在试卷中", 60)
    assert kept["claimed"].startswith('["xxx')


def test_long_keys_of_phones_stay_apart() -> None:
    user = UserFactory()
    for key in ("a" * 150 + "1", "a" * 150 + "2", "\0", "a" * 150 + "1"):
        opened(user=user, key=key)
    assert Statement.objects.count() == 3


def test_the_log_is_asked_by_object_and_by_when_it_happened() -> None:
    before, after = opened(at=NOON), opened(at=NOON + timedelta(hours=1))
    record(before.user, Verb.OPENED, "lesson:41", "冷链", at=NOON)
    log = Statement.objects.about("lesson:40")
    assert list(log.since(after.at)) == [after]
    assert list(log.before(after.at)) == [before]
    assert list(log.as_stored()) == [before, after]


def test_the_log_is_read_in_pieces(django_assert_num_queries: Any) -> None:
    """A million rows take no more memory than a thousand: what is asked for is made, and nothing before that."""
    user = UserFactory()
    for number in range(3):
        opened(user=user, key=f"{number}")
    with django_assert_num_queries(0):
        waiting = lines(Statement.objects.all())
    assert isinstance(waiting, Iterator)
    with django_assert_num_queries(1):
        assert len(list(waiting)) == 3
    assert Statement.objects.all()._result_cache is None
    assert list(stored(Statement.objects.all())) == sorted(
        user.statements.all(), key=lambda row: row.stored_at
    )


@pytest.fixture
def march() -> tuple[Statement, Statement]:
    user = UserFactory(phone="13800001111")
    lesson = opened(user=user, evidence={"course": "course:12"})
    other = record(UserFactory(), Verb.ENROLLED, "course:13", "冷链")
    return lesson, other


def exported(path: Path, **options: Any) -> set[str]:
    call_command("export_xapi", path, **options)
    return {json.loads(line)["id"] for line in path.read_text(encoding="utf8").splitlines()}


def test_the_command_writes_a_line_for_each(march: tuple[Statement, Statement], tmp_path: Path) -> None:
    file = tmp_path / "out" / "log.jsonl"
    lesson, other = ({str(row.pk)} for row in march)
    assert exported(file) == lesson | other
    assert exported(file, user="13800001111") == lesson
    assert exported(file, user=str(march[1].user_id)) == other
    assert exported(file, course="12") == lesson
    assert exported(file, course="course:13") == other
    assert not file.with_name("log.jsonl.part").exists()


def test_the_command_takes_days_and_moments(march: tuple[Statement, Statement], tmp_path: Path) -> None:
    file, today = tmp_path / "log.jsonl", timezone.localdate()
    call_command("export_xapi", str(file), "--since", f"{today - timedelta(days=1)}", "--until", "2999-01-01")
    assert len(file.read_text(encoding="utf8").splitlines()) == 2
    call_command("export_xapi", str(file), "--until", "2026-01-01T08:00:00+08:00")
    assert file.read_text(encoding="utf8") == ""
    with pytest.raises(CommandError, match="neither a day nor a moment"):
        call_command("export_xapi", str(file), "--since", "yesterday")
    with pytest.raises(CommandError, match="no address of a store"):
        call_command("export_xapi", "--to", "file:///etc/passwd")


def test_without_a_file_the_lines_go_to_standard_output(
    march: tuple[Statement, Statement], capfdbinary: Any
) -> None:
    call_command("export_xapi")
    assert len(capfdbinary.readouterr().out.splitlines()) == 2

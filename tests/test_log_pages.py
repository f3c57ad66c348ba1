"""The log of learning as staff see it."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from academy.accounts.models import User
from academy.records.log import record
from academy.records.models import Verb
from tests.factories import UserFactory

pytestmark = [
    pytest.mark.django_db,
    # A file is streamed for an asynchronous server; the test client is a synchronous one
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]


def test_the_log_is_listed_filtered_and_given_out_as_xapi(staff_client: Client, worker: User) -> None:
    record(worker, Verb.COMPLETED, "course:1", "厨房食品安全入门", edition=2)
    record(UserFactory(name="李师傅"), Verb.OPENED, "lesson:3", "留样")
    url = reverse("reports:log")
    assert "留样" in staff_client.get(url).content.decode()
    for query in ({"q": worker.phone}, {"verb": "completed"}, {"about": "course:1"}):
        found = staff_client.get(url, query).content.decode()
        assert "厨房食品安全入门" in found
        assert "李师傅" not in found
    today = f"{timezone.localdate():%Y-%m-%d}"
    assert "留样" in staff_client.get(url, {"since": today, "until": today}).content.decode()
    assert 'role="alert"' in staff_client.get(url, {"since": "x"}).content.decode()
    sent = b"".join(staff_client.get(url, {"format": "xapi", "verb": "completed"})).splitlines()
    assert [json.loads(line)["context"]["revision"] for line in sent] == ["2"]
    assert len(b"".join(staff_client.get(url, {"format": "csv"})).splitlines()) == 3


def test_the_log_is_for_staff(worker_client: Client) -> None:
    assert worker_client.get(reverse("reports:log")).status_code == 403


def test_the_log_takes_as_many_queries_for_many_as_for_few(
    staff_client: Client, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        record(UserFactory(), Verb.OPENED, f"lesson:{n}", "留样")
    with django_assert_max_num_queries(8):
        staff_client.get(reverse("reports:log"))

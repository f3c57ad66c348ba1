"""Events from their plan to their closed list, as staff see them."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from academy.accounts.models import User
from academy.core.workers import minute
from academy.events import closing, signing
from academy.events.models import Event, Invited, SignIn
from academy.events.signing import How, Said
from academy.organisations.models import Enterprise
from academy.records.hours import year_of
from academy.records.models import Attendance
from academy.records.refusals import RefusedError
from tests.factories import (
    BusinessTypeFactory,
    DistrictFactory,
    EnterpriseFactory,
    EventFactory,
    MembershipFactory,
    PostFactory,
    UserFactory,
)
from tests.gatherings import client_of, send, url, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    made: Event = EventFactory()
    return made


@pytest.fixture
def worker() -> User:
    user: User = MembershipFactory().user
    return user


def there(event: Event, user: User, **said: Any) -> SignIn:
    return signing.sign_in(event, user, Said(How.LIST, **said), timezone.now())


def closed(event: Event, **said: Any) -> Event:
    return closing.close(event, event.organiser, timezone.now(), **said)


def rows(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


def planned(**fields: Any) -> dict[str, Any]:
    return {
        "kind": "talk",
        "title": "节前约谈",
        "district": DistrictFactory().pk,
        "place": "一楼",
        "begins_at": "2096-11-30T09:00",
        "ends_at": "2096-11-30T11:00",
        "hours": "1.5",
        **fields,
    }


def test_staff_plan_change_and_cancel(staff_client: Client) -> None:
    assert staff_client.post(reverse("staff_events:new"), planned(hours="15")).status_code == 422
    wrong = staff_client.post(reverse("staff_events:new"), planned(ends_at="2096-11-30T08:00"))
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.content.decode()
    assert "节前约谈" in wrong.content.decode()
    assert staff_client.post(reverse("staff_events:new"), planned()).status_code == 302
    event = Event.objects.get()
    assert (event.state, event.hours) == ("planned", Decimal("1.5"))
    staff_client.post(url(event, "edit"), planned(title="节后约谈"))
    assert staff_client.post(url(event, "cancel"), {"reason": " "}).status_code == 422
    staff_client.post(url(event, "cancel"), {"reason": "台风"})
    event.refresh_from_db()
    assert (event.title, event.state, event.reason) == ("节后约谈", "cancelled", "台风")
    staff_client.post(url(event, "edit"), planned(title="再改"))
    event.refresh_from_db()
    assert event.title == "节后约谈"
    with pytest.raises(RefusedError, match="台风"):
        there(event, UserFactory())


def test_people_and_enterprises_are_invited_by_what_they_are(staff_client: Client, event: Event) -> None:
    canteen, cook = BusinessTypeFactory(name="学校食堂"), PostFactory(name="厨师")
    school = EnterpriseFactory(business_type=canteen)
    invited = MembershipFactory(enterprise=school, post=cook)
    MembershipFactory(enterprise=school, post=PostFactory(name="洗消"))
    MembershipFactory(post=cook)
    left = {"joined_at": timezone.now() - timedelta(days=9), "left_at": timezone.now()}
    MembershipFactory(enterprise=school, post=cook, **left)
    EnterpriseFactory(business_type=canteen, closed_on=timezone.localdate())
    said = {"business_types": [canteen.pk], "posts": [cook.pk]}
    page = staff_client.get(url(event, "invite"), {**said, "look": 1}).content.decode()
    assert 'value="people"' in page
    for _twice in range(2):
        staff_client.post(url(event, "invite"), {**said, "whom": "people"})
        staff_client.post(url(event, "invite"), {**said, "whom": "enterprises"})
    people, enterprises = Invited.objects.exclude(user=None), Invited.objects.exclude(enterprise=None)
    assert [(one.user, one.enterprise_name, one.post_name) for one in people] == [
        (invited.user, school.name, "厨师")
    ]
    assert [one.enterprise for one in enterprises] == [school]
    staff_client.post(url(event, "uninvite"), {"invited": enterprises[0].pk})
    assert not enterprises.all().exists()


def test_whoever_is_on_the_list_counts_when_it_is_closed(event: Event, worker: User) -> None:
    for _twice in range(2):
        there(event, worker)
    event.refresh_from_db()
    assert event.state == "running"
    assert not Attendance.objects.exists()
    for _twice in range(2):
        closed(event)
    attendance = Attendance.objects.get()
    assert (attendance.user, attendance.kind, attendance.hours) == (worker, "training", Decimal("2.0"))
    assert attendance.event_key == event.key
    assert year_of(worker, timezone.localdate().year).total == 2


def test_whoever_leaves_without_signing_out_is_counted_and_credited_nothing(worker: User) -> None:
    event = EventFactory(signs_out=True)
    stayed, gone = (
        signing.sign_in(event, user, Said(How.CODE), event.begins_at) for user in (worker, UserFactory())
    )
    signing.sign_out(stayed, event.ends_at + timedelta(minutes=3))
    closed(event)
    assert {one.user: one.hours for one in Attendance.objects.all()} == {worker: 2, gone.user: 0}


def test_staff_may_say_that_all_stayed(staff_client: Client, worker: User) -> None:
    event = EventFactory(signs_out=True, begins_at=timezone.now() - timedelta(hours=2))
    signing.sign_in(event, worker, Said(How.CODE), event.begins_at)
    staff_client.post(url(event, "close"), {"minutes": "", "all_stayed": "on"})
    assert Attendance.objects.get().hours == 2


def test_a_wrong_sign_in_is_undone_with_a_reason(staff_client: Client, event: Event, worker: User) -> None:
    for close_first in (False, True):
        sign_in = there(event, worker)
        if close_first:
            closed(event)
        assert staff_client.post(url(event, "undo", sign_in.pk), {"reason": ""}).status_code == 422
        for _twice in range(2):
            staff_client.post(url(event, "undo", sign_in.pk), {"reason": "同名的人"})
        assert not event.sign_ins.standing().exists()
    assert Attendance.objects.get().withdrawn_at
    assert year_of(worker, timezone.localdate().year).total == 0
    page = staff_client.get(url(event, "sign_ins")).content.decode()
    assert page.count("同名的人") == 2
    there(event, worker)
    assert Attendance.objects.standing().count() == 1


def test_an_event_that_people_signed_in_to_is_not_cancelled(event: Event, worker: User) -> None:
    there(event, worker)
    with pytest.raises(RefusedError):
        closing.cancel(event, "台风")
    future = EventFactory(begins_at=timezone.now() + timedelta(minutes=30))
    with pytest.raises(RefusedError):
        closed(future)


def test_closing_keeps_minutes_and_photos_and_what_was_guided(staff_client: Client, worker: User) -> None:
    event = EventFactory(kind="guidance")
    absent = EnterpriseFactory()
    Invited.objects.create(event=event, enterprise=absent)
    there(event, worker)
    own = worker.memberships.get().enterprise
    page = staff_client.get(url(event, "close")).content.decode()
    assert absent.name in page
    photo = written(Image.new("RGB", (4000, 300), "red"), "JPEG", exif=b"Exif\0\0secret place")
    data = {
        "minutes": "冷藏温度已整改",
        "guided": [own.pk, absent.pk],
        "photos": [SimpleUploadedFile("厨房.jpg", photo, "image/jpeg")],
    }
    wrong = {**data, "photos": [SimpleUploadedFile("a.jpg", b"<script>", "image/jpeg")]}
    assert staff_client.post(url(event, "close"), wrong).status_code == 422
    assert not Attendance.objects.exists()
    assert staff_client.post(url(event, "close"), data).status_code == 302
    event.refresh_from_db()
    assert (event.state, event.minutes) == ("closed", "冷藏温度已整改")
    assert set(event.guided.values_list("enterprise", flat=True)) == {own.pk, absent.pk}
    kept = staff_client.get(url(event, "photo", event.photos.get().pk))
    content = kept.content
    assert Image.open(io.BytesIO(content)).size == (2000, 150)
    assert b"secret" not in content
    assert "no-store" in kept["Cache-Control"]
    guided = event.guided.get(enterprise=absent)
    staff_client.post(url(event, "guided", guided.pk), {"reason": ""})
    staff_client.post(url(event, "guided", guided.pk), {"reason": "没去成"})
    assert event.guided.filter(withdrawn_at=None).count() == 1


def test_only_enterprises_that_were_offered_are_guided(staff_client: Client) -> None:
    event = EventFactory(kind="guidance")
    staff_client.post(url(event, "close"), {"guided": [EnterpriseFactory().pk]})
    event.refresh_from_db()
    assert event.state == "planned"


def test_the_sign_in_list_as_a_file_and_to_print(staff_client: Client, event: Event, worker: User) -> None:
    there(event, worker, by=event.organiser)
    stranger = UserFactory(name="=1+1")
    signing.undo(there(event, stranger), "走错了", event.organiser, timezone.now())
    sheet = rows(staff_client.get(url(event, "sign_ins") + "?format=csv"))
    assert len(sheet) == 2
    values = [list(row.values()) for row in sheet]
    assert values[0][0] == worker.name
    assert values[0][1] == worker.masked_phone
    assert values[0][2] == worker.memberships.get().enterprise.name
    assert values[1][0] == "'=1+1"
    assert values[1][-1] == "走错了"
    assert staff_client.get(url(event, "sign_ins") + "?format=xlsx").status_code == 200
    assert staff_client.get(url(event, "sign_ins") + "?format=pdf").status_code == 404
    printed = staff_client.get(url(event, "print")).content.decode()
    assert worker.name in printed
    assert "=1+1" not in printed


def test_staff_see_who_of_the_invited_came(staff_client: Client, event: Event, worker: User) -> None:
    enterprise = worker.memberships.get().enterprise
    absent = UserFactory()
    Invited.objects.create(event=event, enterprise=enterprise, enterprise_name=enterprise.name)
    for user in (worker, absent):
        Invited.objects.create(event=event, user=user, person_name=user.name)
    there(event, worker)
    sheet = [list(row.values()) for row in rows(staff_client.get(url(event, "one") + "?format=csv"))]
    came = {row[0] or row[2]: (bool(row[5]), row[6]) for row in sheet}
    assert came == {enterprise.name: (False, "1"), worker.name: (True, ""), absent.name: (False, "")}


def test_the_list_of_events_is_filtered_and_exported(staff_client: Client) -> None:
    talk = EventFactory(kind="talk", title="约谈甲")
    EventFactory(title="培训乙", begins_at=timezone.now() - timedelta(days=40))
    there(talk, UserFactory())
    closed(talk)
    listed = reverse("staff_events:list")
    page = staff_client.get(listed, {"kind": "talk"}).content.decode()
    assert "约谈甲" in page
    assert "培训乙" not in page
    recent = {"since": (timezone.localdate() - timedelta(days=7)).isoformat(), "format": "csv"}
    sheet = [list(row.values()) for row in rows(staff_client.get(listed, recent))]
    assert [row[0] for row in sheet] == ["约谈甲"]
    assert sheet[0][10] == "1"
    assert staff_client.get(listed, {"district": "x", "since": "x"}).status_code == 200


def test_lists_take_as_many_queries_for_many_as_for_few(
    staff_client: Client, event: Event, django_assert_max_num_queries: Any
) -> None:
    for _many in range(12):
        there(event, MembershipFactory().user)
        other = EventFactory()
        there(other, MembershipFactory().user)
    for address in (
        reverse("staff_events:list"),
        url(event, "one"),
        url(event, "sign_ins"),
        url(event, "print"),
        url(event, "desk"),
    ):
        with django_assert_max_num_queries(15):
            assert staff_client.get(address).status_code == 200
    with django_assert_max_num_queries(15):
        b"".join(staff_client.get(url(event, "sign_ins") + "?format=csv"))


def test_a_merged_account_signs_in_as_who_it_is(event: Event, worker: User) -> None:
    old = UserFactory(merged_into=worker)
    assert there(event, old).user == worker
    assert there(event, worker).pk == SignIn.objects.get().pk


def test_nobody_is_put_on_a_list_that_was_closed_long_ago(event: Event, worker: User) -> None:
    closed(event)
    there(event, worker)
    assert Attendance.objects.count() == 1
    with pytest.raises(RefusedError):
        signing.sign_in(event, UserFactory(), Said(How.LIST), timezone.now() + timedelta(days=8))


def test_what_a_dead_process_left_over_is_settled_by_the_clock(event: Event, worker: User) -> None:
    for user in (worker, UserFactory()):
        there(event, user)
    signing.undo(event.sign_ins.last(), "走错了", event.organiser, timezone.now())
    Event.objects.update(state="closed", closed_at=timezone.now())
    for _twice in range(2):
        minute.send(sender=type(event))
    assert Attendance.objects.get().user == worker


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_at_once_are_each_there_once(event: Event, at_once: Any) -> None:
    user = MembershipFactory().user
    done = at_once(lambda: there(event, user), 6)
    assert len({one.pk for one in done}) == 1


def test_an_enterprise_that_is_guided_is_named_in_the_words_of_the_day(worker: User) -> None:
    event = EventFactory(kind="guidance")
    there(event, worker)
    enterprise = Enterprise.objects.get()
    closed(event, guided=[enterprise])
    Enterprise.objects.update(name="改了名")
    guided = event.guided.get()
    assert guided.enterprise_name != "改了名"
    assert guided.district_name == enterprise.district.county.name


def test_staff_sees_pages_with_everything_in_them(staff_client: Client, worker: User) -> None:
    event = EventFactory(kind="guidance", signs_out=True, capacity=40, agenda="一、通报\n二、讨论")
    Invited.objects.create(event=event, user=worker, person_name=worker.name)
    sign_in = there(event, worker)
    for name in ("one", "edit", "cancel", "invite", "close", "desk"):
        assert staff_client.get(url(event, name)).status_code == 200, name
    assert staff_client.get(url(event, "sign_in", sign_in.pk)).status_code == 200
    staff_client.post(url(event, "out", sign_in.pk))
    sign_in.refresh_from_db()
    assert sign_in.left_at
    assert "二、讨论" in client_of(worker).get(reverse("events:one", args=[event.pk])).content.decode()


def test_the_desks_script_and_the_plain_form_say_the_same(
    staff_client: Client, event: Event, worker: User
) -> None:
    Invited.objects.create(event=event, user=worker, person_name=worker.name)
    page = staff_client.post(url(event, "receive"), {"user": worker.pk, "key": ""}, follow=True)
    assert page.status_code == 200
    assert not event.sign_ins.exists()
    key = "8d2b4c1e-55b5-4c0f-9d0c-0b8b0ad0a001"
    for _twice in range(2):
        staff_client.post(url(event, "receive"), {"user": worker.pk, "key": key})
    assert send(staff_client, event, key=key, user=worker.pk).json()["name"] == worker.name
    assert event.sign_ins.count() == 1

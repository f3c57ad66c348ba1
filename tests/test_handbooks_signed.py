"""Handbooks: copies sent, chapters read, editions signed for."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from academy.accounts.models import User
from academy.library.handbooks import counting
from academy.library.handbooks.counting import Choice
from academy.library.handbooks.reading import opened, sign
from academy.library.handbooks.sending import correct, send
from academy.library.models import ChapterReading, HandbookDispatch, HandbookPage, HandbookSignature
from academy.organisations.models import District
from academy.organisations.scope import Scope, scope_of
from academy.records.models import Statement, Verb
from academy.records.models.append_only import WrittenOnce
from academy.records.refusals import RefusedError
from tests.conftest import AtOnce
from tests.factories import (
    CityFactory,
    DistrictFactory,
    EnterpriseFactory,
    MembershipFactory,
    UserFactory,
    make_handbook,
    make_official,
)

pytestmark = [
    pytest.mark.django_db,
    # A file is streamed for an asynchronous server; the test client is a synchronous one
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]
WHOLE = Scope(whole=True)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def handbook() -> HandbookPage:
    return make_handbook()


@pytest.fixture
def reader() -> User:
    user: User = MembershipFactory(user=UserFactory(name="王小梅")).user
    return user


def read_all(user: User, handbook: HandbookPage) -> None:
    for chapter in handbook.chapters:
        opened(user, chapter)


def signed(user: User, handbook: HandbookPage) -> HandbookSignature:
    read_all(user, handbook)
    return sign(user, handbook, user.name, timezone.now())


class TestSigning:
    def test_every_chapter_is_opened_and_then_it_is_signed_once(
        self, handbook: HandbookPage, reader: User
    ) -> None:
        client, address = client_of(reader), reverse("library:sign", args=[handbook.pk])
        said = {"name": "王小梅", "understood": "on"}
        assert client.post(address, said).status_code == 422
        client.get(handbook.chapters[0].url)
        assert client.post(address, said).status_code == 422
        for _twice in range(2):
            for chapter in handbook.chapters:
                assert client.get(chapter.url).status_code == 200
        for _twice in range(2):
            assert client.post(address, said).status_code == 302
        signature = HandbookSignature.objects.get()
        assert (signature.title, signature.edition, signature.chapters) == (handbook.title, "第1版", 2)
        assert (signature.district_name, signature.signed_as) == ("东关区", "王小梅")
        logged = Statement.objects.get(verb=Verb.SIGNED)
        assert (logged.object_key, logged.evidence["edition"]) == (handbook.key, "第1版")
        assert Statement.objects.filter(verb=Verb.OPENED).count() == 2
        assert "第1版" in client.get(address).content.decode()
        assert "第1版" in client.get("/me/handbooks/").content.decode()

    def test_the_name_is_that_of_the_record_and_the_box_is_ticked(
        self, handbook: HandbookPage, reader: User
    ) -> None:
        client, address = client_of(reader), reverse("library:sign", args=[handbook.pk])
        read_all(reader, handbook)
        for said in ({"name": "王大梅", "understood": "on"}, {"name": "王小梅"}, {"understood": "on"}):
            page = client.post(address, said)
            assert page.status_code == 422
            assert 'role="alert"' in page.content.decode()
        assert client.post(address, {"name": "王 小梅", "understood": "on"}).status_code == 302

    def test_nobody_reads_faster_than_anybody_can(self, reader: User) -> None:
        book = make_handbook(text="烧熟煮透。" * 1000)
        read_all(reader, book)
        now = timezone.now()
        with pytest.raises(RefusedError):
            sign(reader, book, reader.name, now)
        assert Statement.objects.get(verb=Verb.REFUSED).object_key == book.key
        assert sign(reader, book, reader.name, now + timedelta(hours=1)).minutes == 60

    def test_a_new_edition_is_read_and_signed_for_anew(self, handbook: HandbookPage, reader: User) -> None:
        first = signed(reader, handbook)
        HandbookPage.objects.filter(pk=handbook.pk).update(edition="第2版")
        newer = HandbookPage.objects.get(pk=handbook.pk)
        with pytest.raises(RefusedError):
            sign(reader, newer, reader.name, timezone.now())
        assert signed(reader, newer) != first
        assert HandbookSignature.objects.count() == 2

    def test_what_has_no_edition_is_not_signed_for(self, reader: User) -> None:
        book = make_handbook(edition="")
        read_all(reader, book)
        with pytest.raises(RefusedError):
            sign(reader, book, reader.name, timezone.now())
        assert not ChapterReading.objects.exists()

    def test_strangers_sign_in_first_and_read_without_a_trace(self, handbook: HandbookPage) -> None:
        for chapter in handbook.chapters:
            assert Client().get(chapter.url).status_code == 200
        assert not ChapterReading.objects.exists()
        assert Client().get(reverse("library:sign", args=[handbook.pk])).status_code == 302

    def test_a_signature_outlives_the_handbook_and_is_never_changed(
        self, handbook: HandbookPage, reader: User
    ) -> None:
        signature = signed(reader, handbook)
        title = handbook.title
        handbook.delete()
        assert HandbookSignature.objects.get().title == title
        signature.signed_as = "别人"
        with pytest.raises(WrittenOnce):
            signature.save()

    @pytest.mark.django_db(transaction=True, serialized_rollback=True)
    def test_signed_by_several_requests_at_once_it_is_signed_once(self, at_once: AtOnce) -> None:
        book = make_handbook()
        reader = MembershipFactory().user
        read_all(reader, book)
        results = at_once(lambda: sign(reader, book, reader.name, timezone.now()).pk, 4)
        assert len(set(results)) == 1
        assert at_once(HandbookSignature.objects.count, 1) == [1]


class TestCopies:
    @pytest.fixture
    def districts(self) -> dict[str, District]:
        east = DistrictFactory(name="东关区")
        return {"city": CityFactory(), "east": east, "west": DistrictFactory(name="西川区")}

    def sent(self, to: Any, handbook: HandbookPage, copies: int = 100, **more: Any) -> HandbookDispatch:
        fields = {
            "handbook_key": handbook.key, "title": handbook.title, "edition": handbook.edition, "copies": copies,
            "sent_on": date(2026, 11, 1), "receipt": "签收单7", "by": UserFactory(), "key": uuid4(), **more,
        }  # fmt: skip
        return send(to, **fields)

    def test_counted_by_edition_and_district_with_corrections(
        self, handbook: HandbookPage, reader: User, districts: dict[str, District]
    ) -> None:
        first = self.sent(districts["east"], handbook)
        self.sent(EnterpriseFactory(district=districts["west"]), handbook, 30)
        correct(first, -20, reason="少送一箱", by=UserFactory(), key=uuid4())
        signed(reader, handbook)
        choice = Choice(handbook.key, handbook.edition)
        assert counting.total(WHOLE, choice) == (110, 1)
        assert counting.by_district(WHOLE, choice, ["北山县"]) == {
            "北山县": (0, 0), "东关区": (80, 1), "西川区": (30, 0),
        }  # fmt: skip
        assert [one.tally for one in counting.editions(WHOLE)] == [(110, 1)]

    def test_two_accounts_of_one_person_are_one(self, handbook: HandbookPage, reader: User) -> None:
        other = UserFactory()
        for user in (reader, other):
            signed(user, handbook)
        User.objects.filter(pk=other.pk).update(merged_into=reader)
        assert counting.total(WHOLE, Choice(handbook.key, handbook.edition)).signatures == 1

    def test_entered_by_staff_and_corrected_by_another_entry(
        self, handbook: HandbookPage, districts: dict[str, District]
    ) -> None:
        client = client_of(make_official(districts["east"]))
        entry = {
            "key": uuid4(), "handbook": handbook.key, "edition": "", "district": districts["east"].pk, "copies": 50,
            "sent_on": f"{timezone.localdate():%Y-%m-%d}", "receipt": "王主任",
        }  # fmt: skip
        for _twice in range(2):
            answer = client.post(reverse("handbooks:send"), entry)
        sent = HandbookDispatch.objects.get()
        assert answer.url == reverse("handbooks:dispatch", args=[sent.pk])
        said = {"key": uuid4(), "copies": "-60", "reason": "点错了"}
        assert client.post(answer.url, said).status_code == 422
        for _twice in range(2):
            assert client.post(answer.url, {**said, "copies": "-10"}).status_code == 302
        assert list(HandbookDispatch.objects.order_by("pk").values_list("copies", flat=True)) == [50, -10]
        assert "点错了" in client.get(answer.url).content.decode()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"copies": "0"}, {"copies": "x"}, {"sent_on": "2099-01-01"}, {"district": ""}, {"enterprise": "没有这家"},
            {"handbook": "handbook:0"}, {"district": "west"},
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said(
        self, handbook: HandbookPage, districts: dict[str, District], wrong: dict[str, str]
    ) -> None:
        client = client_of(make_official(districts["east"]))
        entry = {
            "key": uuid4(), "handbook": handbook.key, "district": districts["east"].pk, "copies": 50,
            "sent_on": "2026-11-01", **wrong,
        }  # fmt: skip
        if entry["district"] == "west":
            entry["district"] = districts["west"].pk
        page = client.post(reverse("handbooks:send"), entry)
        assert page.status_code == 422
        assert 'role="alert"' in page.content.decode()

    def test_a_district_sees_its_own_in_every_way(
        self, handbook: HandbookPage, districts: dict[str, District]
    ) -> None:
        foreign = self.sent(EnterpriseFactory(district=districts["west"], name="西川饭店"), handbook, 31337)
        signer = MembershipFactory(
            user=UserFactory(name="西川人"), enterprise=EnterpriseFactory(district=districts["west"])
        )
        signed(signer.user, handbook)
        self.sent(districts["east"], handbook, 7)
        official = make_official(districts["east"])
        client, query = client_of(official), Choice(handbook.key, handbook.edition).query
        for name in ("editions", "edition", "dispatches", "signatures"):
            for more in ("", "&format=csv", "&format=csv&district=西川区"):
                answer = client.get(f"{reverse(f'handbooks:{name}')}?{query}{more}")
                page = b"".join(answer).decode() if answer.streaming else answer.content.decode()
                assert answer.status_code == 200
                assert not any(word in page for word in ("西川饭店", "西川人", "31337", "31,337")), (
                    name,
                    more,
                )
        assert counting.total(scope_of(official), Choice(handbook.key, handbook.edition)) == (7, 0)
        assert client.get(reverse("handbooks:dispatch", args=[foreign.pk])).status_code == 404
        assert client_of(UserFactory()).get(reverse("handbooks:editions")).status_code == 403

    def test_as_many_queries_for_many_as_for_few(
        self, handbook: HandbookPage, districts: dict[str, District], django_assert_max_num_queries: Any
    ) -> None:
        for n in range(30):
            self.sent(districts["east"], handbook, edition=f"第{n}版")
            signed(MembershipFactory().user, handbook)
        client, query = (
            client_of(make_official(districts["city"])),
            Choice(handbook.key, handbook.edition).query,
        )
        for name in ("editions", "edition", "dispatches", "signatures"):
            with django_assert_max_num_queries(15):
                client.get(f"{reverse(f'handbooks:{name}')}?{query}")

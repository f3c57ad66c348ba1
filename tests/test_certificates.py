import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import numpy as np
import pdfplumber
import pypdfium2
import pytest
import zxingcpp
from bs4 import BeautifulSoup
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from pdfminer.pdftypes import resolve_all
from pylopdf_fonts_zh_cn import serif_path
from pytest_django import DjangoAssertNumQueries

from academy.accounts.models import User
from academy.records import codes
from academy.records.certifying import certify, renew, revoke
from academy.records.completing import complete
from academy.records.lettering import MISSING, printable
from academy.records.models import Certificate, Completion, Revocation, Statement, TrainingHours
from academy.records.models.append_only import WrittenOnce
from academy.records.printing import broken, pdf
from academy.records.refusals import RefusedError
from academy.records.terms import WINDOW, first_day, is_time_to_renew, last_day
from tests.conftest import AtOnce
from tests.factories import CompletionFactory, MembershipFactory, PostFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
State = Certificate.State


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def completed(user: User, **fields: Any) -> Completion:
    course = {
        "course_key": "course:7",
        "course_title": "烧熟煮透",
        "edition": 1,
        "hours": Decimal("1.5"),
        "score": 90,
    }
    return complete(user, **{**course, "validity_months": 12, **fields})


def certified(user: User | None = None, **fields: Any) -> Certificate:
    completion = completed(user or UserFactory(), **fields)
    return Certificate.objects.select_related("completion").get(completion=completion)


class TestTerms:
    @pytest.mark.parametrize(
        ("first", "months", "last"),
        [
            ("2026-11-21", 12, "2027-11-20"),
            ("2026-01-31", 1, "2026-02-28"),
            ("2028-01-31", 1, "2028-02-29"),
            ("2028-02-29", 12, "2029-02-28"),
            ("2027-03-01", 12, "2028-02-29"),
            ("2026-12-01", 1, "2026-12-31"),
            ("2026-01-01", 24, "2027-12-31"),
        ],
    )
    def test_a_term_ends_the_day_before_its_day_comes_again(self, first: str, months: int, last: str) -> None:
        assert last_day(date.fromisoformat(first), months) == date.fromisoformat(last)

    def test_no_months_are_no_end(self) -> None:
        assert last_day(date(2026, 1, 1), 0) is None

    @given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 120))
    def test_a_term_has_so_many_months_and_the_next_begins_the_day_after(
        self, first: date, months: int
    ) -> None:
        last = last_day(first, months)
        assert last is not None
        following = last + timedelta(days=1)
        gone = (following.year - first.year) * 12 + following.month - first.month
        short = first.day > monthrange(last.year, last.month)[1]
        assert gone == months + short
        assert following.day == (1 if short else first.day)
        assert first < following

    @given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 120))
    def test_who_begins_later_ends_no_earlier(self, first: date, months: int) -> None:
        one, other = last_day(first, months), last_day(first + timedelta(days=1), months)
        assert one is not None
        assert other is not None
        assert one <= other

    @given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(-90, 90))
    def test_a_term_renewed_early_follows_on_without_a_gap_or_an_overlap(self, ends: date, days: int) -> None:
        day = ends + timedelta(days=days)
        begins = first_day(day, ends)
        assert begins == (ends + timedelta(days=1) if -WINDOW.days <= days <= 0 else day)
        assert is_time_to_renew(ends, day) == (days >= -60)


class TestNumbersAndCodes:
    def test_numbers_run_without_a_gap_in_each_year_of_shanghai(self) -> None:
        moments = ["2026-12-31T23:59:59", "2027-01-01T00:00:00", "2027-05-01T09:00:00", "2026-06-01T09:00:00"]
        numbers = [certified(completed_at=shanghai(moment)).number for moment in moments]
        assert numbers == ["SA-2026-000001", "SA-2027-000001", "SA-2027-000002", "SA-2026-000002"]

    def test_a_number_whose_certificate_came_to_nothing_is_given_again(self) -> None:
        user = UserFactory()

        def fail() -> None:
            with transaction.atomic():
                certified(user)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert not Completion.objects.exists()
        assert certified(user).number.endswith("-000001")

    def test_a_code_cannot_be_guessed_nor_misread(self) -> None:
        assert len(codes.ALPHABET) ** codes.LENGTH > 2**100
        assert not set(codes.ALPHABET) & set("01OILSZBU")
        assert len({codes.new_code() for _ in range(500)}) == 500

    @given(st.text(codes.ALPHABET, min_size=codes.LENGTH, max_size=codes.LENGTH))
    def test_a_code_is_read_however_it_is_typed(self, code: str) -> None:
        typed = codes.grouped(code).lower()
        full_width = "".join(chr(ord(char) + 0xFEE0) for char in code)
        assert {
            codes.read(each) for each in (code, typed, f" {typed} ", typed.replace("-", " "), full_width)
        } == {code}


class TestCertifying:
    def test_completing_brings_hours_and_certificate_once_however_often_it_is_said(self) -> None:
        user = UserFactory(name="陈秀兰")
        first, again = completed(user), completed(user, score=100)
        assert first == again
        certificate = Certificate.objects.get()
        assert (certificate.person_name, certificate.score, certificate.edition) == ("陈秀兰", 90, 1)
        assert TrainingHours.objects.get().hours == Decimal("1.5")
        assert Statement.objects.filter(verb="certified").count() == 1

    def test_a_course_that_gives_none_gives_none_and_one_without_end_has_none(self) -> None:
        completed(UserFactory(), validity_months=None)
        assert not Certificate.objects.exists()
        assert certified(validity_months=0).expires_on is None

    def test_it_keeps_its_words_when_what_it_names_is_renamed(self) -> None:
        certificate = certified(UserFactory(name="陈秀兰"))
        certificate.user.name = "改了名"
        certificate.user.save()
        again = Certificate.objects.get()
        assert (again.person_name, again.course_title) == ("陈秀兰", "烧熟煮透")

    def test_a_later_edition_is_certified_beside_the_earlier_and_renews_it(self) -> None:
        user = UserFactory()
        old = certified(user, completed_at=shanghai("2026-01-10T09:00:00"))
        new = certified(user, edition=2, completed_at=shanghai("2026-12-20T09:00:00"))
        assert new.renews == old
        assert (new.starts_on, new.expires_on) == (date(2027, 1, 10), date(2028, 1, 9))
        assert Certificate.objects.get(pk=old.pk).expires_on == date(2027, 1, 9)

    def test_passing_again_around_the_end_renews_the_same_completion_once(self) -> None:
        completion = completed(UserFactory(), completed_at=shanghai("2026-01-10T09:00:00"))
        early = {"occasion": "renewal:1", "score": 95, "at": shanghai("2026-11-20T09:00:00")}
        first, again = renew(completion, 12, **early), renew(completion, 12, **early)
        assert first == again
        assert (first.starts_on, first.expires_on, first.score) == (date(2027, 1, 10), date(2028, 1, 9), 95)
        late = renew(completion, 12, occasion="renewal:2", at=shanghai("2028-02-01T09:00:00"))
        assert (late.starts_on, late.renews) == (date(2028, 2, 1), first)
        assert Completion.objects.count() == 1
        assert Certificate.objects.count() == 3

    def test_too_early_is_refused(self) -> None:
        completion = completed(UserFactory(), completed_at=shanghai("2026-01-10T09:00:00"))
        with pytest.raises(RefusedError):
            renew(completion, 12, occasion="renewal:1", at=shanghai("2026-11-09T09:00:00"))

    def test_what_was_revoked_is_not_renewed(self) -> None:
        completion = completed(UserFactory(), completed_at=shanghai("2026-01-10T09:00:00"))
        revoke(completion.certificates.get(), StaffFactory(), "替考")
        with pytest.raises(RefusedError):
            renew(completion, 12, occasion="renewal:1", at=shanghai("2027-01-09T09:00:00"))

    @pytest.mark.django_db(transaction=True, serialized_rollback=True)
    def test_sent_eight_times_at_once_there_is_one_of_each(self, at_once: AtOnce) -> None:
        user = UserFactory()
        assert len(set(at_once(lambda: completed(user).pk, 8))) == 1
        counts = lambda: tuple(  # noqa: E731
            model.objects.count() for model in (Completion, Certificate, TrainingHours)
        )
        assert at_once(counts, 1) == [(1, 1, 1)]

    @pytest.mark.django_db(transaction=True, serialized_rollback=True)
    def test_many_people_at_once_get_numbers_without_a_gap(self, at_once: AtOnce) -> None:
        people = [UserFactory() for _ in range(8)]
        at_once(lambda: completed(people.pop()).pk, 8)
        [numbers] = at_once(lambda: sorted(Certificate.objects.values_list("number", flat=True)), 1)
        assert [int(number[-6:]) for number in numbers] == list(range(1, 9))


class TestRevoking:
    def test_once_for_a_reason_and_said_again_the_first_stands(self) -> None:
        certificate, by = certified(), StaffFactory()
        with pytest.raises(RefusedError):
            revoke(certificate, by, "  ")
        first = revoke(certificate, by, "替考")
        assert revoke(certificate, StaffFactory(), "别的原因") == first
        assert Revocation.objects.get().reason == "替考"
        assert Certificate.objects.get().state == State.REVOKED
        assert Statement.objects.filter(verb="revoked").count() == 1

    def test_nothing_about_a_certificate_is_changed_or_deleted(self) -> None:
        certificate = certified()
        revocation = revoke(certificate, StaffFactory(), "替考")
        for row in (certificate, revocation):
            for act in (row.save, row.delete, type(row).objects.all().delete):
                with pytest.raises(WrittenOnce):
                    act()
        with pytest.raises(WrittenOnce):
            Certificate.objects.update(person_name="别人")
        with pytest.raises(ProtectedError):
            certificate.user.delete()
        with pytest.raises(ProtectedError):
            certificate.completion.delete()

    @pytest.mark.parametrize("table", ["records_certificate", "records_revocation"])
    def test_nor_past_the_models(self, table: str) -> None:
        revoke(certified(), StaffFactory(), "替考")
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET id = id + 1")


class TestState:
    def test_it_is_valid_through_the_whole_of_its_last_day(self) -> None:
        certificate = certified(completed_at=shanghai("2026-11-21T00:00:00"))
        last = date(2027, 11, 20)
        assert [certificate.state_on(day) for day in (last, last + timedelta(days=1))] == [
            State.VALID,
            State.EXPIRED,
        ]
        assert certificate in Certificate.objects.valid_on(last)
        assert certificate not in Certificate.objects.valid_on(last + timedelta(days=1))
        assert certificate in Certificate.objects.expired(last + timedelta(days=1))
        assert certificate not in Certificate.objects.expired(last)
        assert certificate in Certificate.objects.valid_on(date(2026, 11, 21))
        assert certificate not in Certificate.objects.valid_on(date(2026, 11, 20))

    def test_each_is_in_one_state_and_the_lists_agree(self) -> None:
        today = timezone.now()
        certified()
        certified(validity_months=0)
        certified(completed_at=today - timedelta(days=500))
        revoke(certified(), StaffFactory(), "替考")
        for certificate in Certificate.objects.all():
            found = [state for state in State.values if certificate in Certificate.objects.in_state(state)]
            assert found == [certificate.state]

    def test_those_that_end_soon_are_neither_renewed_nor_revoked(self) -> None:
        day = date(2026, 12, 1)
        moment = shanghai("2026-01-10T09:00:00")
        ends_soon, renewed, revoked = (completed(UserFactory(), completed_at=moment) for _ in range(3))
        renew(renewed, 12, occasion="renewal:1", at=shanghai("2026-11-20T09:00:00"))
        revoke(revoked.certificates.get(), StaffFactory(), "替考")
        found = Certificate.objects.expiring_within(60, day)
        assert [certificate.completion for certificate in found] == [ends_soon]
        assert not Certificate.objects.expiring_within(30, day)


class TestPage:
    def test_own_only_but_staff_see_all(
        self, worker_client: Client, worker: User, staff_client: Client, client: Client
    ) -> None:
        own, other = certified(worker), certified()
        assert worker_client.get(own.get_absolute_url()).status_code == 200
        for url in (other.get_absolute_url(), f"{other.get_absolute_url()}certificate.pdf"):
            assert worker_client.get(url).status_code == 404
            assert staff_client.get(url).status_code == 200
            assert Client().get(url).status_code == 302

    def test_the_state_stands_before_the_paper_and_older_ones_are_reachable(
        self, worker_client: Client, worker: User
    ) -> None:
        completion = completed(worker, completed_at=shanghai("2026-01-10T09:00:00"))
        old = completion.certificates.get()
        new = renew(completion, 12, occasion="renewal:1", at=shanghai("2026-12-20T09:00:00"))
        page = BeautifulSoup(worker_client.get(new.get_absolute_url()).content, "lxml").main
        order = page.select(".certst, .cert, .acts")
        assert [element["class"][0] for element in order] == ["certst", "cert", "acts"]
        assert page.select_one(f"a[href='{old.get_absolute_url()}']")
        assert page.select_one(f"a[href='{new.verify_url}']")
        assert "2028年1月9日" in page.select_one(".cert").get_text()
        assert page.select_one(".cert svg path")["d"].startswith("M")

    def test_a_revoked_one_is_crossed_and_says_why(self, worker_client: Client, worker: User) -> None:
        certificate = certified(worker)
        revoke(certificate, StaffFactory(), "考试请人代考")
        page = BeautifulSoup(worker_client.get(certificate.get_absolute_url()).content, "lxml").main
        assert page.select_one(".cert.revoked")
        assert "考试请人代考" in page.select_one(".certst").get_text()

    def test_a_name_is_text_whatever_it_looks_like(self, worker_client: Client, worker: User) -> None:
        worker.name = "<script>alert(1)</script>"
        worker.save()
        certificate = certified(worker)
        assert b"<script>alert" not in worker_client.get(certificate.get_absolute_url()).content


def text_of(content: bytes) -> str:
    with pdfplumber.open(BytesIO(content)) as document:
        return "\n".join(page.extract_text() for page in document.pages)


def read_code(content: bytes) -> str:
    """The QR code as a telephone sees it: from the rendered picture."""
    document = pypdfium2.PdfDocument(content)
    picture = np.ascontiguousarray(document[0].render(scale=1.5).to_numpy()[:, :, :3])
    document.close()
    [found] = zxingcpp.read_barcodes(picture)
    return str(found.text)


class TestPdf:
    def test_one_landscape_page_whose_words_are_found_by_searching(
        self, worker_client: Client, worker: User
    ) -> None:
        worker.name = "陈秀兰"
        worker.save()
        MembershipFactory(
            user=worker, enterprise__name="某某实验小学食堂", post=PostFactory(name="食品安全员")
        )
        certificate = certified(worker, completed_at=shanghai("2026-11-21T09:00:00"))
        response = worker_client.get(f"{certificate.get_absolute_url()}certificate.pdf")
        assert response["Content-Type"] == "application/pdf"
        assert certificate.number in response["Content-Disposition"]
        document = pypdfium2.PdfDocument(response.content)
        assert len(document) == 1
        width, height = document[0].get_size()
        assert (round(width), round(height)) == (842, 595)
        page = document[0].get_textpage()
        for words in (
            "合格证书",
            "陈秀兰",
            "烧熟煮透",
            "计1.5学时",
            "考试90分",
            certificate.number,
            "某某实验小学食堂",
            "2027年11月20日",
            "2026年11月21日",
        ):
            assert page.search(words).get_next(), words
            assert words in text_of(response.content)

    def test_the_font_travels_with_it_and_is_cut_to_what_is_needed(self) -> None:
        content = pdf(certified(UserFactory(name="陈秀兰")))
        assert len(content) < 100_000
        with pdfplumber.open(BytesIO(content)) as document:
            fonts = resolve_all(document.pages[0].page_obj.resources["Font"])
            assert fonts
            for font in fonts.values():
                assert "FontFile2" in font["DescendantFonts"][0]["FontDescriptor"]
                assert re.match(r"[A-Z]{6}\+", font["BaseFont"].name)
                assert "ToUnicode" in font

    def test_the_code_read_from_the_picture_is_the_address_that_verifies(self, settings: Any) -> None:
        settings.WAGTAILADMIN_BASE_URL = "https://xue.example.gov.cn/"
        certificate = certified()
        assert read_code(pdf(certificate)) == f"https://xue.example.gov.cn/verify/{certificate.code}/"

    def test_it_can_be_read_from_a_revoked_one_as_well(self) -> None:
        certificate = certified()
        revoke(certificate, StaffFactory(), "替考")
        content = pdf(Certificate.objects.get())
        assert "已撤销" in text_of(content)
        assert read_code(content) == certificate.verify_url

    @pytest.mark.parametrize(
        "title", ["食品安全总监" * 33, "A very long English title " * 7, "W" * 200, "短"]
    )
    def test_however_long_the_words_nothing_runs_over(self, title: str, settings: Any) -> None:
        settings.CERTIFICATE_ISSUER = "某市食品安全委员会办公室" * 8
        user = UserFactory(name="阿不都热合曼·买买提" * 5)
        MembershipFactory(
            user=user, enterprise__name="云汀市东关区餐饮管理有限责任公司" * 6, post__name="食品安全员"
        )
        content = pdf(certified(user, course_title=title[:200]))
        with pdfplumber.open(BytesIO(content)) as document:
            page = document.pages[0]
            boxes = [(char["x0"], char["top"], char["x1"], char["bottom"]) for char in page.chars]
            assert len(document.pages) == 1
            assert min(box[0] for box in boxes) > 45
            assert max(box[2] for box in boxes) < page.width - 45
            assert max(box[3] for box in boxes) < page.height - 45
            assert not overlapping(page)
        assert read_code(content)

    def test_rare_names_are_printed_and_what_the_font_lacks_is_marked(self) -> None:
        rare = "䶮㛃𬀩𫖯𬭩𠅤喆堃祎镕"
        user = UserFactory(name=f"{rare}\U0002a6a5")
        words = text_of(pdf(certified(user)))
        assert rare in words.replace(" ", "")
        assert MISSING in words

    def test_the_font_has_every_character_of_the_common_sets(self) -> None:
        known = TTFont(serif_path(), lazy=True).getBestCmap()
        encoded = {
            bytes((high, low)).decode("gbk", "ignore")
            for high in range(0x81, 0xFF)
            for low in range(0x40, 0xFF)
        }
        han = {char for char in encoded if len(char) == 1 and "\u4e00" <= char <= "\u9fa5"}
        assert len(han) == 20902
        assert all(ord(char) in known for char in han)
        assert printable("".join(han)).count(MISSING) == 0

    @given(st.text("食品安全，。“”（）A1 ", max_size=60), st.integers(2, 12))
    def test_lines_keep_every_character_and_their_width(self, words: str, width: int) -> None:
        lines = broken(words, lambda line: len(line) <= width)
        assert "".join(lines) == words
        assert all(len(line) <= width for line in lines)


def overlapping(page: Any) -> list[Any]:
    """Characters of different lines that stand on each other; the title's word of a revoked one is another matter."""
    words = page.extract_words()
    return [
        (one["text"], other["text"])
        for n, one in enumerate(words)
        for other in words[n + 1 :]
        if one["x0"] < other["x1"] - 1
        and other["x0"] < one["x1"] - 1
        and one["top"] < other["bottom"] - 3
        and other["top"] < one["bottom"] - 3
    ]


class TestStaff:
    def test_they_search_by_number_name_course_and_state(self, staff_client: Client) -> None:
        one = certified(UserFactory(name="王芳"))
        other = certified(UserFactory(name="李强"), course_key="course:8", course_title="反食品浪费")
        revoke(other, StaffFactory(), "替考")

        def found(**query: str) -> set[str]:
            page = BeautifulSoup(staff_client.get("/staff/certificates/", query).content, "lxml")
            return {row.a.get_text() for row in page.select("tbody tr")}

        assert found() == {one.number, other.number}
        assert found(q="王芳") == {one.number}
        assert found(q=other.number.lower()) == {other.number}
        assert found(subject="course:8") == {other.number}
        assert found(state="revoked") == {other.number}
        assert found(state="valid") == {one.number}
        assert found(state="nonsense") == {one.number, other.number}
        assert found(q="没有这个人") == set()

    @pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators")
    def test_the_table_is_a_file_as_well(self, staff_client: Client) -> None:
        one = certified(UserFactory(name="=王芳"))
        certified(course_key="course:8")
        response = staff_client.get("/staff/certificates/", {"format": "csv", "q": "王芳"})
        lines = b"".join(response).decode("utf-8-sig").splitlines()
        assert len(lines) == 2
        assert lines[1].startswith(f"{one.number},'=王芳,")
        assert staff_client.get("/staff/certificates/", {"format": "xlsx"}).status_code == 200
        assert staff_client.get("/staff/certificates/", {"format": "doc"}).status_code == 404

    def test_pages_and_as_many_queries_for_many_as_for_few(
        self, staff_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for n in range(60):
            certified(UserFactory(), course_key=f"course:{n % 3}")
        with django_assert_max_num_queries(10):
            page = BeautifulSoup(staff_client.get("/staff/certificates/").content, "lxml")
        assert len(page.select("tbody tr")) == 50
        assert page.select_one("a[rel=next]")

    def test_revoking_asks_once_and_wants_a_reason(self, staff_client: Client) -> None:
        certificate = certified()
        url = f"/staff/certificates/{certificate.number}/"
        empty = BeautifulSoup(staff_client.post(url, {"reason": " ", "sure": "1"}).content, "lxml")
        assert empty.select_one(".err")
        asked = BeautifulSoup(staff_client.post(url, {"reason": "考试请人代考"}).content, "lxml")
        assert asked.select_one("button[name=sure]")
        assert asked.select_one("textarea").get_text(strip=True) == "考试请人代考"
        assert not Revocation.objects.exists()
        for _twice in range(2):
            assert staff_client.post(url, {"reason": "考试请人代考", "sure": "1"}).status_code == 302
        assert Revocation.objects.get().certificate == certificate
        assert not BeautifulSoup(staff_client.get(url).content, "lxml").main.select("form")

    def test_the_pages_are_theirs_alone(self, worker_client: Client, worker: User) -> None:
        certificate = certified(worker)
        for url in (
            "/staff/certificates/",
            f"/staff/certificates/{certificate.number}/",
            f"/staff/people/{worker.pk}/",
        ):
            assert worker_client.get(url).status_code == 403
            assert Client().get(url).status_code == 302
        assert (
            worker_client.post(
                f"/staff/certificates/{certificate.number}/", {"reason": "x", "sure": "1"}
            ).status_code
            == 403
        )
        assert not Revocation.objects.exists()


class TestMe:
    def test_certificates_stand_with_their_ends_and_records_lead_to_them(
        self, worker_client: Client, worker: User
    ) -> None:
        certificate = certified(worker)
        CompletionFactory(user=worker, course_title="没有证书的课")
        page = BeautifulSoup(worker_client.get("/me/").content, "lxml").main
        rows = page.select("section[aria-labelledby=certificates] a.row")
        assert [row["href"] for row in rows] == [certificate.get_absolute_url()]
        assert certificate.number in rows[0].get_text()
        records = [record.a["href"] if record.a else "" for record in page.select(".rec")]
        assert sorted(records) == ["", certificate.get_absolute_url()]

    def test_one_that_was_renewed_gives_its_place_to_the_newer(
        self, worker_client: Client, worker: User
    ) -> None:
        completion = completed(worker, completed_at=shanghai("2026-01-10T09:00:00"))
        new = renew(completion, 12, occasion="renewal:1", at=shanghai("2026-12-20T09:00:00"))
        page = BeautifulSoup(worker_client.get("/me/").content, "lxml").main
        assert [row["href"] for row in page.select("section[aria-labelledby=certificates] a.row")] == [
            new.get_absolute_url()
        ]

    def test_one_that_ends_soon_says_so(self, worker_client: Client, worker: User) -> None:
        certified(worker, validity_months=1, completed_at=timezone.now() - timedelta(days=20))
        assert BeautifulSoup(worker_client.get("/me/").content, "lxml").select(".due-l")


def test_issuing_is_a_matter_of_the_shanghai_day() -> None:
    certificate = certify(CompletionFactory(), 12, at=datetime(2026, 3, 31, 16, 0, tzinfo=UTC))
    assert certificate.issued_on == date(2026, 4, 1)
    assert certificate.expires_on == date(2027, 3, 31)

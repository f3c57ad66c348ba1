"""A small city of two districts that have the same of everything. What belongs to one of them carries its mark in every
word, its number in every phone number; so whatever of the other is seen, anywhere, is found by looking for the mark."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils import timezone

from academy.accounts.models import User
from academy.chat.models import Topic
from academy.courses.assignments.assigning import take_in
from academy.courses.models import Assignee, Assignment, CoursePage, Enrolment
from academy.events import closing, signing
from academy.events.models import Event, Invited, Photo, Scan
from academy.events.signing import How, Said
from academy.exams import spot
from academy.exams.models import Attempt, Paper, SpotExam
from academy.library.handbooks.reading import opened, sign
from academy.library.handbooks.sending import send
from academy.library.models import HandbookPage
from academy.organisations import inviting
from academy.organisations.managing import appoint, dismiss
from academy.organisations.models import District, Enterprise, JoinRequest, Membership, RegisterImport
from academy.organisations.registering import keep, let_go
from academy.records.attending import attend
from academy.records.completing import complete
from academy.records.merging import merge_enterprises, merge_people
from academy.records.models import Certificate, TrainingHours
from tests.factories import (
    BusinessTypeFactory,
    DistrictFactory,
    EnterpriseFactory,
    EventFactory,
    PostFactory,
    UserFactory,
    make_asking,
    make_assignment,
)
from tests.registers import code


class Shared:
    """What belongs to the whole city: a course, a paper, a handbook."""

    def __init__(self, course: CoursePage, paper: Paper, handbook: HandbookPage, city: User) -> None:
        self.course, self.paper, self.handbook, self.city = course, paper, handbook, city


class Side:
    """One district. `here` has the key of each thing by the name that addresses know it by; `author` made what officials
    make. Texts hold `mark`; numbers of phones end with `number`."""

    def __init__(self, district: str, mark: str, number: str, shared: Shared, author: User) -> None:
        self.mark, self.number, self.shared, self.author = mark, number, shared, author
        self.county = DistrictFactory(name=district)
        self.street = DistrictFactory(name=f"{district}街道", parent=self.county)
        self.post, self.now = PostFactory(), timezone.now()
        self.here: dict[str, Any] = {"district": self.county.pk, "course": shared.course.pk}
        self._counted = 0
        self.main, self.second = (self._enterprise(each) for each in (self.street, self.county))
        self.cook, self.helper, self.former = (
            self._at_work(each) for each in (self.main, self.second, self.main)
        )
        makers: tuple[Callable[[], dict[str, Any]], ...] = (
            self._learned, self._merged, self._kept, self._asked_in, self._met, self._drawn, self._assigned,
            self._distributed, self._asked, self._imported,
        )  # fmt: skip
        for make in makers:
            self.here |= make()
        phones = rf"139(\d{{4}}|\*{{4}}){number}"
        self.secrets = re.compile("|".join([mark, phones, self.certificate.number]))

    def phone(self) -> str:
        """The last four digits, which stay when it is masked, are those of the side."""
        self._counted += 1
        return f"139{self._counted:04d}{self.number}"

    def words(self, of: str) -> str:
        self._counted += 1
        return f"{self.mark}{of}{self._counted}"

    def _enterprise(self, district: District) -> Enterprise:
        number = int(self.number) * 100 + self._counted
        made: Enterprise = EnterpriseFactory.build(
            name=self.words("饭店"), district=district, business_type=BusinessTypeFactory(), credit_code=code(number),
            licence=f"JY139{self._counted:04d}{self.number}000", responsible=self.words("老板"), responsible_phone=self.phone(),
            address=self.words("路"), risk_level="B",
        )  # fmt: skip
        keep(made, self.author)
        return made

    def _person(self) -> User:
        made: User = UserFactory(name=self.words("师傅"), phone=self.phone())
        return made

    def _at_work(self, enterprise: Enterprise) -> Membership:
        made: Membership = Membership.objects.create(
            user=self._person(),
            enterprise=enterprise,
            post=self.post,
            joined_at=self.now - timedelta(days=90),
        )
        return made

    def _learned(self) -> dict[str, Any]:
        said = {
            "course_title": self.shared.course.title,
            "edition": 1,
            "hours": Decimal(1),
            "validity_months": 12,
        }
        for one in (self.cook, self.helper, self.former):
            Enrolment.objects.create(
                user=one.user, course_key=self.shared.course.key, edition=1, began_at=self.now
            )
            complete(one.user, course_key=self.shared.course.key, **said)
            complete(
                one.user, **{**said, "course_key": f"course:9{self.number}", "course_title": self.words("课")}
            )
        let_go(self.former.user, self.main, timezone.localdate(), self.author)
        self.certificate = Certificate.objects.filter(user=self.cook.user).earliest("pk")
        entry = TrainingHours.objects.filter(user=self.cook.user).earliest("pk")
        return {
            "person": self.cook.user_id, "place": self.cook.pk, "enterprise": self.main.pk,
            "certificate": self.certificate.number, "hours": entry.pk,
        }  # fmt: skip

    def _merged(self) -> dict[str, Any]:
        by, why = self.shared.city, self.words("同一个")
        self.twin, again = self._enterprise(self.street), self._person()
        places = merge_enterprises(self.twin, self.main, by=by, reason=why)
        people = merge_people(again, self.cook.user, by=by, reason=why)
        return {"enterprise_merge": places.pk, "person_merge": people.pk, "twin": self.twin.pk}

    def _kept(self) -> dict[str, Any]:
        self.manager, self.dismissed = self._person(), self._person()
        kept = appoint(self.manager, self.main, self.author)
        dismiss(appoint(self.dismissed, self.main, self.author), self.author)
        return {"manager": kept.pk}

    def _asked_in(self) -> dict[str, Any]:
        asked = JoinRequest.objects.create(user=self._person(), enterprise=self.main, post=self.post)
        wall = inviting.invite(self.main, self.manager, post=self.post)
        inviting.invite(self.main, self.manager, post=self.post, phone=self.phone(), name=self.words("新人"))
        return {"request": asked.pk, "invitation": wall.pk}

    def _met(self) -> dict[str, Any]:
        words = {"title": self.words("约谈"), "place": self.words("会议室"), "agenda": self.words("议程")}
        said = {**words, "district": self.county, "organiser": self.author, "kind": Event.Kind.GUIDANCE}
        event, over = EventFactory(**said), EventFactory(**{**said, "title": self.words("培训")})
        asked = Invited.objects.create(event=event, user=self.helper.user, person_name=self.helper.user.name)
        signed = Said(How.SIGNATURE, by=self.author, signature=b"x")
        sign_in = signing.sign_in(event, self.cook.user, signed, self.now)
        guided = closing.guide(event, self.main)
        scan = Scan.objects.create(event=event, user=self.former.user, shown_at=self.now)
        photo = Photo.objects.create(event=event, by=self.author, file=ContentFile(b"x", "photo.jpg"))
        attend(
            self.helper.user,
            event_key=over.key,
            event_title=over.title,
            kind=over.kind,
            hours=Decimal(1),
            at=self.now,
        )
        return {
            "event": event.pk, "sign_in": sign_in.pk, "guided": guided.pk, "photo": photo.pk, "invited": asked.pk,
            "event_held": over.pk, "scan": scan.pk,
        }  # fmt: skip

    def _drawn(self) -> dict[str, Any]:
        window = {"opens_at": self.now, "closes_at": self.now + timedelta(hours=1)}
        said = {"paper": self.shared.paper, "district": self.county, "size": 9, **window}
        exam, undrawn = (SpotExam.objects.create(title=self.words("抽考"), **said) for _n in range(2))
        spot.draw_candidates(exam, self.author, self.now)
        sat = Attempt.objects.create(
            user=self.cook.user, purpose=exam.purpose, paper=self.shared.paper, paper_title=self.words("试卷"),
            pass_mark=60, drawn=[], started_at=self.now, submitted_at=self.now, score=77, passed=True,
        )  # fmt: skip
        return {"spot": exam.pk, "spot_undrawn": undrawn.pk, "attempt": sat.pk}

    def _assigned(self) -> dict[str, Any]:
        said = {
            "district": self.county,
            "note": self.words("为了"),
            "audience": self.words("给谁"),
            "title": self.words("任务"),
        }
        made = make_assignment(self.author, **said)
        take_in(made, Assignee.Why.CHOSEN)
        Assignment.objects.filter(pk=made.pk).update(ready_at=self.now)
        return {
            "assignment": made.pk,
            "assignee": Assignee.objects.get(assignment=made, user=self.cook.user).pk,
        }

    def _distributed(self) -> dict[str, Any]:
        book = self.shared.handbook
        said = {"handbook_key": book.key, "title": book.title, "edition": book.edition, "copies": 4321}
        sent = send(
            self.main,
            **said,
            sent_on=timezone.localdate(),
            receipt=self.words("收条"),
            by=self.author,
            key=uuid4(),
        )
        for chapter in book.chapters:
            opened(self.cook.user, chapter)
        sign(self.cook.user, book, self.cook.user.name, self.now + timedelta(days=1))
        return {"dispatch": sent.pk}

    def _asked(self) -> dict[str, Any]:
        topic = Topic.objects.create(question=self.words("问题"), vector=b"", state=Topic.State.WAITING)
        asking = make_asking(topic.question, district=self.county, topic=topic)
        return {"topic": topic.pk, "message": asking.message.pk}

    def _imported(self) -> dict[str, Any]:
        made = RegisterImport.objects.create(
            kind="enterprises", state="applied", user=self.author, district=self.county, language="zh-hans", name=f"{self.mark}.xlsx", total=1,
            applied_at=self.now,
        )  # fmt: skip
        said = {"企业名称": self.main.name, "负责人": self.words("旧")}
        made.rows.create(
            number=2, state="changed", cells=said, changes={"负责人": [self.words("旧"), self.words("新")]}
        )
        change = {"responsible": [self.words("旧"), self.main.responsible]}
        made.journal.create(number=2, model="enterprise", key=self.main.pk, made=False, fields=change)
        own = RegisterImport.objects.create(
            kind="people", state="checked", user=self.author, district=self.county, enterprise=self.main, language="zh-hans",
            name=f"{self.mark}.csv", total=1,
        )  # fmt: skip
        return {"batch": made.pk, "own_batch": own.pk}

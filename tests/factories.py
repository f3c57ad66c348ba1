"""Objects that tests begin with. Chinese names on purpose: that is what the site holds."""

import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import factory
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import Page

from academy.accounts.models import User
from academy.accounts.roles import STAFF, ensure_roles
from academy.chat.models import Asking, Conversation, Message
from academy.courses.assignments.assigning import make
from academy.courses.models import Assignment, CourseIndexPage, CoursePage, LessonPage
from academy.events.models import Event
from academy.exams.models import Choice, Paper, PaperQuestion, Question
from academy.library.models import ChapterPage, HandbookIndexPage, HandbookPage
from academy.library.tree import ensure_tree
from academy.organisations.models import BusinessType, District, Enterprise, Jurisdiction, Membership, Post
from academy.records.models import Completion


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    name = factory.Sequence(lambda n: f"王师傅{n}")
    phone = factory.Sequence(lambda n: f"138{n:08d}")
    phone_verified = True


class StaffFactory(UserFactory):
    """A member of staff who may see everything and enter the admin."""

    name = factory.Sequence(lambda n: f"周科长{n}")
    email = factory.Sequence(lambda n: f"staff{n}@example.com")
    phone = None
    is_staff = True
    is_superuser = True


class CityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = District
        django_get_or_create = ("name",)

    name = "云汀市"


class DistrictFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = District
        django_get_or_create = ("name",)

    name = "东关区"
    parent = factory.SubFactory(CityFactory)


class BusinessTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BusinessType
        django_get_or_create = ("name",)

    name = "社会餐饮"


class PostFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Post
        django_get_or_create = ("name",)

    name = "厨师"


class EnterpriseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Enterprise

    name = factory.Sequence(lambda n: f"示例饭店{n}")
    district = factory.SubFactory(DistrictFactory)
    business_type = factory.SubFactory(BusinessTypeFactory)


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    enterprise = factory.SubFactory(EnterpriseFactory)
    post = factory.SubFactory(PostFactory)


class CompletionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Completion

    user = factory.SubFactory(UserFactory)
    person_name = factory.SelfAttribute("user.name")
    course_key = "course:1"
    course_title = "反食品浪费（餐饮服务）"
    edition = 1
    hours = Decimal("1.0")
    score = 90
    completed_at = factory.LazyFunction(timezone.now)
    enterprise_name = "示例饭店"
    district_name = "东关区"
    business_type_name = "社会餐饮"
    post_name = "厨师"


class EventFactory(factory.django.DjangoModelFactory):
    """A training that began half an hour ago and goes on for another hour and a half."""

    class Meta:
        model = Event

    title = factory.Sequence(lambda n: f"秋季培训{n}")
    district = factory.SubFactory(DistrictFactory)
    place = "区市场监管局三楼会议室"
    begins_at = factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=30))
    ends_at = factory.LazyAttribute(lambda event: event.begins_at + timedelta(hours=2))
    hours = Decimal("2.0")
    organiser = factory.SubFactory(StaffFactory)


class QuestionFactory(factory.django.DjangoModelFactory):
    """Four choices, of which those numbered in `right` are correct."""

    class Meta:
        model = Question
        skip_postgeneration_save = True

    kind = Question.Kind.SINGLE
    stem = factory.Sequence(lambda n: f"第{n}问：中心温度要多高？")
    explanation = "要量最厚的地方。"
    basis = "厨房操作卫生手册 第四章"

    @factory.post_generation
    def right(self, create: bool, extracted: Sequence[int] | None, **kwargs: Any) -> None:
        for n in range(2 if self.kind == Question.Kind.TRUEFALSE else 4):
            correct = n in (extracted or [0])
            self.choices.add(Choice(text=f"选项{n}", correct=correct, sort_order=n))
        self.save()


class PaperFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Paper
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"试卷{n}")
    pass_mark = 60
    minutes = 30
    attempts_allowed = 3

    @factory.post_generation
    def questions(self, create: bool, extracted: Sequence[Question] | None, **kwargs: Any) -> None:
        for n, question in enumerate(
            extracted if extracted is not None else [QuestionFactory(), QuestionFactory()]
        ):
            self.entries.add(PaperQuestion(question=question, sort_order=n))
        self.save()


def make_course(home: Page, lessons: int = 3, **fields: Any) -> CoursePage:
    """A published course with its lessons under the one list of courses."""
    index = CourseIndexPage.objects.first() or home.add_child(
        instance=CourseIndexPage(title="课程", slug="courses")
    )
    fields = {"title": "厨房食品安全入门", "outcome": "能说清四个温度。", "hours": Decimal("1.5"), **fields}
    course = index.add_child(instance=CoursePage(**fields))
    for n in range(1, lessons + 1):
        course.add_child(instance=LessonPage(title=f"课时{n}", minutes=5))
    return course


def make_asking(question: str, ago: timedelta = timedelta(), **fields: Any) -> Asking:
    """As if somebody had asked so long ago; refused unless it says otherwise."""
    message = Message.objects.create(
        conversation=Conversation.objects.create(),
        question=question,
        found=fields.get("found", False),
        answer={},
    )
    asking = Asking.objects.create(message=message, **{"found": False, "took": 400, **fields})
    Asking.objects.filter(pk=asking.pk).update(at=timezone.now() - ago)
    asking.refresh_from_db()
    return asking


def make_assignment(made_by: User, **fields: Any) -> Assignment:
    """Made as staff make it, of a course that no page stands behind unless `object_key` names one."""
    fields = {
        "kind": Assignment.Kind.COURSE,
        "object_key": "course:7",
        "title": "烧熟煮透",
        "edition": "1",
        "due_on": timezone.localdate() + timedelta(days=30),
        "audience": "云汀市",
        **dict.fromkeys(("business_types", "posts", "enterprises"), ()),
        **fields,
    }
    return make(uuid4(), made_by, fields)


def make_handbook(edition: str = "第1版", chapters: int = 2, text: str = "烧熟煮透。") -> HandbookPage:
    """A published handbook with its chapters under the one list of handbooks."""
    ensure_tree()
    index = HandbookIndexPage.objects.get()
    slug = f"handbook-{HandbookPage.objects.count() + 1}"
    book = index.add_child(instance=HandbookPage(title="厨房操作卫生手册", slug=slug, edition=edition))
    for n in range(1, chapters + 1):
        body = json.dumps([{"type": "text", "value": f"<p>{text}</p>"}])
        book.add_child(instance=ChapterPage(title=f"第{n}章", slug=f"{slug}-{n}", body=body))
    return HandbookPage.objects.get(pk=book.pk)


def make_official(district: District | None) -> User:
    """A member of the supervising staff, of this district."""
    ensure_roles()
    user: User = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=STAFF))
    if district:
        Jurisdiction.objects.create(user=user, district=district)
    return user

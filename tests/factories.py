"""Objects that tests begin with. Chinese names on purpose: that is what the site holds."""

from decimal import Decimal

import factory
from django.utils import timezone

from academy.accounts.models import User
from academy.organisations.models import BusinessType, District, Enterprise, Membership, Post
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

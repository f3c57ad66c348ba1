"""Assignments follow what happens elsewhere: records that arrive, people who begin somewhere, and the clock."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from academy.core.workers import minute
from academy.courses.assignments import daily
from academy.courses.assignments.assigning import welcome
from academy.courses.assignments.moving import PLACES, follow_merge, move_to
from academy.courses.assignments.proving import follow_person
from academy.library.models import HandbookSignature
from academy.organisations.models import Membership
from academy.records.models import Certificate, Completion, PersonMerge, Revocation


@receiver(post_save, sender=Completion)
def _completed(instance: Completion, **kwargs: Any) -> None:
    follow_person(instance.user, instance.course_key)


@receiver(post_save, sender=Certificate)
def _certified(instance: Certificate, **kwargs: Any) -> None:
    follow_person(instance.user, instance.completion.course_key)


@receiver(post_save, sender=Revocation)
def _revoked(instance: Revocation, **kwargs: Any) -> None:
    follow_person(instance.certificate.user, instance.certificate.completion.course_key)


@receiver(post_save, sender=PersonMerge)
def _merged(instance: PersonMerge, **kwargs: Any) -> None:
    follow_merge(instance)


@receiver(post_save, sender=HandbookSignature)
def _signed(instance: HandbookSignature, **kwargs: Any) -> None:
    follow_person(instance.user, instance.handbook_key)


@receiver(post_save, sender=Membership)
def _joined(instance: Membership, created: bool, **kwargs: Any) -> None:
    if created and instance.left_at is None:
        place = PLACES.select_related("user").get(pk=instance.pk)
        move_to(place)
        welcome(place)


@receiver(minute)
def _due(**kwargs: Any) -> None:
    daily.resume()
    if daily.is_due():
        daily.do_the_day.enqueue()

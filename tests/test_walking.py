"""Piece by piece a list is the same list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from academy.core.walking import walk
from academy.records.models import Completion
from tests.factories import CompletionFactory, UserFactory


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 100])
@pytest.mark.parametrize("order", [(), ("completed_at", "pk")])
def test_every_row_comes_once_and_in_order(size: int, order: tuple[str, ...]) -> None:
    now, user = timezone.now(), UserFactory()
    for n in range(8):
        CompletionFactory(user=user, edition=n, completed_at=now - timedelta(hours=n // 3))
    rows = Completion.objects.order_by(*order) if order else Completion.objects.all()
    assert list(walk(rows, size)) == list(rows)
    assert list(walk(rows.filter(edition__gte=5), size)) == list(rows.filter(edition__gte=5))


@pytest.mark.django_db
def test_what_comes_first_while_it_is_read_moves_nothing() -> None:
    now = timezone.now()
    for n in range(4):
        CompletionFactory(completed_at=now - timedelta(hours=n))
    rows = walk(Completion.objects.all(), 2)
    seen = [next(rows), next(rows)]
    CompletionFactory(completed_at=now)
    seen += rows
    assert len({row.pk for row in seen}) == 4


@pytest.mark.django_db
def test_no_other_order_is_walked() -> None:
    with pytest.raises(ValueError, match="no order to walk in"):
        next(walk(Completion.objects.order_by("person_name", "-pk")))

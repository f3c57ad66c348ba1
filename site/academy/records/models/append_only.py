"""Rows that are written once. What was wrong is put right by another row, so that both can be read."""

from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from django.db import models


class WrittenOnce(Exception):
    """A record of this kind is neither changed nor deleted."""


Row = TypeVar("Row", bound=models.Model)


class AppendOnlyQuerySet(models.QuerySet[Row]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise WrittenOnce(self.model._meta.label)

    def delete(self) -> NoReturn:
        raise WrittenOnce(self.model._meta.label)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise WrittenOnce(self.model._meta.label)

    def bulk_create(self, objs: Iterable[Row], *args: Any, **kwargs: Any) -> list[Row]:
        if kwargs.get("update_conflicts"):
            raise WrittenOnce(self.model._meta.label)
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnly(models.Model):
    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise WrittenOnce(self._meta.label)
        # a row with a key of somebody's choice would otherwise be looked for and changed first
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise WrittenOnce(self._meta.label)

"""Everything that changes what may be read, or by whom, reaches the index from here."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.dispatch import receiver
from wagtail import hooks
from wagtail.documents.models import Document as Upload
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction
from wagtail.signals import page_published, page_unpublished, post_page_move

from academy.core.searchable import Searchable
from academy.core.workers import minute
from academy.library.indexing import changed, follow_published, follow_readers, resume, withdraw
from academy.library.models import FAQ, RegulationPage
from academy.library.models.source import Source
from academy.library.sources import is_text_file

PAGE, DOCUMENT, FAQ_KIND = (kind.value for kind in Source.Kind)


@receiver(page_published)
def _published(instance: Page, **kwargs: Any) -> None:
    """A chapter is cited under its handbook's title, so what is below is told as well."""
    _refresh_tree(instance)


@receiver(page_unpublished)
def _unpublished(instance: Page, **kwargs: Any) -> None:
    withdraw(PAGE, instance.pk)


@receiver(post_save, sender=RegulationPage)
def _regulation_saved(instance: RegulationPage, **kwargs: Any) -> None:
    """Its file belongs to it, also while it is a draft; without its page the file never stands alone."""
    if instance.document_id:
        withdraw(DOCUMENT, instance.document_id)


@receiver(pre_delete)
def _page_deleted(instance: Any, **kwargs: Any) -> None:
    """Deletion reaches each page as whatever class the database row belongs to."""
    if isinstance(instance, Page):
        withdraw(PAGE, instance.pk)


@receiver(post_page_move)
def _moved(instance: Page, **kwargs: Any) -> None:
    _refresh_tree(instance)


@receiver(post_save, sender=PageViewRestriction)
@receiver(post_delete, sender=PageViewRestriction)
def _restricted(instance: PageViewRestriction, **kwargs: Any) -> None:
    page = Page.objects.filter(pk=instance.page_id).first()
    if page:
        _refresh_tree(page)


@receiver(post_save, sender=Upload)
def _uploaded(instance: Any, **kwargs: Any) -> None:
    if is_text_file(instance):
        changed(DOCUMENT, instance.pk, instance.title)
    else:
        withdraw(DOCUMENT, instance.pk)
    for page in instance.regulations.live():
        _refresh(page)


@receiver(post_delete, sender=Upload)
def _upload_deleted(instance: Any, **kwargs: Any) -> None:
    withdraw(DOCUMENT, instance.pk)


@receiver(post_save, sender=CollectionViewRestriction)
@receiver(post_delete, sender=CollectionViewRestriction)
def _collection_restricted(instance: CollectionViewRestriction, **kwargs: Any) -> None:
    _refresh_files(instance.collection_id)


@receiver(m2m_changed, sender=PageViewRestriction.groups.through)
@receiver(m2m_changed, sender=CollectionViewRestriction.groups.through)
def _groups_chosen(instance: Any, action: str, **kwargs: Any) -> None:
    """The restriction is saved first, and its groups after it."""
    if action.startswith("post_") and isinstance(instance, PageViewRestriction):
        _restricted(instance)
    elif action.startswith("post_") and isinstance(instance, CollectionViewRestriction):
        _collection_restricted(instance)


@hooks.register("after_bulk_action")
def _moved_together(request: Any, action_type: str, objects: Any, action: Any) -> None:
    """Wagtail moves files to another collection all at once, without a signal."""
    if action_type == "add_to_collection" and action.model is Upload:
        for upload in Upload.objects.filter(pk__in=[each.pk for each in objects]):
            _uploaded(upload)


@receiver(post_save, sender=Collection)
def _collection_saved(instance: Collection, **kwargs: Any) -> None:
    """Wagtail saves a collection first and then moves it, without a signal, in the same transaction."""
    transaction.on_commit(partial(_refresh_files, instance.pk))


def _refresh_files(collection_id: int) -> None:
    for collection in Collection.objects.filter(pk=collection_id):
        for upload in Upload.objects.filter(collection__in=collection.get_descendants(inclusive=True)):
            _uploaded(upload)


@receiver(post_save, sender=FAQ)
def _faq_saved(instance: FAQ, **kwargs: Any) -> None:
    changed(FAQ_KIND, instance.pk, instance.question)


@receiver(post_delete, sender=FAQ)
def _faq_deleted(instance: FAQ, **kwargs: Any) -> None:
    withdraw(FAQ_KIND, instance.pk)


@receiver(minute)
def _due(**kwargs: Any) -> None:
    follow_readers()
    follow_published()
    resume()


def _refresh_tree(page: Page) -> None:
    for each in page.get_descendants(inclusive=True).live().specific():
        _refresh(each)


def _refresh(page: Page) -> None:
    if isinstance(page, Searchable):
        changed(PAGE, page.pk, page.title)

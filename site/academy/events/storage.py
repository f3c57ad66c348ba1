"""Signatures and photographs show people: they are kept beside the public media, and a view asks who may see them."""

from django.conf import settings
from django.core.files.storage import FileSystemStorage


def private() -> FileSystemStorage:
    return FileSystemStorage(location=settings.PRIVATE_ROOT, file_permissions_mode=0o600)

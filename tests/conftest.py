from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from wagtail.models import Page, Site

from academy.accounts.models import User
from academy.core import knowledge
from tests.factories import StaffFactory, UserFactory


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Each test begins with an empty knowledge base and empty caches."""
    knowledge.close()
    cache.clear()
    yield
    knowledge.close()


@pytest.fixture
def worker(db: Any) -> User:
    return UserFactory()


@pytest.fixture
def worker_client(client: Client, worker: User) -> Client:
    client.force_login(worker, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def staff(db: Any) -> User:
    return StaffFactory()


@pytest.fixture
def staff_client(staff: User) -> Client:
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


Commit = Callable[[], AbstractContextManager[Any]]


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Commit:
    """`with commit():` ends like a transaction does: what waits for the commit runs."""
    return partial(django_capture_on_commit_callbacks, execute=True)


@pytest.fixture
def home(db: Any) -> Page:
    """The page under which a test builds its site."""
    return Site.objects.get(is_default_site=True).root_page

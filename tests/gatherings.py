"""What the tests of events begin with."""

import base64
import io
import json
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw

from academy.accounts.models import User
from academy.accounts.roles import STAFF, ensure_roles
from academy.events.models import Event
from academy.organisations.models import District, Jurisdiction
from tests.factories import UserFactory


def official(district: District | None) -> User:
    ensure_roles()
    user: User = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=STAFF))
    if district:
        Jurisdiction.objects.create(user=user, district=district)
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(event: Event, name: str, *more: Any) -> str:
    return reverse(f"staff_events:{name}", args=[event.pk, *more])


def send(client: Client, event: Event, **said: Any) -> Any:
    """As the desk's script does."""
    body = {"key": str(uuid4()), **said}
    return client.post(url(event, "receive"), json.dumps(body), content_type="application/json")


def drawing(size: tuple[int, int] = (800, 400), kind: str = "PNG") -> str:
    """A stroke over an empty field, as a canvas gives it."""
    picture = Image.new("RGBA", size)
    ImageDraw.Draw(picture).line([(10, 10), (size[0] - 10, size[1] - 10)], "black", 6)
    return f"data:image/png;base64,{base64.b64encode(written(picture, kind)).decode()}"


def written(picture: Image.Image, kind: str, **options: Any) -> bytes:
    made = io.BytesIO()
    picture.save(made, kind, **options)
    return made.getvalue()

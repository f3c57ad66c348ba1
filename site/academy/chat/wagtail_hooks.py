from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import register_permission_policy

from academy.chat.models import Message, MessageQuerySet
from academy.library.permissions import ReadOnlyPolicy

register_permission_policy(Message, ReadOnlyPolicy(Message))


class UnansweredView(ModelViewSet.index_view_class):
    def get_base_queryset(self) -> MessageQuerySet:
        return Message.objects.unanswered()


class UnansweredViewSet(ModelViewSet):
    """What nobody could answer, newest first: where editors see what is missing."""

    model = Message
    icon = "help"
    name = "unanswered"
    menu_label = _("Not answered")
    add_to_admin_menu = True
    menu_order = 225
    index_view_class = UnansweredView
    form_fields = ["question"]
    list_display = [
        TitleColumn("question", label=_("question"), get_url=lambda m: f"/ask/{m.pk}/"),
        "asked_at",
    ]
    ordering = ["-asked_at"]
    search_fields = ["question"]


@hooks.register("register_admin_viewset")
def unanswered_viewset() -> UnansweredViewSet:
    return UnansweredViewSet("unanswered")

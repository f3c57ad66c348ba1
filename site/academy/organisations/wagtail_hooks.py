from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from academy.organisations.models import BusinessType, District, Post


class DistrictViewSet(SnippetViewSet):
    model = District
    icon = "site"
    list_display = ("name", Column("parent", label=_("part of")))
    search_fields = ("name",)
    search_backend_name = None
    panels = (FieldPanel("name"), FieldPanel("parent"))


class BusinessTypeViewSet(SnippetViewSet):
    model = BusinessType
    icon = "tag"
    list_display = ("name", "sort_order")
    panels = (FieldPanel("name"), FieldPanel("sort_order"))


class PostViewSet(SnippetViewSet):
    model = Post
    icon = "user"
    list_display = ("name", "sort_order")
    panels = (FieldPanel("name"), FieldPanel("sort_order"))


class OrganisationsGroup(SnippetViewSetGroup):
    menu_label = _("Districts and posts")
    menu_icon = "home"
    menu_order = 300
    items = (DistrictViewSet, BusinessTypeViewSet, PostViewSet)


register_snippet(OrganisationsGroup)

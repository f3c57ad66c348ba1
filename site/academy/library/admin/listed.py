"""What “all in the list” means to an action on many rows."""

from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q, QuerySet
from django.http import QueryDict
from wagtail.admin.filters import WagtailFilterSet


class ActsOnWhatIsListed:
    """The rows that the list's filters and search let through: its address comes along as `next`."""

    request: Any
    next_url: str
    filterset_class: type[WagtailFilterSet]
    search_fields: list[str]

    def rows(self) -> QuerySet[Any]:
        raise NotImplementedError

    def get_all_objects_in_listing_query(self, parent_id: Any) -> Any:
        query = QueryDict(urlsplit(self.next_url).query)
        found = self.filterset_class(query, self.rows(), request=self.request).qs
        if words := query.get("q"):
            found = found.filter(
                reduce(or_, (Q((f"{field}__icontains", words)) for field in self.search_fields))
            )
        return found.values_list("pk", flat=True)

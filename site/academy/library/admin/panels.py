from typing import Any

from wagtail.admin.ui.components import Component

from academy.library.health import troubles


class IndexPanel(Component):
    """On the first page of the admin: what keeps the index behind, and what to do. Nothing, if nothing does."""

    name = "index_state"
    template_name = "library/admin/troubles.html"
    order = 50

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"troubles": troubles()}

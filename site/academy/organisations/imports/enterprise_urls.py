from django.urls import path

from academy.organisations.imports import views
from academy.organisations.imports.desks import keeper

# without an export: whoever keeps a staff list sees masked numbers
app_name = "own_imports"
urlpatterns = [
    path("", keeper(views.imports), name="list"),
    path("new/<str:kind>/", keeper(views.new), name="new"),
    path("template/<str:kind>/", keeper(views.template), name="template"),
    path("<int:pk>/", keeper(views.one), name="one"),
    path("<int:pk>/apply/", keeper(views.apply), name="apply"),
    path("<int:pk>/undo/", keeper(views.undo), name="undo"),
    path("<int:pk>/stop/", keeper(views.stop), name="stop"),
    path("<int:pk>/go-on/", keeper(views.go_on), name="go_on"),
]

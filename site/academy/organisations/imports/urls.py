from django.urls import path

from academy.organisations.imports import views
from academy.organisations.imports.desks import official

app_name = "imports"
urlpatterns = [
    path("", official(views.imports), name="list"),
    path("new/<str:kind>/", official(views.new), name="new"),
    path("template/<str:kind>/", official(views.template), name="template"),
    path("export/<str:kind>/", official(views.whole), name="export"),
    path("<int:pk>/", official(views.one), name="one"),
    path("<int:pk>/apply/", official(views.apply), name="apply"),
    path("<int:pk>/undo/", official(views.undo), name="undo"),
    path("<int:pk>/stop/", official(views.stop), name="stop"),
    path("<int:pk>/go-on/", official(views.go_on), name="go_on"),
]

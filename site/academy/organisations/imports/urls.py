from django.urls import path

from academy.organisations.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.imports, name="list"),
    path("new/<str:kind>/", views.new, name="new"),
    path("template/<str:kind>/", views.template, name="template"),
    path("export/<str:kind>/", views.whole, name="export"),
    path("<int:pk>/", views.one, name="one"),
    path("<int:pk>/apply/", views.apply, name="apply"),
    path("<int:pk>/undo/", views.undo, name="undo"),
    path("<int:pk>/stop/", views.stop, name="stop"),
    path("<int:pk>/go-on/", views.go_on, name="go_on"),
]

from django.urls import path

from academy.reports.register import enterprise, enterprises, people

app_name = "register"
urlpatterns = [
    path("enterprises/", enterprises.listed, name="enterprises"),
    path("enterprises/new/", enterprises.add, name="enterprise_new"),
    path("enterprises/<int:pk>/", enterprise.one, name="enterprise"),
    path("enterprises/<int:pk>/edit/", enterprises.edit, name="enterprise_edit"),
    path("enterprises/<int:pk>/newcomer/", enterprise.newcomer, name="newcomer"),
    path("people/", people.listed, name="people"),
    path("people/<int:pk>/places/new/", people.add_place, name="place_new"),
    path("people/<int:pk>/places/<int:place_pk>/", people.change_place, name="place"),
]

from django.urls import path

from academy.reports.merging import enterprises, people

app_name = "merging"
urlpatterns = [
    path("people/<int:pk>/merge/", people.merge, name="people"),
    path("people/<int:pk>/merge/<int:merge_pk>/undo/", people.undone, name="undo_people"),
    path("enterprises/<int:pk>/merge/", enterprises.merge, name="enterprises"),
    path("enterprises/<int:pk>/merge/<int:merge_pk>/undo/", enterprises.undone, name="undo_enterprises"),
]

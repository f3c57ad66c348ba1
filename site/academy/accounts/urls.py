"""Stands before allauth's own addresses; two of its views are replaced where they stand."""

from django.urls import path

from academy.accounts import views

urlpatterns = [
    path("login/code/", views.RequestCodeView.as_view()),
    path("login/code/confirm/", views.ConfirmCodeView.as_view()),
    path("admin/", views.admin_entrance),
    path("reader/", views.reader_entrance),
]

from django.urls import path

from academy.library import views

app_name = "library"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("faq/", views.faq, name="faq"),
    path("sources/<int:pk>/", views.source, name="source"),
]

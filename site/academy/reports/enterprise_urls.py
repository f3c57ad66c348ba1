from django.urls import path

from academy.reports import enterprises

urlpatterns = [
    path("<int:pk>/numbers/", enterprises.numbers, name="enterprise_numbers"),
    path("<int:pk>/records/", enterprises.records, name="enterprise_records"),
]

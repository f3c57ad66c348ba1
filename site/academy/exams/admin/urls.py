from django.urls import URLPattern, path

from academy.exams.admin.exporting import ExportView
from academy.exams.admin.importing import ImportView, PreviewView
from academy.exams.admin.statistics import DuplicatesView, StatisticsView


def urls() -> list[URLPattern]:
    return [
        path("bank/import/", ImportView.as_view(), name="exams_bank_import"),
        path("bank/import/<int:pk>/", PreviewView.as_view(), name="exams_bank_preview"),
        path("bank/export/", ExportView.as_view(), name="exams_bank_export"),
        path("bank/duplicates/", DuplicatesView.as_view(), name="exams_bank_duplicates"),
        path("bank/statistics/", StatisticsView.as_view(), name="exams_bank_statistics"),
    ]

"""Addresses at which something breaks."""

from django.urls import path

from tests.api.test_problems import AwayView, BrokenView

urlpatterns = [
    path("api/v1/broken", BrokenView.as_view()),
    path("api/v1/away", AwayView.as_view()),
]

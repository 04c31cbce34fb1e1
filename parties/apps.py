from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """Who speaks, and where we read it."""

    name = "parties"
    verbose_name = "parties and sources"

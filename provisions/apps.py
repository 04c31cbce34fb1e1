from django.apps import AppConfig


class ProvisionsConfig(AppConfig):
    """What is proposed, what was said of it, what is agreed."""

    name = "provisions"

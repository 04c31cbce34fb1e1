import gc

from django.apps import AppConfig


class TrackerConfig(AppConfig):
    """Wiring, and the doors to the outside."""

    name = "tracker"

    def ready(self) -> None:
        # Every process that runs Django must know our Celery before a shared task is rung.
        import tracker.celery  # noqa: F401
        from tracker import observing
        from tracker.accounts import events

        events.connect()
        observing.begin()
        # What is loaded by now lives as long as the process; looking through it each time took a fifth of an import.
        gc.freeze()

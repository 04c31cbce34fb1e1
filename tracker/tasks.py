"""The jobs of the doors to the outside. Each is a doorbell: the log is the queue."""

from celery import shared_task

from tracker.accounts.sessions import SessionStore
from tracker.webhooks import delivering


@shared_task
def deliver_all() -> None:
    """Find the subscribers who have something to be told."""
    for pk in delivering.due():
        deliver.delay(pk)


@shared_task
def deliver(subscription_pk: int) -> None:
    """Tell one subscriber what is new."""
    delivering.deliver(subscription_pk)


@shared_task
def forget() -> None:
    """Let go of what nobody will ask for any more."""
    delivering.forget()
    SessionStore.clear_expired()

import threading
import time

import pytest
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError
from redis import Redis

from tracker.embedded.processes import wait_until


def bells_in_the_queue() -> int:
    with Redis.from_url(settings.CELERY_BROKER_URL) as valkey:
        return valkey.llen("celery")


def test_every_thread_rings_at_our_broker():
    seen = []
    thread = threading.Thread(target=lambda: seen.append(current_app.main))
    thread.start()
    thread.join()
    assert seen == ["tracker"]


@pytest.mark.django_db
def test_ringing_while_valkey_is_down_says_so_at_once(valkey):
    valkey.kill()
    began = time.monotonic()
    with pytest.raises(OperationalError):
        current_app.send_task("provisions.tasks.sweep", retry=False)
    assert time.monotonic() - began < 3


@pytest.mark.django_db
def test_ringing_works_again_once_valkey_is_back(valkey):
    current_app.send_task("provisions.tasks.sweep", retry=False)
    valkey.kill()
    valkey.start()
    current_app.send_task("provisions.tasks.sweep", retry=False)
    assert bells_in_the_queue() == 1


def test_beat_rings_the_sweep_and_a_worker_hears_it(beat, worker):
    ringing = beat()
    assert wait_until(lambda: bells_in_the_queue() > 0, seconds=30)
    ringing.kill()
    listening = worker()
    assert wait_until(lambda: bells_in_the_queue() == 0, seconds=30)
    assert listening.alive

"""How often one may ask in a minute. A 304 costs nothing.

Each process counts by itself and adds what it counted to Valkey once a second, so a look at the limit costs next to
nothing and is exact to a second. Without Valkey nobody is refused.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings

if TYPE_CHECKING:
    from redis import Redis

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 60
SHARED_EVERY_SECONDS = 1
# So long nobody asks a Valkey that did not answer.
REST_SECONDS = 5
# So many askers are remembered at a time.
REMEMBERED = 10_000
ANONYMOUS, KEYED = "anonymous", "key"


@dataclass(slots=True)
class _Count:
    window: int
    shared: int = 0
    own: int = 0
    shared_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Spent:
    """What is left to somebody after this request."""

    policy: str
    allowed: int
    left: int
    reset: int
    refused: bool

    @property
    def headers(self) -> dict[str, str]:
        told = {
            "RateLimit": f'"{self.policy}";r={self.left};t={self.reset}',
            "RateLimit-Policy": f'"{self.policy}";q={self.allowed};w={WINDOW_SECONDS}',
        }
        return {**told, "Retry-After": str(self.reset)} if self.refused else told


class Limits:
    """Counts for all askers of this process."""

    def __init__(self) -> None:
        self._counts: dict[str, _Count] = {}
        self._guard = threading.Lock()
        self._redis: Redis | None = None
        self._away_until = 0.0

    def spend(self, policy: str, who: str) -> Spent | None:
        """Count one request of somebody; None where there is no limit."""
        allowed = settings.API_LIMITS[policy]
        if not allowed:
            return None
        now = time.time()
        window, name = int(now // WINDOW_SECONDS), f"{policy}:{who}"
        with self._guard:
            count = self._counts.get(name)
            if count is None or count.window != window:
                count = self._begin(name, window)
            count.own += 1
            to_share = count.own if now - count.shared_at >= SHARED_EVERY_SECONDS else 0
            if to_share:
                count.shared_at = now
        shared = self._share(name, window, to_share, now) if to_share else None
        with self._guard:
            if shared is not None:
                count.shared, count.own = shared, count.own - to_share
            asked = count.shared + count.own
        return Spent(
            policy=policy,
            allowed=allowed,
            left=max(0, allowed - asked),
            reset=max(1, round((window + 1) * WINDOW_SECONDS - now)),
            refused=asked > allowed and now >= self._away_until,
        )

    def _begin(self, name: str, window: int) -> _Count:
        if len(self._counts) >= REMEMBERED:
            # Those of minutes that are over; if there are none, all of them begin anew.
            self._counts = {name: count for name, count in self._counts.items() if count.window == window}
            if len(self._counts) >= REMEMBERED:
                self._counts = {}
        self._counts[name] = _Count(window)
        return self._counts[name]

    def _share(self, name: str, window: int, times: int, now: float) -> int | None:
        """Add to what all processes have counted; the sum, or None where Valkey does not answer."""
        if now < self._away_until:
            return None
        # Loading it takes a third of a second, and most commands never count.
        from redis import RedisError

        try:
            if self._redis is None:
                self._redis = _redis()
            key = f"api-limit:{name}:{window}"
            with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.incrby(key, times)
                pipeline.expire(key, 2 * WINDOW_SECONDS)
                total, _ = pipeline.execute()
            return int(total)
        except RedisError as error:
            self._away_until = now + REST_SECONDS
            log.warning("limits_not_shared", error=str(error))
            return None


def _redis() -> Redis:
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    once = Retry(NoBackoff(), 0)
    return Redis.from_url(settings.CELERY_BROKER_URL, retry=once, socket_timeout=0.2, socket_connect_timeout=0.2)


LIMITS = Limits()


def address_of(environ: Mapping[str, Any]) -> str:
    """Where a request comes from: what the outermost of our own proxies saw, where there are some."""
    proxies = settings.PROXIES
    if proxies and (told := environ.get("HTTP_X_FORWARDED_FOR")):
        hops = str(told).split(",")
        return hops[-min(proxies, len(hops))].strip()
    return str(environ.get("REMOTE_ADDR", ""))

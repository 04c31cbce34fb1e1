"""Ask a Redis or Valkey whether it is there."""


def redis_answers(address: str) -> bool:
    """Whether it answers within a second. By itself the client would ask again and again for several."""
    # Loading it takes a third of a second, and most commands never ask.
    from redis import Redis, RedisError
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    once = Retry(NoBackoff(), 0)
    try:
        with Redis.from_url(address, retry=once, socket_timeout=1, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except RedisError:
        return False

"""Whether a web process answers 200: `python -m tracker.ask ADDRESS` for health checks. Exit code 0 if so, else 1."""

import http.client
import os
import sys
from urllib.parse import urlsplit


def answers(address: str) -> bool:
    """Whether a GET of the address gets 200 within five seconds, asked under a name that the site answers to."""
    asked = urlsplit(address)
    connection = http.client.HTTPConnection(asked.hostname or "", asked.port, timeout=5)
    host, *_ = os.environ.get("ALLOWED_HOSTS", "").split(",")
    try:
        connection.request("GET", asked.path, headers={"Host": host.strip() or asked.netloc})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if answers(sys.argv[1]) else 1)

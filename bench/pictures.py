"""Pictures of every page at three widths, light and dark: `python -m bench.pictures DIR`.

It starts and removes its own engines, loads the plans that come with the site, and needs Chromium. `--only board queue`
leaves the rest out. `--readme` makes the picture of the board that the README shows, and nothing else.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.stage import stage

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "docs" / "images" / "board.png"
WIDTHS = (1440, 768, 390)
HEIGHT = 900
OF_THE_README = {"width": 1440, "height": 940}
THEMES = ("light", "dark")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="where the pictures go, as NAME-WIDTH-THEME.png")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only the pages of these names")
    parser.add_argument("--readme", action="store_true", help=f"only {README.relative_to(ROOT)}")
    asked = parser.parse_args()
    if not asked.readme and asked.folder is None:
        parser.error("say where the pictures go, or --readme")
    # Playwright keeps an event loop in this thread, and Django then refuses to query from it.
    with stage(DJANGO_ALLOW_ASYNC_UNSAFE="true", STATIC_HASHED="no", TRACKER_ROLE="web"), site() as address:
        if asked.readme:
            picture_of_the_board(address)
        else:
            asked.folder.mkdir(parents=True, exist_ok=True)
            pictures(address, asked.folder, only=asked.only)


@contextmanager
def site() -> Iterator[str]:
    """The address of the site with the plans on it, served by threads of this process."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application
    from django.db import connections

    from tests.places import furnish

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_args: object) -> None:
            """A line for each request tells nobody anything here."""

    call_command("migrate", verbosity=0)
    furnish()
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    connections.close_all()


def pictures(address: str, folder: Path, *, only: list[str] | None) -> None:
    """Every page as an administrator sees it, from its head to its foot."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from tests.places import places

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    client = Client()
    client.force_login(User.objects.get(username="admin"))
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}
    shown = [place for place in places(client) if not only or place.name in only]
    with browser() as found:
        for width in WIDTHS:
            for theme in THEMES:
                context = found.new_context(viewport={"width": width, "height": HEIGHT}, color_scheme=theme)
                context.add_cookies([session])  # type: ignore[list-item]
                page = context.new_page()
                for name, path in shown:
                    page.goto(f"{address}{path}")
                    page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=True)
                context.close()
    print(f"{len(shown) * len(WIDTHS) * len(THEMES)} pictures of {len(shown)} pages in {folder}")


def picture_of_the_board(address: str) -> None:
    """The head of the board and its first lines, as a reader without an account sees them."""
    from tests.places import BOARD

    README.parent.mkdir(parents=True, exist_ok=True)
    with browser() as found:
        page = found.new_page(viewport=OF_THE_README, color_scheme="light")
        page.goto(f"{address}{BOARD}")
        page.screenshot(path=README)
    print(f"{README.relative_to(ROOT)}: {README.stat().st_size / 1000:.0f} kB")


@contextmanager
def browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import NAMES, arguments, chromium

    executable = chromium()
    if executable is None:
        raise SystemExit(f"There is no Chromium on this machine (looked for {', '.join(NAMES)}).")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=executable, args=arguments())
        yield found
        found.close()


if __name__ == "__main__":
    main()

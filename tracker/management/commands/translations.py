"""Bring the files of translations up to what code and templates say."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Find what the interface says, bring the translations up to it, compile them, and list what is missing."

    def handle(self, **options: Any) -> None:
        from tracker.translations import file_of, missing, update

        for language, name in settings.LANGUAGES:
            if language == settings.LANGUAGE_CODE:
                continue
            catalog = update(language)
            lacking = missing(catalog)
            self.stdout.write(
                f"{name}: {len(catalog)} messages, {len(lacking)} to be translated in {file_of(language)}"
            )
            for each in lacking:
                self.stdout.write(f"  {each}")

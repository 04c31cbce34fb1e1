"""`manage.py plan_schema`: the format of plan files as a JSON Schema."""

from typing import Any

from django.core.management.base import BaseCommand

from provisions.importing.json_schema import json_schema


class Command(BaseCommand):
    help = "Write the JSON Schema of plan files, which is kept in docs/plan-files.schema.json."

    def handle(self, **options: Any) -> None:
        self.stdout.write(json_schema(), ending="")

from typing import Any

from django.core.management.base import BaseCommand

from tracker import sbom


class Command(BaseCommand):
    help = "Bring docs/sbom.cdx.json, the list of what is installed to run the tracker, up to requirements.txt."

    def handle(self, **options: Any) -> None:
        before = sbom.FILE.read_text() if sbom.FILE.exists() else ""
        sbom.FILE.write_text(sbom.written(before))
        self.stdout.write(f"{sbom.FILE.relative_to(sbom.ROOT)}: {len(list(sbom.locked()))} packages")

import secrets

from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand
from django.db import transaction

NAMES = ("admin", "analyst", "viewer")


class Command(BaseCommand):
    help = "Make the users admin, analyst and viewer, each once, and print the password that was made up for it."

    @transaction.atomic
    def handle(self, **options: object) -> None:
        passwords = {}
        for name in NAMES:
            user, is_new = User.objects.get_or_create(
                username=name, defaults={"is_staff": name == "admin", "is_superuser": name == "admin"}
            )
            if not is_new:
                continue
            passwords[name] = secrets.token_urlsafe(9)
            user.set_password(passwords[name])
            user.save()
            if name != "admin":
                user.groups.add(Group.objects.get_or_create(name=name)[0])
        if passwords:
            self.stdout.write("Users for the demonstration, with passwords that are shown this once:")
        for name, password in passwords.items():
            self.stdout.write(f"  {name:8} {password}")

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provisions.models import Plan
from tracker.models import Delivery, Subscription
from tracker.webhooks.addresses import BadAddress
from tracker.webhooks.delivering import send_again
from tracker.webhooks.subscribing import let_old_secret_go, rotate, subscribe, switch


class Command(BaseCommand):
    help = "Tell somebody of each change of a plan, list who is told and how that went, or change it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", nargs="?", help="where changes are sent, by https")
        parser.add_argument("--plan", help="of which plan")
        parser.add_argument("--name", default="", help="whose address it is")
        parser.add_argument("--rotate", type=int, metavar="ID", help="make a new secret; the old one signs as well")
        parser.add_argument("--rotated", type=int, metavar="ID", help="let the old secret go")
        parser.add_argument("--off", type=int, metavar="ID", help="stop telling")
        parser.add_argument("--on", type=int, metavar="ID", help="begin again where it stopped")
        parser.add_argument("--deliveries", type=int, metavar="ID", help="the latest attempts")
        parser.add_argument("--again", type=int, metavar="DELIVERY", help="send what was sent once more")

    def handle(self, *, address: str | None, plan: str | None, name: str, **asked: Any) -> None:
        if address:
            self._add(address, plan, name)
            return
        chosen = [(word, asked[word]) for word in ("rotate", "rotated", "off", "on", "deliveries") if asked[word]]
        for word, pk in chosen:
            subscription = Subscription.objects.filter(pk=pk).first()
            if subscription is None:
                raise CommandError(f"There is no subscription {pk}.")
            getattr(self, f"_{word}")(subscription)
        if asked["again"]:
            self._again(asked["again"])
        elif not chosen:
            for each in Subscription.objects.select_related("plan", "owner"):
                state = "off" if each.off_since else f"failing, {each.failures} times" if each.failures else "well"
                whose = f"  ({each.owner.get_username()})" if each.owner else ""
                self.stdout.write(
                    f"{each.pk}  {each.plan.slug}  told up to {each.seq} of {each.plan.seq}  {state}  {each}{whose}"
                )

    def _add(self, address: str, slug: str | None, name: str) -> None:
        plan = Plan.objects.filter(slug=slug or "").first()
        if plan is None:
            raise CommandError(f"--plan: there is no plan '{slug or ''}'.")
        try:
            made = subscribe(plan, address, name=name)
        except BadAddress as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"Subscription {made.pk}, from change {plan.seq} on. Its messages are signed with\n{made.secret}"
        )

    def _rotate(self, subscription: Subscription) -> None:
        rotate(subscription)
        self.stdout.write(f"Messages are signed with the old secret and with\n{subscription.secret}")

    def _rotated(self, subscription: Subscription) -> None:
        let_old_secret_go(subscription)

    def _off(self, subscription: Subscription) -> None:
        switch(subscription, on=False)

    def _on(self, subscription: Subscription) -> None:
        switch(subscription, on=True)

    def _deliveries(self, subscription: Subscription) -> None:
        for each in subscription.deliveries.all()[:50]:
            self.stdout.write(
                f"{each.pk}  {each.sent_at:%Y-%m-%d %H:%M:%S}  {each.failure or each.status}  {each.body}"
            )

    def _again(self, pk: int) -> None:
        delivery = Delivery.objects.select_related("subscription").filter(pk=pk).first()
        if delivery is None:
            raise CommandError(f"There is no delivery {pk}.")
        self.stdout.write(str(send_again(delivery)))

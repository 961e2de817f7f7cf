"""Writes to what people wait for: asked for, confirmed, stopped, and told once when the thing is back or costs less."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from core import outbox
from core.sweeps import delete_some
from news import services as news
from sellers.models import Product, Variant
from shop.models import Alert
from shop.selectors.alerts import DUE, TOLD_AS, UNCONFIRMED, is_there, params_of, price_of

MOST = 100  # things one person or address may wait for
BATCH = 200  # told in one transaction
Kind = Alert.Kind


class AlreadyThere(Exception):
    """Nobody need wait for it: it can be bought now."""


class TooManyAlerts(Exception):
    """She waits for MOST things already."""


def _add(product: Product, variant: Variant | None, kind: str, **whose: Any) -> Alert:
    """The alert as it is now; asked for twice it is one. Raises AlreadyThere, TooManyAlerts."""
    if kind == Kind.BACK and is_there(product, variant):
        raise AlreadyThere
    mine = Alert.objects.filter(**{name: value for name, value in whose.items() if name != "language"})
    about = {"product": product, "variant": variant, "kind": kind}
    if known := mine.filter(**about).first():
        return known
    if mine.count() >= MOST:
        raise TooManyAlerts
    alert = Alert(price_minor=price_of(product, variant), **about, **whose)
    Alert.objects.bulk_create([alert], ignore_conflicts=True)
    return mine.filter(**about).get()


@transaction.atomic
def ask(*, person: User, product: Product, variant: Variant | None, kind: str) -> Alert:
    """The person is told once, by the ways she chose for such news. Raises AlreadyThere, TooManyAlerts."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)  # her alerts are counted one after the other
    return _add(product, variant, kind, person=person, email="", phone="", language=person.language)


@transaction.atomic
def ask_as_guest(
    *, product: Product, variant: Variant | None, kind: str, language: str, email: str = "", phone: str = ""
) -> Alert:
    """Waits for the link that is sent there to be opened; the same for every address, with an account or without.

    Raises AlreadyThere, TooManyAlerts.
    """
    alert = _add(product, variant, kind, person=None, email=email.lower(), phone=phone, language=language)
    if alert.confirmed_at is None:
        sent = {"alert": alert.pk, "email": alert.email, "phone": phone, "language": language, "title": product.title}
        outbox.put("shop.alert_confirm", sent, key=f"{alert.pk}:{timezone.now().isoformat()}")
    return alert


def confirm(*, alert: Alert) -> None:
    """The guest opened her link: the address is hers."""
    Alert.objects.filter(pk=alert.pk, person=None, confirmed_at=None).update(confirmed_at=timezone.now())


def stop(*, person: User, product: Product, kind: str = "") -> int:
    """Of one kind, or of all; returns how many alerts ended."""
    mine = Alert.objects.filter(person=person, product=product)
    return (mine.filter(kind=kind) if kind else mine).delete()[0]


def stop_all(*, email: str, phone: str) -> None:
    """Nobody at this address waits for anything any more."""
    Alert.objects.filter(person=None, email=email, phone=phone).delete()


@transaction.atomic
def tell_due(*, product_ids: list[int] | None = None, limit: int = BATCH) -> int:
    """Tells at most ``limit`` of those who wait for these things, or for any; returns how many were told.

    An alert is used up in the transaction that tells of it, and two workers never hold the same one: told exactly once.
    """
    among = "alert.product_id = ANY(%(ids)s) AND" if product_ids is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(DUE.format(among=among), {"ids": product_ids, "limit": limit})
        ids = [pk for (pk,) in cursor.fetchall()]
    for alert in (
        Alert.objects.filter(pk__in=ids).select_related("person", "product__channel", "variant").order_by("pk")
    ):
        _tell(alert)
    Alert.objects.filter(pk__in=ids).delete()
    return len(ids)


def _tell(alert: Alert) -> None:
    kind, params = TOLD_AS[alert.kind], params_of(alert)
    url = alert.product.get_absolute_url()
    if alert.variant_id:
        url = f"{url}?variant={alert.variant_id}"
    if alert.person:
        news.notify(person=alert.person, kind=kind, params=params, url=url, key=f"alert:{alert.pk}")
        return
    words = {"kind": kind, "params": params, "url": url}
    sent = {"email": alert.email, "phone": alert.phone, "language": alert.language, "name": f"alert-{alert.pk}"}
    outbox.put("shop.alert_told", words | sent, key=f"{alert.pk}")


def forget_unconfirmed(*, limit: int) -> int:
    """Deletes at most ``limit`` alerts that nobody confirmed in time; returns how many."""
    old = Alert.objects.filter(person=None, confirmed_at=None, asked_at__lt=timezone.now() - UNCONFIRMED)
    return delete_some(old, limit)

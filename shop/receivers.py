"""What the shop does when rooms below have news."""

import datetime as dt
import logging
from typing import Any

from django.dispatch import receiver
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import User
from accounts.signals import guest_joined
from core import outbox
from core.pages import forget_guest_pages
from sellers import services as sellers
from sellers.signals import channels_changed, products_changed, products_hidden
from shop import alert_mail, history, search, tasks
from shop.selectors.alerts import is_waited_for

logger = logging.getLogger(__name__)
AT_ONCE = 50  # more products than these are indexed by the worker


@receiver(guest_joined, dispatch_uid="shop.keep_what_a_guest_did")
def keep_what_a_guest_did(*, person: User, guest: dict[str, Any], **_: Any) -> None:
    """A guest signed up or in: her saves, follows, looks and searches become the person's. Sent after commit."""
    sellers.merge_guest(
        person=person, saved_product_ids=guest.get("saves", []), followed_channel_ids=guest.get("follows", [])
    )
    history.record_views(
        person=person,
        views=[(product_id, dt.datetime.fromtimestamp(at, dt.UTC)) for product_id, at in guest.get("views", [])],
    )
    history.record_searches(person=person, searches=guest.get("searches", []), at=timezone.now())


@receiver(products_changed, dispatch_uid="shop.index_changed_products")
def index_changed_products(*, product_ids: list[int], **_: Any) -> None:
    """Search follows at once; after a large change within seconds. Sent after commit."""
    if len(product_ids) <= AT_ONCE:
        search.index_products(product_ids)
        return
    try:
        tasks.index_products.delay(product_ids)
    except OperationalError as error:
        logger.warning("The index waits for shop.index_missed, the broker is away: %s", error)


@receiver(products_hidden, dispatch_uid="shop.forget_pages_of_hidden_products")
def forget_pages_of_hidden_products(**_: Any) -> None:
    """What the public may no longer see leaves the guests' shared pages at once."""
    forget_guest_pages()


@receiver(channels_changed, dispatch_uid="shop.index_changed_channels")
def index_changed_channels(*, channel_ids: list[int], **_: Any) -> None:
    search.index_channels(channel_ids)


@receiver(products_changed, dispatch_uid="shop.tell_who_waits")
def tell_who_waits(*, product_ids: list[int], **_: Any) -> None:
    """However many wait, the one who changed the thing does not wait for them. Sent after commit."""
    if not is_waited_for(product_ids):
        return
    try:
        tasks.tell_alerts.delay(product_ids)
    except OperationalError as error:
        logger.warning("Who waits for things is told by the sweep, the broker is away: %s", error)


@outbox.handler("shop.alert_confirm")
def send_alert_confirmation(payload: dict[str, Any]) -> None:
    alert_mail.send_confirmation(**payload)


@outbox.handler("shop.alert_told")
def send_alert(payload: dict[str, Any]) -> None:
    alert_mail.send_told(**payload)

"""Her no to a thing or to a whole channel: it holds at once and until she takes it back."""

from django.db import transaction

from recommender.lookers import Looker
from recommender.models import HiddenChannel, Interaction, Refusal
from recommender.services.interactions import record
from sellers.models import Channel, Product


@transaction.atomic
def refuse(*, looker: Looker, product: Product) -> None:
    """She is not interested: the thing is in none of her lists from now on. Twice is once."""
    Refusal.objects.bulk_create([Refusal(**looker.owner, product=product)], ignore_conflicts=True)
    record(looker=looker, kind=Interaction.Kind.NOT_INTERESTED, product_id=product.pk, channel_id=product.channel_id)


def take_back_refusal(*, looker: Looker, product: Product) -> None:
    Refusal.objects.filter(**looker.owner, product=product).delete()


@transaction.atomic
def hide_channel(*, looker: Looker, channel: Channel) -> None:
    """None of its things is in her lists from now on, and it is not offered to her. Twice is once."""
    HiddenChannel.objects.bulk_create([HiddenChannel(**looker.owner, channel=channel)], ignore_conflicts=True)
    record(looker=looker, kind=Interaction.Kind.HIDE, channel_id=channel.pk)


def show_channel(*, looker: Looker, channel: Channel) -> None:
    HiddenChannel.objects.filter(**looker.owner, channel=channel).delete()

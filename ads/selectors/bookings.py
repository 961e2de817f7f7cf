"""What can be booked, and what was."""

from ads.models import Booking, Campaign, Checkout, Package
from sellers.models import Channel


def get_packages(channel: Channel) -> list[Package]:
    """On sale in the channel's market, the cheapest first."""
    return list(Package.objects.filter(market=channel.market, is_active=True).order_by("price_minor", "pk"))


def get_campaign(channel: Channel, pk: int) -> Campaign:
    """A campaign that is paid ahead. Raises Campaign.DoesNotExist."""
    return Campaign.objects.get(channel=channel.pk, pk=pk, funding=Campaign.Funding.PREPAID)


def get_bookings(campaign: Campaign) -> list[Booking]:
    """Newest first."""
    return list(campaign.bookings.select_related("package").order_by("-pk"))


def get_unpaid_checkout(campaign: Campaign) -> Checkout | None:
    """The newest payment by a provider, if it could not book."""
    checkout = campaign.checkouts.order_by("-pk").first()
    return checkout if checkout and checkout.status == Checkout.Status.REFUSED else None


def get_booking(channel: Channel, token: str) -> Booking:
    """Raises Booking.DoesNotExist."""
    bookings = Booking.objects.select_related("campaign", "package", "person")
    return bookings.get(campaign__channel=channel.pk, token=token)

"""What an ad's card needs of its subject."""

from django.db.models import Exists, OuterRef

from sellers.models import Product, Variant


def get_card_product(pk: int) -> Product | None:
    """The product with its pictures, channel and ``has_dearer``; one query."""
    dearer = Variant.objects.filter(product=OuterRef("pk"), price_minor__gt=OuterRef("price_minor"))
    products = Product.objects.select_related("cover", "category", "channel__avatar", "channel__cover")
    return products.annotate(has_dearer=Exists(dearer)).filter(pk=pk).first()

"""What is for sale. A product is the selling half of its post; its text and pictures are the post's."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from core.money import MAX_MINOR
from sellers.models.categories import Category
from sellers.models.channels import Channel
from sellers.models.posts import Post

MAX_VARIANTS = 100
ADDRESS_LETTERS = 16  # of the title that an address repeats; lists carry many addresses


def _address_words(title: str) -> str:
    """The title's first words that fit into ADDRESS_LETTERS; of a longer first word, its beginning."""
    slug = slugify(title, allow_unicode=True)
    if len(slug) > ADDRESS_LETTERS:
        slug = slug[: ADDRESS_LETTERS + 1].rpartition("-")[0] or slug[:ADDRESS_LETTERS]
    return slug.strip("-")


class ProductQuerySet(models.QuerySet["Product"]):
    def listed(self) -> "ProductQuerySet":
        """Products the public may see in lists."""
        return self.filter(is_listed=True)

    def in_market(self, code: str) -> "ProductQuerySet":
        return self.filter(market=code)


class Product(models.Model):
    """Price, stock and category of a product post.

    ``stock`` is None for what is made to order. ``is_listed``, ``facet_terms``, ``market`` and ``published_at`` repeat
    facts of post, channel and variants so that lists need one table; sellers.services keeps them right.
    """

    class Condition(models.TextChoices):
        NEW = "new", _("New")
        HANDMADE = "handmade", _("Handmade")
        LIKE_NEW = "like-new", _("Like new")
        USED = "used", _("Used")
        REFURBISHED = "refurbished", _("Refurbished")

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="product")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="products")
    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.PROTECT, related_name="products"
    )
    title = models.CharField(_("title"), max_length=150)
    price_minor = models.BigIntegerField(_("price"))
    compare_at_minor = models.BigIntegerField(_("price before"), null=True, blank=True)
    currency = models.CharField(max_length=3, editable=False)
    stock = models.PositiveIntegerField(_("stock"), null=True, blank=True, help_text=_("Empty means made to order."))
    low_stock = models.PositiveIntegerField(null=True, blank=True, editable=False)  # None: the channel's
    condition = models.CharField(_("condition"), max_length=12, choices=Condition.choices, default=Condition.NEW)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)  # {"color": "teal", "material": "clay"}
    specifications = models.JSONField(
        _("specifications"), default=dict, blank=True
    )  # free "name: value" pairs of an import
    brand = models.CharField(_("brand"), max_length=80, blank=True)
    delivery = models.TextField(_("delivery"), max_length=600, blank=True)  # empty: the channel's
    returns = models.TextField(_("returns"), max_length=600, blank=True)
    external_id = models.CharField(_("seller's own number"), max_length=80, blank=True)
    cover = models.ForeignKey(
        "core.Picture", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    market = models.CharField(max_length=8, editable=False)
    is_listed = models.BooleanField(default=False, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    facet_terms = ArrayField(models.CharField(max_length=120), default=list, editable=False)
    popularity = models.BigIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price_minor__gte=0, price_minor__lte=MAX_MINOR), name="price_in_range"
            ),
            models.CheckConstraint(
                condition=models.Q(compare_at_minor=None) | models.Q(compare_at_minor__gt=models.F("price_minor")),
                name="price_before_is_higher",
            ),
            models.UniqueConstraint(
                "channel", "external_id", name="external_id_once", condition=~models.Q(external_id="")
            ),
        ]
        indexes = [
            models.Index(
                "market",
                models.F("popularity").desc(),
                models.F("id").desc(),
                name="product_popular",
                condition=models.Q(is_listed=True),
            ),
            models.Index(
                "market",
                models.F("published_at").desc(),
                models.F("id").desc(),
                name="product_newest",
                condition=models.Q(is_listed=True),
            ),
            models.Index("market", "price_minor", "id", name="product_price", condition=models.Q(is_listed=True)),
            models.Index(
                "category",
                models.F("popularity").desc(),
                models.F("id").desc(),
                name="product_category",
                condition=models.Q(is_listed=True),
            ),
            models.Index(
                "channel",
                models.F("published_at").desc(),
                models.F("id").desc(),
                name="product_display",
                condition=models.Q(is_listed=True),
            ),
            GinIndex(fields=["facet_terms"], name="product_facets"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("shop:product", args=[self.pk, _address_words(self.title) or "-"])

    @property
    def is_made_to_order(self) -> bool:
        return self.stock is None

    @property
    def is_sold_out(self) -> bool:
        return self.stock == 0


class Variant(models.Model):
    """One choice of a product, told apart by its options; its own price and stock if it has them."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    position = models.PositiveSmallIntegerField(default=0)
    options = models.JSONField(_("options"))  # {"size": "m", "color": "teal"}
    price_minor = models.BigIntegerField(_("price"), null=True, blank=True)  # None: the product's
    stock = models.PositiveIntegerField(_("stock"), null=True, blank=True)  # None: made to order
    low_stock = models.PositiveIntegerField(null=True, blank=True, editable=False)  # None: the product's
    sku = models.CharField(_("seller's own number"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        constraints = [
            models.UniqueConstraint("product", "options", name="variant_options_once"),
            models.CheckConstraint(condition=models.Q(position__lt=MAX_VARIANTS), name="at_most_hundred_variants"),
            models.CheckConstraint(
                condition=models.Q(price_minor=None) | models.Q(price_minor__gte=0, price_minor__lte=MAX_MINOR),
                name="variant_price_in_range",
            ),
        ]

    def __str__(self) -> str:
        return " / ".join(str(value) for value in self.options.values())


class Save(models.Model):
    """A person's heart on a product."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saves")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="saves")
    saved_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("save")
        verbose_name_plural = _("saves")
        constraints = [models.UniqueConstraint("person", "product", name="save_once")]

    def __str__(self) -> str:
        return f"{self.person_id} ♥ {self.product_id}"

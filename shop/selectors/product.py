"""What the product page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _

from core import planned
from core.money import plain_amount
from recommender import selectors as recommender
from sellers import selectors as sellers
from sellers.models import PostPicture, Product, Variant
from shop.guests import Visitor
from shop.selectors import posts as post_rows
from shop.selectors.channel import own_channel

MORE = 8
SIMILAR = 8
CANDIDATES = 120
FEW = 5
NEIGHBOR_SECONDS = 60


# Counts are shown in hundreds from a thousand on, rounded: they look the same within fifty.
_SIGHT = f"""
SELECT product.id, product.version, product.is_listed, product.channel_id,
    EXISTS (SELECT FROM sellers_save WHERE product_id = product.id AND person_id = %(person)s),
    EXISTS (SELECT FROM sellers_follow WHERE channel_id = channel.id AND person_id = %(person)s),
    jsonb_build_array(product.version, product.is_listed, post.version, channel.name, channel.handle, channel.tagline,
        channel.language, channel.hue, channel.city, channel.state, channel.verified_at, channel.created_at,
        channel.delivery, channel.returns, {sellers.AWAY.format("channel")},
        channel.holiday_until, channel.holiday_message, reply.seconds, avatar.id, avatar.widths,
        CASE WHEN follower_count < 1000 THEN follower_count ELSE follower_count / 50 * 50 END,
        CASE WHEN product_count < 1000 THEN product_count ELSE product_count / 50 * 50 END,
        ARRAY(
            SELECT picture.id * 10 + cardinality(picture.widths)
            FROM sellers_postpicture shown JOIN core_picture picture ON picture.id = shown.picture_id
            WHERE shown.post_id = post.id ORDER BY shown.position
        ))::text
FROM sellers_product product JOIN sellers_post post ON post.id = product.post_id
JOIN sellers_channel channel ON channel.id = product.channel_id
LEFT JOIN chat_replytime reply ON reply.channel_id = channel.id
LEFT JOIN core_picture avatar ON avatar.id = channel.avatar_id
WHERE product.id = %(product)s AND (product.is_listed OR EXISTS (
    SELECT FROM sellers_channelmember WHERE channel_id = channel.id AND person_id = %(person)s
))
"""  # noqa: S608 - our own text


class Sight(NamedTuple):
    """A product page before it is made: ``edition`` changes with all that its HTML shows but the shelves below."""

    product_id: int
    version: int
    is_listed: bool
    channel_id: int
    is_saved: bool
    is_followed: bool
    edition: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of one option, and the variant that choosing it leads to."""

    label: str
    value: str
    variant_id: int
    is_current: bool
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Option:
    """One thing in which variants differ."""

    name: str
    slug: str
    current: str
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be bought now: the product, or the chosen variant of it."""

    product: Product
    variant: Variant | None
    variants: list[Variant]
    options: list[Option]
    price_minor: int
    stock: int | None

    @property
    def compare_at_minor(self) -> int | None:
        before = self.product.compare_at_minor
        return before if before and before > self.price_minor else None

    @property
    def is_made_to_order(self) -> bool:
        return self.stock is None

    @property
    def is_sold_out(self) -> bool:
        return self.stock == 0

    @property
    def is_few(self) -> bool:
        return self.stock is not None and 0 < self.stock <= FEW

    @property
    def plain_price(self) -> str:
        """The price for machines."""
        return plain_amount(self.price_minor, self.product.currency)


def get_sight(visitor: Visitor, pk: int) -> Sight:
    """The page of a product the public sees, or one of the visitor's own channels; else Http404. One query."""
    rows = planned.fetch(_SIGHT, {"product": pk, "person": visitor.person_id})
    if not rows:
        raise Http404
    sight = Sight(*rows[0])
    return sight._replace(
        is_saved=sight.is_saved or pk in visitor.saves,
        is_followed=sight.is_followed or sight.channel_id in visitor.follows,
    )


def get_product(visitor: Visitor, pk: int) -> Product:
    """A product the public sees, or one of the visitor's own channels; else Http404.

    With post, channel, category and cover.
    """
    found = (
        Product.objects.filter(pk=pk)
        .select_related("post", "channel__avatar", "channel__reply_time", "category", "cover")
        .annotate(is_own=own_channel(visitor, "channel_id"))
        .filter(Q(is_listed=True) | Q(is_own=True))
        .first()
    )
    if found is None:
        raise Http404
    found.post.channel = found.channel
    return found


def get_pictures(product: Product) -> list[PostPicture]:
    """The pictures of its post, in order."""
    return post_rows.get_pictures([product.post_id]).get(product.post_id, [])


def get_offer(product: Product, variant_id: int | None) -> Offer:
    """The offer with that variant chosen; by default, and for one unknown, the first that can be had."""
    variants = list(product.variants.order_by("position", "pk"))
    chosen = next((variant for variant in variants if variant.pk == variant_id), None)
    if chosen is None and variants:
        chosen = next((variant for variant in variants if variant.stock != 0), variants[0])
    if chosen is None:
        return Offer(product, None, [], [], product.price_minor, product.stock)
    price = product.price_minor if chosen.price_minor is None else chosen.price_minor
    return Offer(product, chosen, variants, _options(product, variants, chosen), price, chosen.stock)


def get_breadcrumbs(product: Product) -> list[tuple[str, str]]:
    """Names and addresses from the root category down to the product itself."""
    tree = sellers.get_category_tree()
    path = tree.path_of(tree.by_id[product.category_id])
    return [*((str(node), node.get_absolute_url()) for node in path), (product.title, "")]


def get_neighbor_ids(pk: int, version: int) -> tuple[list[int], list[int]]:
    """More of the same channel and similar things of others, kept for a minute: whoever shows them asks what is
    still listed."""
    key = f"neighbors:{pk}:{version}"
    kept: tuple[list[int], list[int]] | None = cache.get(key)
    if kept is None:
        product = Product.objects.only("channel_id", "category_id", "market", "facet_terms").get(pk=pk)
        kept = (_more_ids(product), _similar_ids(product))
        cache.set(key, kept, NEIGHBOR_SECONDS)
    return kept


def _more_ids(product: Product) -> list[int]:
    """Newest other products of the same channel."""
    others = Product.objects.listed().filter(channel_id=product.channel_id).exclude(pk=product.pk)
    return list(others.order_by("-published_at", "-id").values_list("pk", flat=True)[:MORE])


def _similar_ids(product: Product) -> list[int]:
    """What people who looked at it look at; then popular products of other channels in the same leaf and market, those
    with most attributes in common first."""
    near = recommender.get_similar(product.pk, product.market, limit=SIMILAR)
    popular = (
        Product.objects.listed()
        .filter(category_id=product.category_id, market=product.market)
        .exclude(channel_id=product.channel_id)
        .order_by("-popularity", "-id")
        .values_list("pk", "facet_terms")[:CANDIDATES]
    )
    own = set(product.facet_terms)
    ranked = sorted(popular, key=lambda row: len(own.intersection(row[1])), reverse=True)
    return list(dict.fromkeys([*near, *(pk for pk, _terms in ranked)]))[:SIMILAR]


def _options(product: Product, variants: Sequence[Variant], chosen: Variant) -> list[Option]:
    """Every option with its values; each value leads to the variant most like the chosen one."""
    known = {attribute.slug: attribute for attribute in sellers.attributes_of(product.category)}
    slugs = [slug for slug in known if any(slug in variant.options for variant in variants)]
    slugs += [slug for variant in variants for slug in variant.options if slug not in slugs and slug not in known]
    options = []
    for slug in dict.fromkeys(slugs):
        attribute = known.get(slug)
        values = dict.fromkeys(variant.options[slug] for variant in variants if slug in variant.options)
        choices = []
        for value in values:
            target = _nearest(variants, chosen, slug, value)
            label = attribute.label_of(value) if attribute else str(value)
            if attribute and attribute.unit:
                label = f"{label} {_(attribute.unit)}"
            choices.append(Choice(label, value, target.pk, chosen.options.get(slug) == value, target.stock == 0))
        current = next((choice.label for choice in choices if choice.is_current), "")
        options.append(Option(str(attribute) if attribute else slug, slug, current, choices))
    return options


def _nearest(variants: Sequence[Variant], chosen: Variant, slug: str, value: str) -> Variant:
    """Among the variants with this value: the one that changes the fewest other options, in stock if equal."""

    def likeness(variant: Variant) -> tuple[int, bool, int]:
        kept = sum(variant.options.get(other) == chosen.options[other] for other in chosen.options if other != slug)
        return kept, variant.stock != 0, -variant.position

    return max((variant for variant in variants if variant.options.get(slug) == value), key=likeness)

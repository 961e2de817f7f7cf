"""The category tree, held by each process and thrown away by all when staff change it."""

import hashlib
import secrets
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _

from core import money
from core.models import Picture
from sellers.models import Attribute, Category, Product
from sellers.models.categories import translated

_STAMP = "sellers:categories"  # which edition of the tree is current; a process with another one reads again
_SECONDS = 300
_LOOK_EVERY = 1.0  # seconds between looks at it: for that long the others may go on with the tree before


@dataclass(slots=True, eq=False)
class CategoryNode:
    """A category in memory; ``str()`` is its name in the current language."""

    id: int
    slug: str
    name: str
    names: dict[str, str]
    icon: str
    parent_id: int | None
    path: list[int]
    position: int
    is_leaf: bool
    picture: Picture | None
    own_attributes: list[Attribute]
    children: list["CategoryNode"] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return self.id

    def __str__(self) -> str:
        return translated(self.name, self.names)

    def get_absolute_url(self) -> str:
        return reverse("shop:category", args=[self.slug])


class CategoryTree:
    """All categories in order. Shared by threads: nobody changes it."""

    def __init__(self, nodes: list[CategoryNode]) -> None:
        self.by_id = {node.id: node for node in nodes}
        self.by_slug = {node.slug: node for node in nodes}
        self.roots = [node for node in nodes if node.parent_id is None]
        for node in nodes:
            if node.parent_id is not None:
                self.by_id[node.parent_id].children.append(node)
        self.leaves = [node for root in self.roots for node in self.walk(root) if node.is_leaf]
        self.attributes = {attribute.slug: attribute for node in nodes for attribute in node.own_attributes}
        self.edition = self._digest(nodes)

    def _digest(self, nodes: list[CategoryNode]) -> str:
        """Changes with anything a page shows of categories and attributes."""
        shown = [(node.id, node.slug, node.name, node.names, node.icon, node.path) for node in nodes]
        asked = [(node.id, [attribute.pk for attribute in node.own_attributes]) for node in nodes]
        named = [(each.pk, each.name, each.names, each.choices, each.unit) for each in self.attributes.values()]
        return hashlib.sha256(repr((shown, asked, named)).encode()).hexdigest()

    def walk(self, node: CategoryNode) -> Iterator[CategoryNode]:
        """The node and all below it."""
        yield node
        for child in node.children:
            yield from self.walk(child)

    def path_of(self, node: CategoryNode) -> list[CategoryNode]:
        """From the root to the node itself."""
        return [self.by_id[pk] for pk in node.path]

    def leaf_ids(self, node: CategoryNode) -> list[int]:
        return [below.id for below in self.walk(node) if below.is_leaf]

    def attributes_of(self, node: CategoryNode | int) -> list[Attribute]:
        """What a category asks for: its root's attributes first, each once."""
        node = self.by_id[node] if isinstance(node, int) else node
        inherited = [attribute for step in self.path_of(node) for attribute in step.own_attributes]
        return list({attribute.slug: attribute for attribute in inherited}.values())


def _read() -> CategoryTree:
    asked: defaultdict[int, list[Attribute]] = defaultdict(list)
    # The order in which a category asks is the order in which the pairs were written.
    for pair in Category.attributes.through.objects.select_related("attribute").order_by("pk"):
        asked[pair.category_id].append(pair.attribute)
    categories = Category.objects.select_related("picture").order_by("position", "pk")
    return CategoryTree(
        [
            CategoryNode(
                id=row.pk,
                slug=row.slug,
                name=row.name,
                names=row.names,
                icon=row.icon,
                parent_id=row.parent_id,
                path=row.path,
                position=row.position,
                is_leaf=row.is_leaf,
                picture=row.picture,
                own_attributes=asked[row.pk],
            )
            for row in categories
        ]
    )


@dataclass(slots=True)
class _Held:
    """This process's tree, the stamp it was read under and when that was last seen to be the current one."""

    tree: CategoryTree
    stamp: str
    looked_at: float


_held: _Held | None = None


def get_category_tree() -> CategoryTree:
    """The tree with its attributes; a cache look-up a second while nothing changes, else two queries."""
    global _held  # noqa: PLW0603 - one tree a process
    held, now = _held, time.monotonic()
    if held and now - held.looked_at < _LOOK_EVERY:
        return held.tree
    stamp = cache.get(_STAMP)
    if stamp and held and held.stamp == stamp:
        held.looked_at = now
        return held.tree
    tree = _read()
    fresh = secrets.token_hex(8)
    # A stamp set since we began to read may announce a newer tree than ours: then we keep ours for this call only.
    if stamp or cache.add(_STAMP, fresh, _SECONDS):
        _held = _Held(tree, stamp or fresh, now)
    return tree


def forget_categories() -> None:
    """Has every process read the tree again: this one at once, the others within a second."""
    global _held  # noqa: PLW0603 - one tree a process
    _held = None
    cache.set(_STAMP, secrets.token_hex(8), _SECONDS)


def attributes_of(category: Category | CategoryNode | int) -> list[Attribute]:
    """What a category asks for, inherited questions first."""
    return get_category_tree().attributes_of(category if isinstance(category, int) else category.pk)


def get_leaf_choices() -> list[tuple[str, list[tuple[int, str]]]]:
    """All leaves for a <select>, grouped by root, in the current language."""
    tree = get_category_tree()
    return [
        (
            str(root),
            [
                (node.id, " › ".join(str(step) for step in tree.path_of(node)[1:]) or str(node))
                for node in tree.walk(root)
                if node.is_leaf
            ],
        )
        for root in tree.roots
    ]


def get_facts(product: Product) -> list[tuple[str, str]]:
    """(name, value with its unit) of what the product says about itself, in its category's order."""
    facts = []
    for attribute in attributes_of(product.category_id):
        if value := product.attributes.get(attribute.slug):
            unit = f" {_(attribute.unit)}" if attribute.unit else ""
            text = (
                money.localize_digits(value) if attribute.kind == Attribute.Kind.NUMBER else attribute.label_of(value)
            )
            facts.append((str(attribute), f"{text}{unit}"))
    return facts

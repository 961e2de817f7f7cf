"""Brings the tree of sellers.taxonomy into the database."""

from django.db import transaction

from sellers import selectors
from sellers.models import Attribute, Category
from sellers.taxonomy import ATTRIBUTES, walk


def _load_attributes() -> dict[str, Attribute]:
    Attribute.objects.bulk_create(
        [
            Attribute(
                slug=spec.slug,
                name=spec.name,
                kind=spec.kind,
                choices=[list(choice) for choice in spec.choices],
                unit=spec.unit,
                is_facet=spec.is_facet,
                is_variant=spec.is_variant,
            )
            for spec in ATTRIBUTES
        ],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["name", "kind", "choices", "unit", "is_facet", "is_variant"],
    )
    return {attribute.slug: attribute for attribute in Attribute.objects.all()}


def _load_categories() -> dict[str, Category]:
    """Categories level by level, parents first, each knowing its path."""
    known: dict[str, Category] = {}
    moved: list[Category] = []
    paths = list(walk())
    for depth in (1, 2, 3):
        specs = [path for path in paths if len(path) == depth]
        parents = {path[-1].slug: known.get(path[-2].slug) if depth > 1 else None for path in specs}
        Category.objects.bulk_create(
            [
                Category(
                    slug=path[-1].slug,
                    name=path[-1].name,
                    icon=path[-1].icon,
                    parent=parents[path[-1].slug],
                    position=paths.index(path),
                    is_leaf=not path[-1].children,
                )
                for path in specs
            ],
            update_conflicts=True,
            unique_fields=["slug"],
            update_fields=["name", "icon", "parent", "is_leaf"],  # the order is staff's to change
        )
        known |= {category.slug: category for category in Category.objects.filter(slug__in=parents)}
        for slug, parent in parents.items():
            path = [*(parent.path if parent else []), known[slug].pk]
            if known[slug].path != path:
                known[slug].path = path
                moved.append(known[slug])
    Category.objects.bulk_update(moved, ["path"])
    return known


@transaction.atomic
def load_taxonomy() -> tuple[int, int]:
    """Writes the tree and its attributes; returns how many of each it has.

    Running it again changes nothing. Staff's own names and pictures, and categories of their own, stay.
    """
    attributes = _load_attributes()
    categories = _load_categories()
    through = Category.attributes.through
    wanted = [(categories[path[-1].slug].pk, attributes[slug].pk) for path in walk() for slug in path[-1].attributes]
    ours = through.objects.filter(category__slug__in=categories)
    if list(ours.order_by("pk").values_list("category_id", "attribute_id")) != wanted:
        # The order in which a category asks is the order of these rows.
        ours.delete()
        through.objects.bulk_create(through(category_id=category, attribute_id=slug) for category, slug in wanted)
    transaction.on_commit(selectors.forget_categories)
    return len(categories), len(attributes)

"""Whether every picture the market asks for can be drawn: python -m demo.check [FOLDER]"""

import sys
from collections.abc import Iterator
from pathlib import Path

from .art import Studio
from .content import ContentError, MarketText, languages, load
from .fetch_art import ArtError
from .recipes import Recipe

FOLDER = Path("var/demo-art")


def recipes(market: MarketText) -> Iterator[tuple[str, Recipe]]:
    """Every picture of a market with the place that asks for it."""
    for promo in market.promos:
        yield f"promo {promo.key}", promo.picture
    for channel in market.channels:
        yield f"{channel.key} avatar", channel.avatar
        yield f"{channel.key} cover", channel.cover
        shown = [(product.key, product.pictures) for product in channel.products]
        shown += [(post.key, post.pictures) for post in channel.posts]
        for key, pictures in shown:
            for recipe in pictures:
                yield f"{channel.key} {key}", recipe


def main(arguments: list[str]) -> int:
    """Print what cannot be drawn; the exit code is 0 when nothing is missing."""
    studio = Studio(Path(arguments[0]) if arguments else FOLDER)
    problems: list[str] = []
    try:
        for language in languages():
            wanted = list(recipes(load(language)))
            problems += [
                f"{language}: {where}: no {name}" for where, recipe in wanted for name in studio.missing(recipe)
            ]
            print(f"{language}: {len(wanted)} pictures, {len({recipe for _, recipe in wanted})} different")
    except (ContentError, ArtError) as problem:
        problems.append(str(problem))
    for line in problems:
        print(line, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

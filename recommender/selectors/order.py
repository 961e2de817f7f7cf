"""The order of a feed for one looker: how fresh a post is, and how much it is hers."""

import time
from collections.abc import Sequence
from typing import NamedTuple

from recommender.lookers import Looker
from recommender.selectors import histories, picks, tables
from recommender.selectors.deeds import Past
from recommender.selectors.rules import Limits
from sellers.models import Product

HALF_LIFE = 3 * 86_400.0  # seconds in which a post loses half of what it counts
BOOST = 3.0  # what is hers most counts four times, as if it were two half-lives younger
KIND = 0.5  # the most that liking a channel says for one of its posts, beside liking its thing
AGAIN = 0.8  # what each post of a channel leaves of its next one's count


class Candidate(NamedTuple):
    """A post. ``product_id`` is None without a product; ``at`` in seconds since 1970."""

    id: int
    at: float
    channel_id: int
    product_id: int | None = None
    popularity: int = 0
    is_gone: bool = False


def order_posts(looker: Looker, posts: Sequence[Candidate], limits: Limits) -> list[int]:
    """Ids of all these posts but those she wants to see no more, best first. Two queries, two more while the table is
    not in the cache.

    Whoever is held out or has done nothing yet gets what is fresh and popular.
    """
    allowed = [post for post in posts if limits.allow(post.channel_id, post.product_id)]
    history = [] if looker.is_held_out else histories.get_history(looker)[: picks.ROWS]
    hers = _relevance(allowed, history) if history else _popularity(allowed)
    now = time.time()
    worth: dict[int, float] = {}
    for post in allowed:
        is_new = not post.is_gone and post.product_id not in limits.known
        boost = BOOST * hers.get(post.id, 0) if is_new else 0
        worth[post.id] = (1 + boost) * 0.5 ** (max(now - post.at, 0) / HALF_LIFE)
    return _mix(allowed, worth)


def _relevance(posts: Sequence[Candidate], history: Sequence[Past]) -> dict[int, float]:
    """How much each post is hers, the best 1: by its thing's score, else by what she looked at of its channel."""
    live = tables.get_live()
    touched = [past.product_id for past in history]
    scores = picks.score(history, tables.get_rows(live.run, touched), live.half_life, touched)
    best = max((scores[post.product_id] for post in posts if post.product_id in scores), default=0)
    channels = dict(Product.objects.filter(pk__in=touched).values_list("pk", "channel_id"))
    liked: dict[int, float] = {}
    for past in history:
        if channel := channels.get(past.product_id):
            liked[channel] = liked.get(channel, 0) + past.weight
    most = max(liked.values(), default=1)
    return {
        post.id: max(
            scores[post.product_id] / best if best and post.product_id in scores else 0,
            KIND * liked.get(post.channel_id, 0) / most,
        )
        for post in posts
    }


def _popularity(posts: Sequence[Candidate]) -> dict[int, float]:
    """By rank among those that anybody cared for; popularity itself is a logarithm of time."""
    ranked = sorted((post for post in posts if post.popularity > 0), key=lambda post: (-post.popularity, -post.id))
    return {post.id: 1 - place / len(ranked) for place, post in enumerate(ranked)}


def _mix(posts: Sequence[Candidate], worth: dict[int, float]) -> list[int]:
    """The best next one again and again, where each further post of a channel counts less."""
    waiting: dict[int, list[int]] = {}  # of each channel, its best last
    for post in sorted(posts, key=lambda post: (worth[post.id], post.at, post.id)):
        waiting.setdefault(post.channel_id, []).append(post.id)
    says = dict.fromkeys(waiting, 1.0)
    ordered: list[int] = []
    while waiting:
        channel = max(waiting, key=lambda each: (worth[waiting[each][-1]] * says[each], waiting[each][-1]))
        ordered.append(waiting[channel].pop())
        says[channel] *= AGAIN
        if not waiting[channel]:
            del waiting[channel]
    return ordered

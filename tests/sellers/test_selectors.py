"""What pages get to know, in a constant number of queries; strangers get 404."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils import timezone, translation

from core.pages import BadCursor
from sellers import selectors
from sellers import services as sellers
from sellers.models import Attribute, Category, ChannelMember, Role
from sellers.taxonomy import attribute_slugs, walk
from tests import factories

pytestmark = pytest.mark.django_db


def join(channel, person, role: str) -> ChannelMember:
    return ChannelMember.objects.create(channel=channel, person=person, role=role)


# --- loaders


@pytest.mark.parametrize("mine", Role.values)
@pytest.mark.parametrize("needed", list(Role))
def test_channel_opens_to_roles_that_reach(channel, shopper, rival, mine, needed):
    person = channel.members.get().person if mine == "owner" else join(channel, shopper, mine).person
    if mine in Role.at_least(needed):
        found = selectors.get_own_channel(person, "Saffron_Clay", needed)
        assert (found, found.my_role) == (channel, mine)
    else:
        with pytest.raises(Http404):
            selectors.get_own_channel(person, channel.handle, needed)


def test_strangers_find_nothing(channel, rival_channel, rival):
    post = factories.make_post(channel)
    for person in (rival, AnonymousUser()):
        with pytest.raises(Http404):
            selectors.get_own_channel(person, channel.handle)
        with pytest.raises(Http404):
            selectors.get_own_post(person, channel.handle, post.pk)
    with pytest.raises(Http404):
        selectors.get_own_post(rival, rival_channel.handle, post.pk)


def test_own_post_comes_whole(channel, seller, django_assert_num_queries):
    post = factories.make_product_post(channel, pictures=2)
    name = post.product.category.name
    with django_assert_num_queries(2):
        found = selectors.get_own_post(seller, channel.handle, post.pk)
        assert (found.product.category.name, found.channel.name) == (name, channel.name)
        assert len([row.picture.key for row in found.pictures.all()]) == 2


def test_own_channels_by_name(channel, rival_channel, seller):
    join(rival_channel, seller, "agent")
    found = selectors.get_own_channels(seller)
    assert [(row.handle, row.my_role) for row in found] == [("rival_house", "agent"), ("saffron_clay", "owner")]


def test_team_has_the_owner_first(channel, seller, shopper, rival, django_assert_num_queries):
    join(channel, shopper, "viewer")
    join(channel, rival, "manager")
    with django_assert_num_queries(1):
        assert [member.person.email for member in selectors.get_team(channel)] == [
            "seller@example.com",
            "rival@example.com",
            "shopper@example.com",
        ]


# --- the tree


def test_loading_the_tree_twice_changes_nothing(taxonomy):
    rows = list(Category.objects.order_by("pk").values_list("pk", "slug", "path", "is_leaf", "parent"))
    Category.objects.filter(slug="rings").update(names={"en": "Finger rings"}, position=7)
    assert sellers.load_taxonomy() == (len(list(walk())), Attribute.objects.count())
    assert list(Category.objects.order_by("pk").values_list("pk", "slug", "path", "is_leaf", "parent")) == rows
    assert Category.objects.values_list("names", "position").get(slug="rings") == ({"en": "Finger rings"}, 7)


def test_tree_in_the_database_is_the_tree_in_the_program(taxonomy):
    for path in walk():
        node = taxonomy.by_slug[path[-1].slug]
        assert [step.slug for step in taxonomy.path_of(node)] == [step.slug for step in path]
        assert tuple(a.slug for a in selectors.attributes_of(node)) == attribute_slugs(path)
    assert [root.slug for root in taxonomy.roots] == [path[-1].slug for path in walk() if len(path) == 1]
    assert len(taxonomy.leaves) == Category.objects.leaves().count()


def test_tree_costs_no_query_until_it_changes(taxonomy, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert selectors.get_category_tree() is taxonomy
        selectors.get_leaf_choices()
    Category.objects.filter(slug="rings").update(names={"en": "Finger rings"})
    selectors.forget_categories()
    with django_assert_num_queries(2):
        assert str(selectors.get_category_tree().by_slug["rings"]) == "Finger rings"


def test_leaf_choices_are_grouped(taxonomy):
    choices = dict(selectors.get_leaf_choices())
    assert choices["Clothes"][0] == (taxonomy.by_slug["women-dresses"].id, "Women › Dresses")
    assert sum(len(group) for group in choices.values()) == len(taxonomy.leaves)


def test_leaves_below_a_node(taxonomy):
    men = taxonomy.by_slug["men"]
    assert taxonomy.leaf_ids(men) == [child.id for child in men.children]


def test_facts_are_words_with_units(taxonomy, channel):
    product = factories.make_product_post(
        channel,
        category=Category.objects.get(slug="pottery"),
        attributes={"height-cm": "12.5", "material": "clay", "color": "teal"},
    ).product
    assert selectors.get_facts(product) == [
        ("Color", "Teal"),
        ("Material", "Clay & stoneware"),
        ("Height", "12.5 cm"),
    ]
    with translation.override("fa"):
        assert selectors.get_facts(product)[2][1].startswith("۱۲.۵ ")


# --- lists of the dashboard


def test_dashboard_posts_are_newest_first(channel, django_assert_num_queries):
    posts = [factories.make_product_post(channel, pictures=2)]
    with django_assert_num_queries(1):
        assert [row.pk for row in selectors.get_dashboard_posts(channel).rows] == [posts[0].pk]
    posts += [factories.make_post(channel), factories.make_product_post(channel, pictures=0, publish="draft")]
    with django_assert_num_queries(1):
        rows = selectors.get_dashboard_posts(channel).rows
    assert [(row.pk, row.is_product, row.picture is None) for row in rows] == [
        (posts[2].pk, True, True),
        (posts[1].pk, False, True),
        (posts[0].pk, True, False),
    ]
    assert rows[2].picture.key == posts[0].pictures.get(position=0).picture.key
    assert [selectors.get_dashboard_post(channel, row.pk) for row in rows] == rows


def test_dashboard_posts_are_filtered(channel, rival_channel):
    text = factories.make_post(channel, text="We are open again")
    sold = factories.make_product_post(channel, title="Teal mug", stock=0)
    bare = factories.make_product_post(channel, title="Bare mug", pictures=0, publish="draft")
    factories.make_product_post(rival_channel, title="Teal mug")
    for filters, expected in (
        ({"state": "draft"}, [bare]),
        ({"kind": "text"}, [text]),
        ({"kind": "product"}, [bare, sold]),
        ({"todo": "picture"}, [bare]),
        ({"todo": "sold-out"}, [sold]),
        ({"words": "MUG"}, [bare, sold]),
        ({"words": "open again"}, [text]),
        ({"words": "mug", "state": "published"}, [sold]),
    ):
        rows = selectors.get_dashboard_posts(channel, **filters).rows
        assert [row.pk for row in rows] == [post.pk for post in expected], filters


def test_dashboard_posts_go_on_where_they_stopped(channel):
    posts = [factories.make_post(channel) for _ in range(5)]
    seen: list[int] = []
    after = ""
    for _page in range(3):
        page = selectors.get_dashboard_posts(channel, after=after, limit=2)
        seen += [row.pk for row in page.rows]
        after = page.next_cursor
    assert (seen, after) == ([post.pk for post in posts[::-1]], "")
    with pytest.raises(BadCursor):
        selectors.get_dashboard_posts(channel, after="no")


def test_followers_are_newest_first(channel, shopper, rival, django_assert_num_queries):
    sellers.follow(person=shopper, channel=channel)
    with django_assert_num_queries(1):
        assert [row.person.display_name for row in selectors.get_followers(channel).rows] == ["Sara"]
    for person in (rival, factories.make_user()):
        sellers.follow(person=person, channel=channel)
    with django_assert_num_queries(1):
        page = selectors.get_followers(channel, limit=2)
        assert [row.person.avatar for row in page.rows] == [None, None]
    assert [row.person for row in selectors.get_followers(channel, after=page.next_cursor).rows] == [shopper]


def test_history_and_transitions_name_who(channel, seller, django_assert_num_queries):
    post = factories.make_post(channel, text="One")
    sellers.edit_post(post=post, by=seller, expected_version=1, text="Two", pictures=[])
    with django_assert_num_queries(2):
        assert [(edit.version, edit.by) for edit in selectors.get_post_history(post)] == [(1, seller)]
        assert [(row.to_state, row.by) for row in selectors.get_transitions(channel)] == [
            ("open", seller),
            ("pending", seller),
            ("draft", seller),
        ]


def test_todo_counts_what_waits(channel, seller, django_assert_num_queries):
    factories.make_product_post(channel, stock=0)
    factories.make_product_post(channel, pictures=0, publish="draft")
    factories.make_post(channel, publish=timezone.now() + dt.timedelta(hours=1))
    gone = factories.make_product_post(channel)
    gone.pictures.all().delete()
    sellers.archive_post(post=gone, by=seller)
    with django_assert_num_queries(1):
        assert selectors.get_todo(channel) == selectors.Todo(
            without_picture=1, sold_out=1, drafts=1, scheduled=1, sent_back=0
        )


def test_stats_count_the_last_days(channel, rival_channel, shopper, rival, django_assert_num_queries):
    now = timezone.now()
    post = factories.make_product_post(channel)
    factories.make_product_post(channel, publish="draft")
    sellers.follow(person=shopper, channel=channel, at=now)
    sellers.follow(person=rival, channel=channel, at=now - dt.timedelta(days=2))
    sellers.follow(person=factories.make_user(), channel=channel, at=now - dt.timedelta(days=40))
    sellers.follow(person=shopper, channel=rival_channel)
    sellers.save(person=shopper, product=post.product)
    sellers.like(person=rival, post=post)
    with django_assert_num_queries(6):
        stats = selectors.get_channel_stats(channel, days=3)
    today = now.date()
    assert stats.followers_by_day == [
        (today - dt.timedelta(days=2), 1),
        (today - dt.timedelta(days=1), 0),
        (today, 1),
    ]
    assert (stats.new_followers, stats.saves, stats.likes, stats.listed) == (2, 1, 1, 1)
    none = dict.fromkeys(("scheduled", "archived", "waiting", "rejected"), 0)
    assert stats.products_by_state == none | {"draft": 1, "published": 1}
    assert stats.posts_by_state == stats.products_by_state


def test_cities_of_a_market_by_slug(channel):
    factories.make_channel(city="همدان", market="ir", language="fa")
    factories.make_channel(city="New York")
    factories.make_channel(city="Boston", state="draft")
    assert selectors.get_city_names("us") == {"portland": "Portland", "new-york": "New York"}
    assert selectors.get_city_names("ir") == {"همدان": "همدان"}

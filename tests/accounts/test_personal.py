"""What is kept of people: all of it is declared, given to them when they ask, and gone when they leave."""

import datetime as dt
import io
import json
import zipfile

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.storage import storages
from django.utils import timezone

from accounts import services
from accounts.models import DataExport, Erasure, Session, User
from chat import services as chat
from chat.models import Conversation, Message
from core import outbox, personal_data
from core.limits import TooMany
from core.models import AuditEntry
from core.pictures import add_picture
from news.models import News
from payments import services as payments
from payments.models import Address, Entry, Posting
from recommender.models import Interaction
from sellers import services as sellers
from sellers.models import Channel, Post
from tests.accounts.conftest import sign_in
from tests.accounts.test_views import image
from tests.factories import PASSWORD, make_channel, make_product_post, make_user
from tests.payments.market import ask, bring_to, check_now, fill_wallet, fresh

pytestmark = pytest.mark.django_db
GUESTS = {"guest"}  # columns in which guests are named by their key


def test_every_column_that_names_a_person_is_declared():
    """A room that adds one says what becomes of it (its ``personal`` module)."""
    undeclared = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete
        and (field.related_model is User or field.name in GUESTS)
        and not field.many_to_many
        and not personal_data.is_declared(model, field.name)
    ]
    assert undeclared == []


def test_the_walk_finds_what_nobody_declared():
    assert personal_data.is_declared(Post, "channel") is False


@pytest.fixture
def full(shopper, channel, django_capture_on_commit_callbacks):
    """A shopper who has used everything: a talk, a purchase that has ended, an address, a picture of herself."""
    shopper.avatar = add_picture(image())
    shopper.grouped_as = "guest-key"
    shopper.save()
    product = make_product_post(channel, title="Teal teapot").product
    talk = chat.open_conversation(shopper=shopper, channel=channel, product=product)
    chat.send_message(conversation=talk, author=shopper, text="=Is it teal?", client_id="1")
    sellers.follow(person=shopper, channel=channel)
    sellers.like(person=shopper, post=product.post)
    Address.objects.create(person=shopper, name="Sara", lines="1 Road", city="Portland", country="US")
    Interaction.objects.create(person=shopper, product_id=product.pk, kind="view")
    Interaction.objects.create(guest="guest-key", product_id=product.pk, kind="view")
    fill_wallet(shopper, 100_00)
    request = ask(channel, shopper, 100_00)
    type(request).objects.filter(pk=request.pk).update(address={"name": "Sara", "lines": "1 Road"})
    bring_to(fresh(request), "released")
    Session.objects.create(session_key="s", session_data="", expire_date=timezone.now(), person=shopper)
    return shopper


def made(person: User) -> zipfile.ZipFile:
    export = services.ask_for_export(person=person)
    services.make_export(pk=export.pk)
    with storages["private"].open(fresh(export).file) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def test_an_archive_holds_what_every_room_keeps(full):
    archive = made(full)
    given = {each.room for each in personal_data.everything_kept() if each.is_given}
    assert {name.split("/")[0] for name in archive.namelist()} == given | {"contents.json"}
    read = {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}
    assert read["accounts/user-pk.json"][0]["email"] == "shopper@example.com"
    assert [row["text"] for row in read["chat/message-author.json"]] == ["=Is it teal?"]
    assert [row["address"]["name"] for row in read["payments/moneyrequest-buyer.json"]] == ["Sara"]
    assert len(read["recommender/interaction-person.json"]) >= 2  # hers, and those of the guest she was
    assert f"accounts/pictures/{full.avatar.key}.webp" in archive.namelist()
    assert "password" not in archive.read("accounts/user-pk.json").decode()


def test_an_archive_has_nothing_of_others(full, rival, channel):
    chat.send_message(
        conversation=chat.open_conversation(shopper=rival, channel=channel, product=None),
        author=rival,
        text="A secret",
        client_id="2",
    )
    archive = made(full)
    assert b"A secret" not in b"".join(archive.read(name) for name in archive.namelist())


def test_she_is_told_and_fetches_it_with_her_password(full, client, rival_client):
    client.force_login(full)
    client.post("/accounts/data/")
    services.make_exports(limit=5)
    outbox.deliver_due()
    assert News.objects.filter(person=full, kind="export_ready").count() == 1
    export = DataExport.objects.get()
    assert client.get(f"/accounts/data/{export.pk}.zip").url.startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    response = client.get(f"/accounts/data/{export.pk}.zip")
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    assert len(response.getvalue()) == export.size
    rival_client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert rival_client.get(f"/accounts/data/{export.pk}.zip").status_code == 404


def test_an_archive_is_gone_after_a_week(full):
    export = services.ask_for_export(person=full)
    services.make_export(pk=export.pk)
    name = fresh(export).file
    assert services.forget_exports() == 0
    DataExport.objects.update(expires_at=timezone.now())
    assert services.forget_exports() == 1
    assert (fresh(export).state, storages["private"].exists(name)) == ("gone", False)


def test_one_archive_at_a_time_and_three_a_day(shopper):
    assert services.ask_for_export(person=shopper) == services.ask_for_export(person=shopper)
    for _ in range(2):
        DataExport.objects.update(state="ready")
        services.ask_for_export(person=shopper)
    DataExport.objects.update(state="ready")
    with pytest.raises(TooMany):
        services.ask_for_export(person=shopper)


# --- leaving
def leave(person: User) -> User:
    services.ask_to_leave(person=person)
    Erasure.objects.update(due_at=timezone.now())
    assert services.erase_due(limit=5) == 1
    check_now()
    return fresh(person)


def test_what_was_hers_is_gone_and_the_books_still_balance(full, channel):
    before = list(Posting.objects.order_by("pk").values_list("pk", "account", "amount_minor"))
    gone = leave(full)
    assert list(Posting.objects.order_by("pk").values_list("pk", "account", "amount_minor")) == before
    assert payments.reconcile().is_clean
    assert Entry.objects.count() > 0
    assert (gone.email, gone.phone, gone.display_name, gone.avatar) == (
        f"erased-{gone.pk}@erased.invalid",
        None,
        "",
        None,
    )
    assert (gone.is_active, gone.get_short_name(), gone.check_password(PASSWORD)) == (False, "Deleted account", False)
    assert [request.address for request in gone.money_requests.all()] == [None]
    assert [(message.author, message.text) for message in Message.objects.filter(kind="text")] == [
        (None, "=Is it teal?")
    ]
    assert Conversation.objects.get(product__isnull=False).shopper.get_short_name() == "Deleted account"
    assert (Interaction.objects.count(), Address.objects.count(), gone.sessions.count()) == (0, 0, 0)
    channel.refresh_from_db()
    assert (channel.follower_count, Post.objects.get().like_count) == (0, 0)
    assert AuditEntry.objects.filter(verb="erased", subject_pk=str(gone.pk)).count() == 1


def test_nothing_deleted_is_left_in_any_room(full):
    leave(full)
    left = [
        each.name
        for each in personal_data.everything_kept()
        if each.fate is personal_data.Fate.DELETED and personal_data.rows_of(each, full).exists()
    ]
    assert left == []


def test_posts_of_an_erased_author_stay_without_her(channel, seller, rival):
    sellers.add_member(channel=channel, by=seller, contact=rival.email, role="manager")
    post = make_product_post(channel, author=rival, title="Bowl")
    leave(rival)
    assert (fresh(post).author, fresh(post).state) == (None, "published")


def test_money_that_is_held_keeps_her(shopper, channel):
    fill_wallet(shopper, 150_00)
    bring_to(ask(channel, shopper, 100_00), "held")
    with pytest.raises(services.CannotLeave) as refused:
        services.ask_to_leave(person=shopper)
    assert refused.value.reasons == [
        "Your wallet holds $50. Spend it first, or ask us to send it back.",
        "We hold your money for A clay pot until it arrives or is refunded.",
    ]


def test_what_a_channel_owes_and_is_owed_keeps_its_owner(seller, shopper, channel, rival):
    fill_wallet(shopper, 100_00)
    bring_to(ask(channel, shopper, 100_00), "released")
    sellers.add_member(channel=channel, by=seller, contact=rival.email, role="agent")
    reasons = personal_data.reasons_to_stay(seller)
    assert reasons == [
        "Others work in Saffron & Clay. Hand it over to one of them first.",
        "Saffron & Clay has $95 that were not paid out.",
    ]


def test_a_channel_that_was_hers_alone_closes(seller, channel):
    Channel.objects.update(public_email="me@example.com")
    leave(seller)
    assert (fresh(channel).state, fresh(channel).public_email) == ("suspended", "")


def test_signing_in_again_cancels_it(client, leila):
    services.ask_to_leave(person=leila)
    sign_in(client)
    Erasure.objects.update(due_at=timezone.now())
    assert (services.erase_due(limit=5), Erasure.objects.get().state) == (0, "cancelled")


def test_what_came_in_between_puts_it_off(shopper):
    services.ask_to_leave(person=shopper)
    Erasure.objects.update(due_at=timezone.now())
    fill_wallet(shopper, 10_00)
    assert services.erase_due(limit=5) == 0
    assert Erasure.objects.get().due_at > timezone.now() + dt.timedelta(hours=23)
    assert fresh(shopper).erased_at is None


def test_the_page_asks_for_a_password_and_signs_out(client, shopper):
    client.force_login(shopper)
    assert client.post("/accounts/leave/").url.startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post("/accounts/leave/").status_code == 200
    erasure = Erasure.objects.get()
    wait = erasure.due_at - erasure.asked_at
    assert round(wait / dt.timedelta(days=1)) == settings.ERASURE_DAYS
    assert client.get("/accounts/data/").status_code == 302
    outbox.deliver_due()
    assert News.objects.filter(person=shopper, kind="leaving").count() == 1


def test_reasons_stand_on_the_page(client, shopper):
    fill_wallet(shopper, 10_00)
    client.force_login(shopper)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/leave/").content.decode()
    assert "Your wallet holds $10." in page
    assert client.post("/accounts/leave/").status_code == 422


def test_two_people_who_left_stand_beside_each_other():
    assert leave(make_user()).email != leave(make_user()).email


def test_owner_of_nothing_open_may_leave():
    assert personal_data.reasons_to_stay(make_channel(state="draft").members.get().person) == []

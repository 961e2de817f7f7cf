"""Signing up by e-mail or telephone, from the first form to being signed in."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from accounts import services, tasks
from accounts.models import User
from sellers.models import Follow
from tests import factories
from tests.accounts.conftest import EMAIL, PASSWORD, PHONE, code_in, errors, is_signed_in, mailed_code, sign_in

pytestmark = pytest.mark.django_db
FORM = {"display_name": "Nadia", "password1": PASSWORD}


def sign_up(client, contact: str, **extra):
    return client.post("/accounts/signup/", FORM | {"contact": contact}, **extra)


def test_by_email_with_the_mailed_code(client):
    response = sign_up(client, " Nadia@Example.com ")
    assert (response.status_code, response.url) == (302, "/accounts/confirm-email/")
    assert not is_signed_in(client)
    assert mail.outbox[0].to == ["nadia@example.com"]
    assert mail.outbox[0].alternatives == []
    response = client.post("/accounts/confirm-email/", {"action": "verify", "code": mailed_code()})
    assert response.status_code == 302
    person = User.objects.get()
    assert is_signed_in(client)
    assert (person.email, person.phone, person.display_name) == ("nadia@example.com", None, "Nadia")
    address = EmailAddress.objects.get()
    assert (address.email, address.verified, address.primary) == ("nadia@example.com", True, True)


def test_by_a_local_number_in_persian_digits(client, texts):
    client.cookies["django_language"] = "fa"
    response = sign_up(client, "۰۹۱۲ ۱۲۳ ۴۵۶۷")
    assert (response.status_code, response.url) == (302, "/accounts/phone/verify/")
    assert [to for to, _ in texts] == [PHONE]
    code = code_in(texts[0][1]).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    response = client.post("/accounts/phone/verify/", {"action": "verify", "code": code})
    assert response.status_code == 302
    person = User.objects.get()
    assert is_signed_in(client)
    assert (person.email, person.phone, person.phone_verified_at is not None) == (None, PHONE, True)
    assert (person.language, person.market) == ("fa", "ir")
    assert EmailAddress.objects.count() == 0


def test_a_chosen_market_is_kept(client):
    client.cookies["market"] = "eu"
    sign_up(client, "nadia@example.com")
    assert User.objects.get().market == "eu"


def test_console_shows_the_text_message(client, settings, capsys):
    settings.SMS_BACKEND = "accounts.sms.ConsoleBackend"
    sign_up(client, PHONE)
    printed = capsys.readouterr().out
    assert f"--- SMS to {PHONE}" in printed
    client.post("/accounts/phone/verify/", {"action": "verify", "code": code_in(printed)})
    assert is_signed_in(client)


def test_a_wrong_code_opens_nothing(client):
    sign_up(client, "nadia@example.com")
    wrong = "000000" if mailed_code() != "000000" else "111111"
    response = client.post("/accounts/confirm-email/", {"action": "verify", "code": wrong})
    assert response.status_code == 200
    assert errors(response) == {"code": ["This is not the code we sent. Look again, or ask for a new one."]}
    assert not is_signed_in(client)
    response = client.post("/accounts/confirm-email/", {"action": "verify", "code": mailed_code()})
    assert is_signed_in(client)


def test_a_new_code_replaces_the_old(client, texts):
    sign_up(client, PHONE)
    client.post("/accounts/phone/verify/", {"action": "resend"})
    # asked for within ten seconds: refused politely, the first code still works
    assert len(texts) == 1
    client.post("/accounts/phone/verify/", {"action": "verify", "code": code_in(texts[0][1])})
    assert is_signed_in(client)


@pytest.mark.parametrize("contact", ["leila@example.com", PHONE])
def test_a_taken_name_looks_like_a_free_one(client, leila, texts, contact):
    free = {"leila@example.com": "nadia@example.com", PHONE: "+989123456789"}[contact]
    answers = []
    for name in (contact, free):
        client.cookies.clear()
        response = sign_up(client, name, follow=True)
        answers.append(
            (
                response.redirect_chain,
                response.status_code,
                response.content.decode().replace(name, "NAME").count("NAME"),
            )
        )
    assert answers[0] == answers[1]
    told = [message.to[0] for message in mail.outbox] + [to for to, _ in texts]
    assert told == [contact, free]
    assert not is_signed_in(client)


def test_without_text_messages_only_email_is_offered(client, settings):
    settings.SMS_BACKEND = ""
    page = client.get("/accounts/signup/").content.decode()
    assert "E-mail or mobile number" not in page
    response = sign_up(client, PHONE)
    assert errors(response) == {"contact": ["Write an e-mail address like name@example.com."]}
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    ("contact", "message"),
    [
        ("nobody", "Write an e-mail address like name@example.com."),
        ("12", "This is not a phone number. Begin with + and the country code if it is from abroad."),
        ("+982188776655", "This number cannot receive text messages. Give a mobile number."),
    ],
)
def test_what_is_neither_is_refused(client, contact, message):
    response = sign_up(client, contact)
    assert errors(response) == {"contact": [message]}
    assert f'value="{contact}"' in response.content.decode()


def test_weak_passwords_are_refused(client):
    response = client.post("/accounts/signup/", FORM | {"contact": EMAIL, "password1": "short"})
    assert list(errors(response)) == ["password1"]
    assert User.objects.count() == 0


def test_an_unfinished_sign_up_goes_on_at_sign_in(client):
    sign_up(client, "nadia@example.com")
    client.cookies.clear()
    cache.clear()  # allauth's pause of ten seconds between two codes
    response = sign_in(client, "nadia@example.com")
    assert response.url == "/accounts/confirm-email/"
    client.post("/accounts/confirm-email/", {"action": "verify", "code": mailed_code()})
    assert is_signed_in(client)


def test_eleventh_sign_up_from_an_address_waits(client):
    for number in range(10):
        assert sign_up(client, f"nadia{number}@example.com").status_code == 302
        client.cookies.clear()
    response = sign_up(client, "nadia10@example.com")
    assert response.status_code == 429
    assert errors(response) == {"__all__": ["Many accounts were opened from your network. Try again in 60 minutes."]}
    page = response.content.decode()
    assert 'value="nadia10@example.com"' in page
    assert 'value="Nadia"' in page
    assert f'value="{PASSWORD}"' in page
    assert User.objects.count() == 10


def test_sixth_code_to_one_address_waits(client, leila):
    for _ in range(5):
        client.cookies.clear()
        cache.clear()
        assert sign_up(client, EMAIL).status_code == 302
    client.cookies.clear()
    response = sign_up(client, EMAIL)
    assert response.status_code == 429
    assert errors(response) == {"contact": ["We have sent too many codes there. Try again in 60 minutes."]}
    assert len(mail.outbox) == 5


def a_week_later() -> None:
    User.objects.update(joined_at=timezone.now() - dt.timedelta(days=7, minutes=1))


def test_a_sign_up_nobody_finished_is_forgotten_after_a_week(client, texts):
    sign_up(client, EMAIL)
    client.cookies.clear()
    sign_up(client, PHONE)
    tasks.sweep_unfinished()
    assert User.objects.count() == 2
    a_week_later()
    tasks.sweep_unfinished()
    assert (User.objects.count(), EmailAddress.objects.count()) == (0, 0)
    client.cookies.clear()
    cache.clear()  # allauth's pause of ten seconds between two codes
    sign_up(client, EMAIL)
    client.post("/accounts/confirm-email/", {"action": "verify", "code": mailed_code()})
    assert is_signed_in(client)


def test_whoever_came_in_or_has_something_or_was_made_by_staff_is_kept(client, leila, staff, channel):
    by_mail = services.create_person(display_name="By mail", email="mail@example.com", password=PASSWORD)
    by_phone = services.create_person(display_name="By phone", phone="+989123456789", password=PASSWORD)
    made_by_staff = User.objects.create_user(email="made@example.com")
    asked_twice = services.create_person(display_name="Two", email="two@example.com", password=PASSWORD)
    EmailAddress.objects.create(user=asked_twice, email="new@example.com", verified=False)
    follower, came_once, unfinished = (factories.make_user() for _ in range(3))
    Follow.objects.create(person=follower, channel=channel)
    User.objects.filter(pk=came_once.pk).update(last_login=timezone.now())
    a_week_later()
    assert services.sweep_unfinished(limit=100) == 1
    kept = {leila, staff, by_mail, by_phone, made_by_staff, asked_twice, follower, came_once}
    assert kept <= set(User.objects.all())
    assert not User.objects.filter(pk=unfinished.pk).exists()


def test_unfinished_sign_ups_go_in_batches():
    for _ in range(3):
        factories.make_user()
    a_week_later()
    assert [services.sweep_unfinished(limit=2) for _ in range(3)] == [2, 1, 0]

"""The settings of signing up agree with each other, and text messages may fail without harm."""

import pytest
from allauth.account import checks
from allauth.mfa import checks as mfa_checks

from accounts import sms
from tests.accounts.conftest import PHONE, sign_in


class DeadLine:
    def send(self, *, to: str, text: str) -> None:
        raise sms.NotSent("The provider is away.")


def test_allauth_finds_no_contradiction():
    assert checks.settings_check(None) + mfa_checks.settings_check(None) == []


def test_without_a_backend_nothing_is_sent(settings):
    settings.SMS_BACKEND = ""
    assert not sms.is_offered()
    with pytest.raises(sms.NotSent):
        sms.send(to=PHONE, text="hello")


@pytest.mark.django_db
def test_a_provider_that_is_away_is_told(client, settings):
    settings.SMS_BACKEND = "tests.accounts.test_settings.DeadLine"
    form = {"contact": PHONE, "display_name": "Nadia", "password1": "seven warm kilns"}
    page = client.post("/accounts/signup/", form, follow=True).content.decode()
    assert "We could not send the text message." in page


@pytest.mark.django_db
def test_a_new_number_needs_text_messages(client, leila, settings):
    settings.SMS_BACKEND = ""
    sign_in(client)
    response = client.post("/accounts/phone/change/", {"phone": "+989351112233"})
    assert response.context["form"].errors == {"phone": ["We cannot send text messages at the moment."]}

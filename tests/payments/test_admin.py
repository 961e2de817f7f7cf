"""Staff look at money in the admin site: lists cost the same whatever their length, and nothing can be changed."""

import pytest
from django.urls import reverse

from payments.models import Account, Entry, MoneyRequest, PaymentAttempt
from tests.factories import make_user
from tests.payments.market import ask, bring_to, fill_wallet

pytestmark = pytest.mark.django_db
LISTS = {"account": 5, "entry": 5, "moneyrequest": 5, "paymentattempt": 6}


def sell(channel, count: int) -> None:
    for _ in range(count):
        buyer = make_user()
        fill_wallet(buyer, 100_00)
        bring_to(ask(channel, buyer), "released")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("count", [1, 3])
def test_lists_have_a_constant_number_of_queries(channel, staff_client, django_assert_num_queries, name, count):
    sell(channel, count)
    with django_assert_num_queries(LISTS[name]):
        response = staff_client.get(reverse(f"admin:payments_{name}_changelist"))
    assert response.status_code == 200


@pytest.mark.parametrize("model", [Account, Entry, MoneyRequest, PaymentAttempt])
def test_rows_are_shown_and_not_changed(channel, staff_client, model):
    sell(channel, 1)
    row = model.objects.order_by("-pk").first()
    address = reverse(f"admin:payments_{model._meta.model_name}_change", args=[row.pk])
    assert staff_client.get(address).status_code == 200
    assert staff_client.post(address, {}).status_code == 403
    assert staff_client.get(reverse(f"admin:payments_{model._meta.model_name}_add")).status_code == 403


def test_platform_accounts_show_their_sums(channel, staff_client):
    sell(channel, 2)
    page = staff_client.get(reverse("admin:payments_account_changelist"), {"kind": "fee_income"})
    assert [account.total_minor for account in page.context["cl"].result_list] == [10_00]
    assert "$10" in page.content.decode()

"""Everybody who might come to a request: its parties, in each role, and those it is none of their business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.test import Client

from payments import services as payments
from payments.machine import Who
from tests.conftest import signed_in
from tests.factories import make_user
from tests.payments.market import key, owner

if TYPE_CHECKING:
    from accounts.models import User
    from payments.models import MoneyRequest
    from sellers.models import Channel

ROLES = ("buyer", "owner", "manager", "agent", "viewer", "stranger", "guest")
AS_WHOM = {"buyer": Who.BUYER, "owner": Who.SELLER, "manager": Who.SELLER, "agent": Who.SELLER}


def make_team(channel: Channel) -> dict[str, User]:
    """The channel's people by role; a stranger is among them."""
    people = {"owner": owner(channel), "stranger": make_user()}
    for role in ("manager", "agent", "viewer"):
        people[role] = make_user()
        channel.members.create(person=people[role], role=role)
    return people


def client_of(role: str, people: dict[str, User]) -> Client:
    return Client() if role == "guest" else signed_in(people[role])


def lay_open(request: MoneyRequest, needs: str) -> None:
    """What a verb needs beside the state."""
    if needs == "coupon":
        payments.apply_coupon(request=request, by=request.buyer, version=request.version, code="WELCOME", key=key())
    if needs == "offer":
        payments.offer_partial_refund(request=request, by=owner(request.channel), amount_minor=10_00, key=key())

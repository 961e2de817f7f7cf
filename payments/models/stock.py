"""Units that requests keep back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.requests import MoneyRequest


class Reservation(models.Model):
    """Units kept back for a request while it is being paid: reserved, then claimed by the payment or returned.

    For each product units = free (on the product) + reserved + claimed.
    """

    class State(models.TextChoices):
        RESERVED = "reserved", _("Reserved")
        CLAIMED = "claimed", _("Sold")
        RETURNED = "returned", _("Returned")

    request = models.ForeignKey(MoneyRequest, on_delete=models.PROTECT, related_name="reservations")
    product = models.ForeignKey("sellers.Product", null=True, on_delete=models.SET_NULL, related_name="reservations")
    variant = models.ForeignKey(
        "sellers.Variant", null=True, blank=True, on_delete=models.SET_NULL, related_name="reservations"
    )
    quantity = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RESERVED)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "product", "variant"],
                name="reserved_once",
                condition=~Q(state="returned"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="reservation_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}"

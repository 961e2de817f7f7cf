"""Staff's side of money. Nothing is edited: what moves money is a service, and every decision is in the audit log.

Who may what is set by Django's permissions: *view* shows a list and its pages; *change* of disputes decides them, of
payouts makes files and settles them, of refunds to cards notes what was sent back by hand, of payment attempts
charges back, of alerts clears them; *add* of entries records what a provider paid.
"""

from payments.admin import alerts, card_refunds, disputes, ledger, payouts, requests

__all__ = ["alerts", "card_refunds", "disputes", "ledger", "payouts", "requests"]

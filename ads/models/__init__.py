from ads.models.campaigns import Campaign
from ads.models.lines import CreditChange, CreditLine, Fund
from ads.models.statements import Repayment, Spending, Statement

__all__ = ["Campaign", "CreditChange", "CreditLine", "Fund", "Repayment", "Spending", "Statement"]

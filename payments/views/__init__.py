"""The pages of money: requests and their steps, paying, wallet, addresses, and the seller's desk."""

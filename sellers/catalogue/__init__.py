"""Catalogue files in the columns of the Google Merchant product format."""

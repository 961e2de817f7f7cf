"""Channels, what they sell, what they say, and who follows them."""

from sellers.models.bulk import BulkEdit, BulkRow
from sellers.models.categories import Attribute, Category
from sellers.models.channels import Channel, ChannelMember, ChannelTransition, Follow, Role
from sellers.models.checks import ListingCheck, ListingStep
from sellers.models.hooks import Delivery, Hook
from sellers.models.imports import ChannelExport, Import, ImportRow, ImportTransition, PostOrigin
from sellers.models.posts import Like, Post, PostEdit, PostPicture
from sellers.models.products import Product, Save, Variant

__all__ = [
    "Attribute",
    "BulkEdit",
    "BulkRow",
    "Category",
    "Channel",
    "ChannelExport",
    "ChannelMember",
    "ChannelTransition",
    "Delivery",
    "Follow",
    "Hook",
    "Import",
    "ImportRow",
    "ImportTransition",
    "Like",
    "ListingCheck",
    "ListingStep",
    "Post",
    "PostEdit",
    "PostOrigin",
    "PostPicture",
    "Product",
    "Role",
    "Save",
    "Variant",
]

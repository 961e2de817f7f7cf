"""Channels, what they sell, what they say, and who follows them."""

from sellers.models.categories import Attribute, Category
from sellers.models.channels import Channel, ChannelMember, ChannelTransition, Follow, Role
from sellers.models.hooks import Delivery, Hook
from sellers.models.posts import Like, Post, PostEdit, PostPicture
from sellers.models.products import Product, Save, Variant

__all__ = [
    "Attribute",
    "Category",
    "Channel",
    "ChannelMember",
    "ChannelTransition",
    "Delivery",
    "Follow",
    "Hook",
    "Like",
    "Post",
    "PostEdit",
    "PostPicture",
    "Product",
    "Role",
    "Save",
    "Variant",
]

"""Which column of a seller's table is which of ours, by the words of its header in three languages."""

import hashlib
import re
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core.folding import fold

# Ours, as the Google Merchant product format calls them, with what a seller reads.
FIELDS = {
    "id": _("Number (yours)"),
    "title": _("Title"),
    "description": _("Description"),
    "price": _("Price"),
    "sale_price": _("Sale price"),
    "quantity": _("Stock"),
    "availability": _("Availability"),
    "product_type": _("Category"),
    "image_link": _("Picture"),
    "additional_image_link": _("More pictures"),
    "brand": _("Brand"),
    "color": _("Color"),
    "size": _("Size"),
    "material": _("Material"),
    "condition": _("Condition"),
    "gtin": _("Barcode (GTIN)"),
    "mpn": _("Maker’s number (MPN)"),
    "google_product_category": _("Google’s category"),
    "product_detail": _("Details (name: value; …)"),
}
REQUIRED = ("title", "price")
_WORDS = {
    "id": "id sku code item_id product_id item_number number no ref handle شناسه کد کد_کالا کد_محصول "
    "شماره ردیف 編號 编号 貨號 货号 代碼 商品編號 商品编号 序號",
    "title": "title name product product_name product_title item item_name نام عنوان نام_کالا نام_محصول "
    "کالا محصول شرح_کالا 品名 名稱 名称 商品名稱 商品名称 標題 标题 商品 產品名稱",
    "description": "description body text details body_html about توضیح توضیحات شرح متن 描述 說明 说明 商品描述 商品說明 介紹 "
    "內容",
    "price": "price amount cost unit_price regular_price قیمت بها مبلغ فی قیمت_فروش قیمت_تومان قیمت_ریال "
    "價格 价格 售價 售价 單價 单价 價錢 定價",
    "sale_price": "sale_price special_price discount_price offer_price قیمت_ویژه قیمت_با_تخفیف قیمت_تخفیف "
    "قیمت_حراج 特價 特价 促銷價 优惠价 優惠價 折扣價",
    "quantity": "quantity qty stock inventory on_hand count stock_quantity موجودی تعداد موجودی_انبار 庫存 库存 "
    "數量 数量 存貨",
    "availability": "availability available in_stock stock_status status وضعیت وضعیت_موجودی موجود 供貨狀況 供货 狀態 状态",
    "product_type": "product_type type category categories department دسته دسته_بندی گروه گروه_کالا نوع 分類 分类 "
    "類別 类别 商品分類",
    "image_link": "image_link image picture photo image_url image_src picture_url main_image images عکس تصویر "
    "تصویر_اصلی لینک_تصویر عکس_محصول 圖片 图片 主圖 照片 圖片連結",
    "additional_image_link": "additional_image_link more_images gallery other_images additional_images تصاویر گالری "
    "تصاویر_دیگر 其他圖片 更多圖片 其他图片",
    "brand": "brand vendor manufacturer maker برند مارک سازنده 品牌 廠牌",
    "color": "color colour رنگ 顏色 颜色",
    "size": "size سایز اندازه 尺寸 尺碼 大小",
    "material": "material fabric جنس پارچه 材質 材料 材质",
    "condition": "condition نو_یا_کارکرده کیفیت شرایط 新舊 商品狀況",
    "gtin": "gtin ean upc barcode isbn بارکد 條碼 条码",
    "mpn": "mpn part_number model شماره_فنی مدل 型號 型号",
    "google_product_category": "google_product_category google_category",
    "product_detail": "product_detail product_details specifications specs مشخصات مشخصات_فنی 規格 规格",
}  # fmt: skip


def plain(name: str) -> str:
    """A header's name without what people write differently: case, spaces, letters of two keyboards, what is in
    brackets."""
    bare = re.sub(r"[(\[（].*?[)\]）]", " ", name)
    return "_".join(re.findall(r"\w+", fold(bare).replace("_", " ")))


_KNOWN = {plain(word): field for field, words in _WORDS.items() for word in words.split()}


def fingerprint(header: Sequence[str]) -> str:
    """The same for tables with the same columns in the same order."""
    return hashlib.sha256("\x1f".join(map(plain, header)).encode()).hexdigest()[:32]


def guess(header: Sequence[str]) -> list[str]:
    """For each column the field it seems to be, or ""; no field twice. Whole names first, then names that begin so."""
    names = [plain(name) for name in header]
    found = ["" for _name in names]
    for matches in (_KNOWN.get, _beginning):
        for at, name in enumerate(names):
            field = "" if found[at] else matches(name) or ""
            if field and field not in found:
                found[at] = field
    return found


def _beginning(name: str) -> str:
    """The field of the longest known word that the name begins or ends with."""
    words = [word for word in _KNOWN if len(word) > 1 and (name.startswith((word, f"{word}_")) or name.endswith(word))]
    return _KNOWN[max(words, key=len)] if words else ""


def missing(mapping: Sequence[str]) -> list[str]:
    """Names of the fields that no column fills and none can do without."""
    return [str(FIELDS[field]) for field in REQUIRED if field not in mapping]


def twice(mapping: Sequence[str]) -> list[str]:
    """Names of the fields that two columns fill."""
    return [str(FIELDS[field]) for field in FIELDS if list(mapping).count(field) > 1]

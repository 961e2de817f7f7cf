"""What a shop may say about a thing: the attributes that categories ask for, and their values.

Names, choices and units are English msgids, marked here and translated where they are shown. Sizes that are only
digits are msgids too, so that a language with digits of its own can write them.
"""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_noop as _


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """One question about a product; `choices` are (value slug, msgid) pairs in the order shoppers expect."""

    slug: str
    name: str
    kind: Literal["choice", "number", "text"]
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""  # of a number, as a msgid
    is_facet: bool = False  # can be filtered by
    is_variant: bool = False  # can differ between the variants of one product


COLORS = (
    ("black", _("Black")),
    ("white", _("White")),
    ("grey", _("Gray")),
    ("red", _("Red")),
    ("rose", _("Pink")),
    ("orange", _("Orange")),
    ("yellow", _("Yellow")),
    ("green", _("Green")),
    ("teal", _("Teal")),
    ("blue", _("Blue")),
    ("navy", _("Navy")),
    ("purple", _("Purple")),
    ("brown", _("Brown")),
    ("beige", _("Beige")),
    ("gold", _("Gold")),
    ("silver", _("Silver")),
    ("multicolor", _("Multicolor")),
)

SIZES = (
    ("xs", _("XS")),
    ("s", _("S")),
    ("m", _("M")),
    ("l", _("L")),
    ("xl", _("XL")),
    ("xxl", _("XXL")),
    ("one-size", _("One size")),
)

SHOE_SIZES = (
    ("35", _("35")),
    ("36", _("36")),
    ("37", _("37")),
    ("38", _("38")),
    ("39", _("39")),
    ("40", _("40")),
    ("41", _("41")),
    ("42", _("42")),
    ("43", _("43")),
    ("44", _("44")),
    ("45", _("45")),
    ("46", _("46")),
)

RING_SIZES = (
    ("46", _("46")),
    ("48", _("48")),
    ("50", _("50")),
    ("52", _("52")),
    ("54", _("54")),
    ("56", _("56")),
    ("58", _("58")),
    ("60", _("60")),
    ("62", _("62")),
    ("64", _("64")),
    ("adjustable", _("Adjustable")),
)

MATERIALS = (
    ("cotton", _("Cotton")),
    ("linen", _("Linen")),
    ("wool", _("Wool")),
    ("silk", _("Silk")),
    ("velvet", _("Velvet")),
    ("denim", _("Denim")),
    ("felt", _("Felt")),
    ("leather", _("Leather")),
    ("vegan-leather", _("Vegan leather")),
    ("polyester", _("Polyester")),
    ("wood", _("Wood")),
    ("wicker", _("Wicker & bamboo")),
    ("clay", _("Clay & stoneware")),
    ("porcelain", _("Porcelain")),
    ("glass", _("Glass")),
    ("stone", _("Stone & marble")),
    ("copper", _("Copper & brass")),
    ("steel", _("Steel")),
    ("iron", _("Iron")),
    ("sterling-silver", _("Sterling silver")),
    ("real-gold", _("Real gold")),
    ("paper", _("Paper & card")),
    ("plastic", _("Plastic")),
    ("wax", _("Wax")),
)

OCCASIONS = (
    ("birthday", _("Birthday")),
    ("anniversary", _("Anniversary")),
    ("wedding", _("Wedding")),
    ("new-baby", _("New baby")),
    ("housewarming", _("New home")),
    ("mothers-day", _("Mother’s Day")),
    ("nowruz", _("Nowruz")),
    ("yalda", _("Yalda night")),
    ("thank-you", _("To say thank you")),
)

STYLES = (
    ("minimal", _("Minimal")),
    ("classic", _("Classic")),
    ("modern", _("Modern")),
    ("vintage", _("Vintage")),
    ("boho", _("Boho")),
    ("rustic", _("Rustic")),
    ("traditional", _("Traditional")),
    ("playful", _("Playful")),
    ("sporty", _("Sporty")),
)

AGE_GROUPS = (
    ("baby", _("Under 1 year")),
    ("1-2", _("1 to 2 years")),
    ("3-5", _("3 to 5 years")),
    ("6-8", _("6 to 8 years")),
    ("9-12", _("9 to 12 years")),
    ("teen", _("Teens")),
)

GEMSTONES = (
    ("none", _("No stone")),
    ("turquoise", _("Turquoise")),
    ("agate", _("Agate")),
    ("pearl", _("Pearl")),
    ("lapis", _("Lapis lazuli")),
    ("ruby", _("Ruby")),
    ("emerald", _("Emerald")),
    ("jade", _("Jade")),
    ("amethyst", _("Amethyst")),
    ("diamond", _("Diamond")),
    ("other", _("Another stone")),
)

DIETS = (
    ("organic", _("Organic")),
    ("vegan", _("Vegan")),
    ("sugar-free", _("No added sugar")),
    ("gluten-free", _("Gluten-free")),
    ("no-additives", _("No preservatives")),
)

SCENTS = (
    ("unscented", _("Unscented")),
    ("floral", _("Floral")),
    ("citrus", _("Citrus")),
    ("woody", _("Woody")),
    ("spicy", _("Warm & spicy")),
    ("fresh", _("Fresh")),
    ("sweet", _("Sweet")),
)

SKIN_TYPES = (
    ("all-skin", _("All skin types")),
    ("dry", _("Dry")),
    ("oily", _("Oily")),
    ("combination", _("Combination")),
    ("sensitive", _("Sensitive")),
)

PLANT_LIGHT = (
    ("sunny", _("Full sun")),
    ("bright", _("Bright, no direct sun")),
    ("half-shade", _("Half shade")),
    ("shade", _("Happy in shade")),
)

PET_SAFETY = (
    ("yes", _("Safe for pets and children")),
    ("no", _("Keep away from pets")),
)

WASHING = (
    ("dishwasher", _("Dishwasher is fine")),
    ("by-hand", _("Wash by hand")),
)

BOOK_LANGUAGES = (
    ("fa", _("Persian")),
    ("en", _("English")),
    ("zh", _("Chinese")),
    ("ar", _("Arabic")),
    ("fr", _("French")),
    ("de", _("German")),
    ("other", _("Another language")),
)

FILM_FORMATS = (
    ("35mm", _("35 mm")),
    ("120", _("Medium format")),
    ("instant", _("Instant film")),
    ("large", _("Large format")),
)

CONNECTIONS = (
    ("wired", _("Wired")),
    ("bluetooth", _("Bluetooth")),
    ("wifi", _("Wi-Fi")),
    ("radio", _("Wireless receiver")),
)

PRINT_METHODS = (
    ("inkjet", _("Inkjet")),
    ("laser", _("Laser")),
    ("thermal", _("Thermal")),
    ("dot-matrix", _("Dot matrix")),
)

RAM_SIZES = (
    ("up-to-1gb", _("Up to 1 GB")),
    ("2gb", _("2 GB")),
    ("4gb", _("4 GB")),
    ("8gb", _("8 GB")),
    ("16gb", _("16 GB")),
    ("32gb", _("32 GB")),
    ("64gb-up", _("64 GB and more")),
)

STORAGE_SIZES = (
    ("up-to-32gb", _("Up to 32 GB")),
    ("64gb", _("64 GB")),
    ("128gb", _("128 GB")),
    ("256gb", _("256 GB")),
    ("512gb", _("512 GB")),
    ("1tb", _("1 TB")),
    ("2tb-up", _("2 TB and more")),
)

ATTRIBUTES: tuple[AttributeSpec, ...] = (
    AttributeSpec("color", _("Color"), "choice", COLORS, is_facet=True, is_variant=True),
    AttributeSpec("size", _("Size"), "choice", SIZES, is_facet=True, is_variant=True),
    AttributeSpec("shoe-size", _("Shoe size"), "choice", SHOE_SIZES, is_facet=True, is_variant=True),
    AttributeSpec("ring-size", _("Ring size"), "choice", RING_SIZES, is_facet=True, is_variant=True),
    AttributeSpec("material", _("Material"), "choice", MATERIALS, is_facet=True),
    AttributeSpec("occasion", _("Occasion"), "choice", OCCASIONS, is_facet=True),
    AttributeSpec("style", _("Style"), "choice", STYLES, is_facet=True),
    AttributeSpec("age-group", _("Age"), "choice", AGE_GROUPS, is_facet=True),
    AttributeSpec("gemstone", _("Stone"), "choice", GEMSTONES, is_facet=True),
    AttributeSpec("diet", _("Good to know"), "choice", DIETS, is_facet=True),
    AttributeSpec("scent", _("Scent"), "choice", SCENTS, is_facet=True),
    AttributeSpec("skin-type", _("Skin type"), "choice", SKIN_TYPES, is_facet=True),
    AttributeSpec("plant-light", _("Light it needs"), "choice", PLANT_LIGHT, is_facet=True),
    AttributeSpec("pet-safe", _("Safe for pets"), "choice", PET_SAFETY, is_facet=True),
    AttributeSpec("dishwasher-safe", _("Washing"), "choice", WASHING, is_facet=True),
    AttributeSpec("book-language", _("Book language"), "choice", BOOK_LANGUAGES, is_facet=True),
    AttributeSpec("film-format", _("Film format"), "choice", FILM_FORMATS, is_facet=True),
    AttributeSpec("connectivity", _("How it connects"), "choice", CONNECTIONS, is_facet=True),
    AttributeSpec("print-method", _("Printing"), "choice", PRINT_METHODS, is_facet=True),
    AttributeSpec("ram", _("Working memory"), "choice", RAM_SIZES, is_facet=True),
    AttributeSpec("storage-capacity", _("Storage"), "choice", STORAGE_SIZES, is_facet=True),
    AttributeSpec("brand", _("Brand"), "text"),
    AttributeSpec("author", _("Author"), "text"),
    AttributeSpec("publisher", _("Publisher"), "text"),
    AttributeSpec("compatible-with", _("Fits"), "text"),
    AttributeSpec("lens-mount", _("Lens mount"), "text"),
    AttributeSpec("focal-length", _("Focal length"), "text"),
    AttributeSpec("weight", _("Weight"), "number", unit=_("g")),
    AttributeSpec("volume", _("Volume"), "number", unit=_("ml")),
    AttributeSpec("capacity-liters", _("Capacity"), "number", unit=_("liters")),
    AttributeSpec("width-cm", _("Width"), "number", unit=_("cm")),
    AttributeSpec("height-cm", _("Height"), "number", unit=_("cm")),
    AttributeSpec("depth-cm", _("Depth"), "number", unit=_("cm")),
    AttributeSpec("length-cm", _("Length"), "number", unit=_("cm")),
    AttributeSpec("cable-length", _("Cable length"), "number", unit=_("m")),
    AttributeSpec("screen-size", _("Screen size"), "number", unit=_("inches")),
    AttributeSpec("megapixels", _("Picture resolution"), "number", unit=_("megapixels")),
    AttributeSpec("power", _("Power"), "number", unit=_("watts")),
    AttributeSpec("battery-capacity", _("Battery capacity"), "number", unit=_("mAh")),
    AttributeSpec("shelf-life", _("Keeps for"), "number", unit=_("days")),
    AttributeSpec("seats", _("Seats"), "number", unit=_("people")),
    AttributeSpec("pages", _("Pages"), "number", unit=_("pages")),
    AttributeSpec("page-yield", _("Prints about"), "number", unit=_("sheets")),
    AttributeSpec("pack-size", _("Pack size"), "number", unit=_("pieces")),
)

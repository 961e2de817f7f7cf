"""The shop's category tree, as plain data: roots and groups to browse, leaves to file products in.

Names are English msgids, marked here and translated where they are shown; icons are names of lucide. A category
asks for its own attributes and for those of everything above it. Slugs are addresses: add freely, rename never.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from sellers.taxonomy_attributes import ATTRIBUTES, AttributeSpec

__all__ = ["ATTRIBUTES", "CATEGORIES", "AttributeSpec", "CategorySpec", "attribute_slugs", "walk"]


@dataclass(frozen=True, slots=True)
class CategorySpec:
    """A category; one without children is a leaf, the only kind a product is filed in."""

    slug: str
    name: str
    icon: str
    attributes: tuple[str, ...] = ()
    children: tuple["CategorySpec", ...] = ()


BOOK = ("author", "publisher", "book-language")

GIFTS = (
    CategorySpec("gift-boxes", _("Gift boxes"), "package-open"),
    CategorySpec("gifts-for-her", _("Gifts for her"), "rose"),
    CategorySpec("gifts-for-him", _("Gifts for him"), "watch"),
    CategorySpec("gifts-for-kids", _("Gifts for little ones"), "balloon", ("age-group",)),
    CategorySpec("personalized-gifts", _("Personalized gifts"), "signature"),
    CategorySpec("cards-wrapping", _("Cards & wrapping"), "ribbon"),
    CategorySpec("party", _("Party & balloons"), "party-popper"),
)

BAGS = (
    CategorySpec("tote-bags", _("Tote bags"), "shopping-bag"),
    CategorySpec("handbags", _("Handbags"), "handbag"),
    CategorySpec("shoulder-bags", _("Shoulder bags"), "briefcase-business"),
    CategorySpec("backpacks", _("Backpacks"), "backpack", ("capacity-liters",)),
    CategorySpec("wallets", _("Wallets & card holders"), "wallet"),
    CategorySpec("laptop-bags", _("Laptop bags"), "briefcase", ("screen-size",)),
    CategorySpec("travel-bags", _("Suitcases & travel bags"), "luggage", ("capacity-liters",)),
    CategorySpec("pouches", _("Pouches & make-up bags"), "paper-bag"),
)

WOMEN = (
    CategorySpec("women-dresses", _("Dresses"), "flower-2"),
    CategorySpec("women-coats", _("Women’s coats & manteaus"), "cloud-snow"),
    CategorySpec("women-tops", _("Blouses & tops"), "shirt"),
    CategorySpec("women-knitwear", _("Women’s knitwear"), "spool"),
    CategorySpec("women-skirts", _("Skirts"), "cone"),
    CategorySpec("women-trousers", _("Women’s trousers"), "ruler"),
    CategorySpec("women-scarves", _("Scarves & shawls"), "wind"),
    CategorySpec("women-sleepwear", _("Women’s sleepwear"), "moon"),
)

MEN = (
    CategorySpec("men-shirts", _("Men’s shirts"), "shirt"),
    CategorySpec("men-knitwear", _("Men’s knitwear"), "spool"),
    CategorySpec("men-jackets", _("Men’s jackets & coats"), "cloud-snow"),
    CategorySpec("men-trousers", _("Men’s trousers & jeans"), "ruler"),
    CategorySpec("men-suits", _("Suits"), "briefcase-business"),
)

CLOTHES = (
    CategorySpec("women", _("Women"), "venus", (), WOMEN),
    CategorySpec("men", _("Men"), "mars", (), MEN),
    CategorySpec("tshirts", _("T-shirts & hoodies"), "shirt"),
    CategorySpec("hats", _("Hats, gloves & socks"), "hat-glasses"),
    CategorySpec("belts", _("Belts & ties"), "link"),
    CategorySpec("sunglasses", _("Sunglasses & frames"), "glasses"),
    CategorySpec("traditional-dress", _("Traditional dress"), "sparkles"),
)

SHOES = (
    CategorySpec("sneakers", _("Sneakers"), "sport-shoe"),
    CategorySpec("heels", _("Heels"), "gem"),
    CategorySpec("flats", _("Flats & loafers"), "footprints"),
    CategorySpec("boots", _("Boots"), "mountain-snow"),
    CategorySpec("sandals", _("Sandals"), "sun"),
    CategorySpec("dress-shoes", _("Dress shoes"), "briefcase-business"),
    CategorySpec("slippers", _("House slippers"), "house-heart"),
    CategorySpec("handmade-shoes", _("Handmade shoes & giveh"), "hand-heart"),
)

HOME = (
    CategorySpec("pottery", _("Pottery & ceramics"), "amphora", ("dishwasher-safe", "height-cm")),
    CategorySpec("teapots-cups", _("Teapots & cups"), "coffee", ("volume", "dishwasher-safe")),
    CategorySpec("tableware", _("Plates & bowls"), "soup", ("dishwasher-safe",)),
    CategorySpec("cookware", _("Pots & pans"), "cooking-pot", ("volume",)),
    CategorySpec("kitchen-tools", _("Kitchen tools"), "utensils"),
    CategorySpec("kitchen-appliances", _("Kitchen appliances"), "blender", ("brand", "power")),
    CategorySpec("cushions-throws", _("Cushions & throws"), "sofa"),
    CategorySpec("bedding", _("Bedding"), "bed-double"),
    CategorySpec("rugs", _("Rugs & kilims"), "grid-3x3", ("width-cm", "length-cm")),
    CategorySpec("table-bath-linen", _("Tablecloths & towels"), "towel-rack"),
    CategorySpec("candles", _("Candles & home scents"), "flame", ("scent",)),
    CategorySpec("lighting", _("Lamps & lighting"), "lamp", ("power",)),
    CategorySpec("decor", _("Vases & decor"), "flower"),
    CategorySpec("clocks-mirrors", _("Clocks & mirrors"), "clock"),
    CategorySpec("wall-art", _("Frames & wall decor"), "frame"),
    CategorySpec("baskets", _("Baskets & organizers"), "shopping-basket"),
    CategorySpec("cleaning", _("Cleaning & laundry"), "brush-cleaning"),
)

PLANTS = (
    CategorySpec("houseplants", _("Houseplants"), "leaf", ("plant-light", "pet-safe", "height-cm")),
    CategorySpec("cacti", _("Cacti & succulents"), "shrub", ("plant-light", "pet-safe")),
    CategorySpec("bonsai", _("Bonsai"), "tree-pine", ("plant-light", "pet-safe", "height-cm")),
    CategorySpec("cut-flowers", _("Flowers & bouquets"), "flower-2", ("occasion", "color", "pet-safe")),
    CategorySpec("seeds", _("Seeds & bulbs"), "bean", ("plant-light",)),
    CategorySpec("planters", _("Pots & planters"), "cylinder", ("color", "material", "height-cm")),
    CategorySpec("plant-care", _("Soil & plant care"), "shovel"),
    CategorySpec("garden", _("Garden & balcony"), "trees"),
)

FOOD = (
    CategorySpec("honey-jam", _("Honey & jam"), "hexagon"),
    CategorySpec("nuts", _("Nuts & dried fruit"), "nut"),
    CategorySpec("sweets", _("Sweets & chocolate"), "candy"),
    CategorySpec("bread-cake", _("Bread & cake"), "croissant"),
    CategorySpec("tea-coffee", _("Tea & coffee"), "coffee"),
    CategorySpec("spices", _("Saffron & spices"), "flower"),
    CategorySpec("oils-pickles", _("Oils, pickles & olives"), "droplet"),
    CategorySpec("rice-grains", _("Rice, grains & beans"), "wheat"),
    CategorySpec("dairy", _("Cheese & dairy"), "milk"),
    CategorySpec("drinks", _("Syrups & herbal waters"), "glass-water"),
    CategorySpec("home-meals", _("Home-cooked food"), "chef-hat"),
)

JEWELRY = (
    CategorySpec("rings", _("Rings"), "gem", ("ring-size",)),
    CategorySpec("necklaces", _("Necklaces & pendants"), "circle-small"),
    CategorySpec("earrings", _("Earrings"), "ear"),
    CategorySpec("bracelets", _("Bracelets & bangles"), "torus"),
    CategorySpec("anklets", _("Anklets"), "footprints"),
    CategorySpec("brooches", _("Brooches & hairpins"), "pin"),
    CategorySpec("jewelry-sets", _("Jewelry sets"), "crown"),
    CategorySpec("watches", _("Watches"), "watch", ("brand",)),
)

KIDS = (
    CategorySpec("baby-clothes", _("Baby clothes"), "baby"),
    CategorySpec("kids-clothes", _("Kids’ clothes & shoes"), "shirt"),
    CategorySpec("wooden-toys", _("Wooden toys"), "blocks"),
    CategorySpec("soft-toys", _("Soft toys"), "panda"),
    CategorySpec("dolls-figures", _("Dolls & figures"), "smile"),
    CategorySpec("puzzles-games", _("Puzzles & board games"), "puzzle"),
    CategorySpec("building-toys", _("Building toys"), "toy-brick"),
    CategorySpec("toy-vehicles", _("Cars & trains"), "train-front"),
    CategorySpec("outdoor-play", _("Kites & outdoor play"), "volleyball"),
    CategorySpec("baby-care", _("Baby care"), "bath"),
    CategorySpec("nursery", _("Nursery"), "bed-single"),
)

CAMERAS = (
    CategorySpec("digital-cameras", _("Digital cameras"), "camera", ("megapixels",)),
    CategorySpec("film-cameras", _("Film cameras"), "film", ("film-format",)),
    CategorySpec("instant-cameras", _("Instant cameras"), "image", ("film-format",)),
    CategorySpec("camcorders", _("Camcorders & action cams"), "video", ("megapixels",)),
    CategorySpec("lenses", _("Lenses"), "aperture", ("lens-mount", "focal-length")),
    CategorySpec("lens-filters", _("Filters & lens accessories"), "circle-dot", ("lens-mount",)),
    CategorySpec("camera-film", _("Film & darkroom"), "clapperboard", ("film-format",)),
    CategorySpec("tripods", _("Tripods & stands"), "cone"),
    CategorySpec("camera-bags", _("Camera bags & straps"), "briefcase"),
    CategorySpec("photo-lighting", _("Flashes & studio lights"), "zap", ("power",)),
    CategorySpec("drones", _("Drones"), "drone"),
    CategorySpec("binoculars", _("Binoculars & telescopes"), "binoculars"),
)

BEAUTY = (
    CategorySpec("skincare", _("Skin care"), "droplets", ("skin-type",)),
    CategorySpec("haircare", _("Hair care"), "shower-head"),
    CategorySpec("makeup", _("Make-up"), "paintbrush", ("color", "skin-type")),
    CategorySpec("perfume", _("Perfume"), "spray-can", ("scent",)),
    CategorySpec("soap", _("Handmade soap"), "soap-dispenser-droplet", ("scent", "skin-type")),
    CategorySpec("bath-body", _("Bath & body"), "bath", ("scent", "skin-type")),
    CategorySpec("nails", _("Nails"), "hand", ("color",)),
    CategorySpec("grooming", _("Shaving & grooming"), "scissors"),
    CategorySpec("beauty-devices", _("Hair dryers & beauty devices"), "wind", ("brand", "power")),
)

FURNITURE = (
    CategorySpec("chairs", _("Chairs & stools"), "rocking-chair"),
    CategorySpec("sofas", _("Sofas & armchairs"), "armchair", ("seats",)),
    CategorySpec("tables", _("Tables"), "table-2", ("seats",)),
    CategorySpec("desks", _("Desks"), "lamp-desk"),
    CategorySpec("office-chairs", _("Office chairs"), "armchair"),
    CategorySpec("shelves", _("Shelves & bookcases"), "shelving-unit"),
    CategorySpec("beds", _("Beds"), "bed"),
    CategorySpec("wardrobes", _("Wardrobes & drawers"), "door-closed"),
    CategorySpec("outdoor-furniture", _("Garden furniture"), "parasol"),
)

MUSIC = (
    CategorySpec("guitars", _("Guitars & ukuleles"), "guitar", ("color",)),
    CategorySpec("persian-strings", _("Tar, setar & oud"), "music-3", ("material",)),
    CategorySpec("violins", _("Violins & bowed strings"), "music-2"),
    CategorySpec("pianos", _("Pianos & keyboards"), "piano", ("color",)),
    CategorySpec("percussion", _("Drums, daf & tonbak"), "drum"),
    CategorySpec("winds", _("Flutes & winds"), "music-4"),
    CategorySpec("music-accessories", _("Strings & accessories"), "metronome"),
    CategorySpec("studio-stage", _("Studio & stage"), "mic-vocal"),
    CategorySpec("records", _("Records, tapes & CDs"), "disc-3"),
)

BOOKS = (
    CategorySpec("fiction", _("Novels & stories"), "book-open-text", (*BOOK, "pages")),
    CategorySpec("poetry", _("Poetry"), "feather", (*BOOK, "pages")),
    CategorySpec("nonfiction", _("Ideas & non-fiction"), "lightbulb", (*BOOK, "pages")),
    CategorySpec("cookbooks-crafts", _("Cooking, craft & travel books"), "book-heart", (*BOOK, "pages")),
    CategorySpec("kids-books", _("Children’s books"), "book-image", (*BOOK, "age-group")),
    CategorySpec("textbooks", _("Learning & textbooks"), "graduation-cap", (*BOOK, "pages")),
    CategorySpec("comics", _("Comics & magazines"), "newspaper", BOOK),
    CategorySpec("rare-books", _("Old & rare books"), "library", (*BOOK, "pages")),
    CategorySpec("notebooks", _("Notebooks & planners"), "notebook-pen", ("color", "pages")),
    CategorySpec("pens", _("Pens & pencils"), "pen-line", ("color",)),
    CategorySpec("paper-labels", _("Paper & labels"), "sticky-note", ("color", "pack-size")),
    CategorySpec("office-supplies", _("Office & filing"), "folder-open", ("color", "brand")),
)

COMPUTERS = (
    CategorySpec("laptops", _("Laptops"), "laptop", ("screen-size", "ram", "storage-capacity")),
    CategorySpec("desktops", _("Desktop computers"), "pc-case", ("ram", "storage-capacity")),
    CategorySpec("monitors", _("Monitors"), "monitor", ("screen-size",)),
    CategorySpec("servers", _("Servers & racks"), "server"),
    CategorySpec("laptop-accessories", _("Laptop stands & screen filters"), "laptop-minimal", ("screen-size",)),
    CategorySpec("keyboards-mice", _("Keyboards & mice"), "keyboard", ("connectivity",)),
    CategorySpec("webcams", _("Webcams & microphones"), "webcam", ("connectivity",)),
    CategorySpec("gaming", _("Gaming & consoles"), "gamepad-2"),
    CategorySpec("software", _("Software"), "app-window"),
)

COMPUTER_PARTS = (
    CategorySpec("processors", _("Processors"), "cpu"),
    CategorySpec("memory", _("Memory"), "memory-stick", ("ram",)),
    CategorySpec("motherboards", _("Motherboards"), "circuit-board"),
    CategorySpec("graphics-cards", _("Graphics cards"), "gpu", ("ram",)),
    CategorySpec("drives", _("Hard drives & SSDs"), "hard-drive", ("storage-capacity",)),
    CategorySpec("flash-storage", _("Memory cards & USB sticks"), "usb", ("storage-capacity",)),
    CategorySpec("optical-media", _("Disc drives, discs & tapes"), "disc", ("pack-size",)),
    CategorySpec("cases-cooling", _("Cases, power supplies & fans"), "fan", ("power",)),
    CategorySpec("components-other", _("Other computer parts"), "microchip"),
)

PRINTING = (
    CategorySpec("printers", _("Printers"), "printer", ("connectivity", "print-method")),
    CategorySpec("scanners", _("Scanners & copiers"), "scan-line", ("connectivity",)),
    CategorySpec("ink", _("Ink cartridges"), "droplet", ("page-yield", "compatible-with")),
    CategorySpec("toner", _("Toner & drums"), "cylinder", ("page-yield", "compatible-with")),
    CategorySpec("printer-parts", _("Printer parts & trays"), "wrench", ("compatible-with",)),
    CategorySpec("label-printers", _("Label makers & tape"), "tag", ("compatible-with",)),
)

CABLES_POWER = (
    CategorySpec("cables", _("Cables"), "cable", ("cable-length",)),
    CategorySpec("network-cables", _("Network cables"), "ethernet-port", ("cable-length",)),
    CategorySpec("adapters", _("Adapters & converters"), "unplug"),
    CategorySpec("hubs-docks", _("Hubs, docks & switches"), "usb"),
    CategorySpec("chargers", _("Chargers & power supplies"), "plug-zap", ("power",)),
    CategorySpec("batteries", _("Batteries & power banks"), "battery-charging", ("battery-capacity",)),
    CategorySpec("power-protection", _("Backup power & surge protection"), "plug", ("power",)),
)

NETWORKING = (
    CategorySpec("routers", _("Routers & modems"), "router", ("connectivity",)),
    CategorySpec("network-switches", _("Network switches"), "network"),
    CategorySpec("network-cards", _("Network cards & modules"), "ethernet-port", ("connectivity",)),
    CategorySpec("security-cameras", _("Security cameras"), "cctv", ("connectivity",)),
)

PHONES_TABLETS = (
    CategorySpec("phones", _("Phones"), "smartphone", ("storage-capacity", "ram")),
    CategorySpec("tablets", _("Tablets & e-readers"), "tablet", ("screen-size", "storage-capacity")),
    CategorySpec("phone-cases", _("Phone & tablet cases"), "book-lock", ("material", "compatible-with")),
    CategorySpec("phone-accessories", _("Phone accessories"), "smartphone-charging", ("compatible-with",)),
    CategorySpec("smartwatches", _("Smartwatches & trackers"), "watch", ("connectivity",)),
    CategorySpec("landline-phones", _("Home & office phones"), "phone"),
)

SOUND_VISION = (
    CategorySpec("headphones", _("Headphones & headsets"), "headphones", ("connectivity",)),
    CategorySpec("speakers", _("Speakers"), "speaker", ("connectivity", "power")),
    CategorySpec("audio-players", _("Radios, players & hi-fi"), "radio", ("connectivity",)),
    CategorySpec("tvs", _("Televisions"), "tv", ("screen-size",)),
    CategorySpec("media-players", _("Media players & receivers"), "tv-minimal-play", ("connectivity",)),
    CategorySpec("projectors", _("Projectors & screens"), "projector"),
    CategorySpec("mounts", _("Wall mounts & stands"), "wallpaper", ("screen-size",)),
)

ELECTRONICS = (
    CategorySpec("computers", _("Computers"), "computer", (), COMPUTERS),
    CategorySpec("computer-parts", _("Computer parts"), "circuit-board", (), COMPUTER_PARTS),
    CategorySpec("printing", _("Printers & ink"), "printer", (), PRINTING),
    CategorySpec("cables-power", _("Cables & power"), "cable", (), CABLES_POWER),
    CategorySpec("networking", _("Networking"), "network", (), NETWORKING),
    CategorySpec("phones-tablets", _("Phones & tablets"), "smartphone", (), PHONES_TABLETS),
    CategorySpec("sound-vision", _("Sound & vision"), "monitor-speaker", (), SOUND_VISION),
    CategorySpec("smart-home", _("Smart home"), "house-wifi", ("connectivity",)),
    CategorySpec("home-appliances", _("Home appliances"), "washing-machine", ("power",)),
    CategorySpec("car-electronics", _("Car electronics"), "car"),
    CategorySpec("electronics-other", _("Other electronics"), "package"),
)

SPORTS = (
    CategorySpec("fitness", _("Fitness & yoga"), "dumbbell", ("weight",)),
    CategorySpec("sportswear", _("Sportswear"), "shirt", ("size",)),
    CategorySpec("cycling", _("Cycling"), "bike"),
    CategorySpec("camping", _("Camping"), "tent"),
    CategorySpec("hiking", _("Hiking & climbing"), "mountain"),
    CategorySpec("ball-games", _("Ball games"), "volleyball"),
    CategorySpec("water-sports", _("Swimming & water"), "waves-horizontal"),
    CategorySpec("winter-sports", _("Winter sports"), "snowflake"),
    CategorySpec("fishing", _("Fishing"), "fishing-rod"),
    CategorySpec("chess-backgammon", _("Chess & backgammon"), "chess-knight", ("material",)),
)

ART = (
    CategorySpec("paintings", _("Paintings"), "brush", ("width-cm", "height-cm")),
    CategorySpec("prints", _("Prints & posters"), "image", ("width-cm", "height-cm")),
    CategorySpec("calligraphy", _("Calligraphy"), "signature", ("width-cm", "height-cm")),
    CategorySpec("sculpture", _("Sculpture"), "pyramid", ("height-cm",)),
    CategorySpec("miniature-khatam", _("Miniature & khatam"), "hexagon"),
    CategorySpec("metalwork", _("Copper & enamel work"), "hammer"),
    CategorySpec("handweaving", _("Weaving & embroidery"), "spool"),
    CategorySpec("yarn-fabric", _("Yarn & fabric"), "scissors", ("color",)),
    CategorySpec("art-supplies", _("Paints & art supplies"), "paintbrush-vertical", ("color",)),
    CategorySpec("craft-kits", _("Craft kits"), "tool-case"),
)

CATEGORIES: tuple[CategorySpec, ...] = (
    CategorySpec("gifts", _("Gifts"), "gift", ("occasion", "color", "material"), GIFTS),
    CategorySpec("bags", _("Bags"), "handbag", ("color", "material", "style"), BAGS),
    CategorySpec("clothes", _("Clothes"), "shirt", ("color", "size", "material", "style"), CLOTHES),
    CategorySpec("shoes", _("Shoes"), "sport-shoe", ("color", "shoe-size", "material", "style"), SHOES),
    CategorySpec("home", _("Home & kitchen"), "house", ("color", "material", "style"), HOME),
    CategorySpec("plants", _("Plants"), "sprout", (), PLANTS),
    CategorySpec("food", _("Food"), "cookie", ("diet", "weight", "shelf-life"), FOOD),
    CategorySpec("jewelry", _("Jewelry"), "gem", ("color", "material", "gemstone", "style"), JEWELRY),
    CategorySpec("kids", _("Kids & toys"), "baby", ("age-group", "color", "material"), KIDS),
    CategorySpec("cameras", _("Cameras"), "camera", ("brand", "color"), CAMERAS),
    CategorySpec("beauty", _("Beauty"), "sparkles", ("volume",), BEAUTY),
    CategorySpec(
        "furniture",
        _("Furniture"),
        "sofa",
        ("color", "material", "style", "width-cm", "height-cm", "depth-cm"),
        FURNITURE,
    ),
    CategorySpec("music", _("Music"), "music", ("brand",), MUSIC),
    CategorySpec("books", _("Books & stationery"), "book-open", (), BOOKS),
    CategorySpec("electronics", _("Electronics"), "cpu", ("brand", "color"), ELECTRONICS),
    CategorySpec("sports", _("Sports & outdoors"), "bike", ("color", "brand"), SPORTS),
    CategorySpec("art", _("Art & craft"), "palette", ("material", "style"), ART),
)


def walk(
    categories: tuple[CategorySpec, ...] = CATEGORIES, above: tuple[CategorySpec, ...] = ()
) -> Iterator[tuple[CategorySpec, ...]]:
    """Every category as its path from the root (itself last), parents before children, in display order."""
    for category in categories:
        path = (*above, category)
        yield path
        yield from walk(category.children, path)


def attribute_slugs(path: tuple[CategorySpec, ...]) -> tuple[str, ...]:
    """What a category at the end of `path` asks for: its root's attributes first, each once."""
    return tuple(dict.fromkeys(slug for category in path for slug in category.attributes))

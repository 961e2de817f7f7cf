"""Which leaf a catalogue's row belongs to, by the words of its title; the first rule that fits wins.

Parts and supplies come before the machines they are for: a "toner for LaserJet printers" is toner.
"""

import re

OTHER = "electronics-other"

_RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("label-printers", (
        r"label[- ]?maker", r"label[- ]?making", r"label printer", r"label tape", r"\bdymo\b",
        r"inscription (tape|label)",
    )),
    ("paper-labels", (
        r"\bherma\b", r"\blabels?\b", r"photo paper", r"(inkjet|printing|matte?|glossy|copy|bond|fine art) paper",
        r"paper roll", r"\bpaper\b(?!.*(tray|feed|jam))", r"transparenc(y|ies)", r"envelope", r"\bcanvas\b",
    )),
    ("projectors", (r"\blamp\b.*elplp", r"projector lamp", r"projection lamp", r"replacement lamp",)),
    ("toner", (r"toner", r"drum unit", r"imaging (unit|drum|kit)", r"\bdrum\b", r"developer",)),
    ("ink", (r"\bink\b", r"cartridge", r"printhead", r"print head", r"ribbon", r"singlepack", r"multipack",)),
    ("ink", (r"\boriginal\b.*(black|cyan|magenta|yellow|gr[ae]y)", r"(black|cyan|magenta|yellow).*\boriginal\b",)),
    ("printer-parts", (
        r"fuser", r"transfer (belt|unit|kit)", r"(paper|input|sheet|output) (tray|feeder|cassette)",
        r"maintenance kit", r"\broller", r"printer (cabinet|stand|accessor)", r"duplex unit", r"finisher",
        r"stapler?", r"waste",
    )),
    ("phones", (r"dual sim", r"single sim", r"\bsmartphone\b(?!.*(case|cover|holder))", r"\biphone \d",)),
    ("power-protection", (
        r"\bups\b", r"uninterruptible", r"surge", r"power distribution", r"\bpdu\b", r"smart-ups", r"back-ups",
        r"power strip", r"outlet\(s\)", r"replacement battery cartridge", r"line conditioner",
    )),
    ("laptop-bags", (
        r"notebook (case|bag)", r"laptop (bag|case)", r"notebook.*(messenger|backpack|sleeve|briefcase)",
        r"(backpack|messenger|sleeve|briefcase|carrying case).*notebook", r"\btopload", r"\bbackpack\b",
        r"case \d.*notebook",
    )),
    ("laptop-accessories", (
        r"privacy (filter|screen)", r"display privacy", r"screen (filter|protector)",
        r"notebook (stand|arm|lock|dock|spare|cooling)", r"cable lock", r"docking station",
    )),
    ("lenses", (r"\blens(es)?\b(?!.*(hood|cap|filter|case|camera|projector))", r"\bmacro lens", r"telephoto",)),
    ("lens-filters", (
        r"lens (hood|cap|filter|case|cover)", r"camera filter", r"\bfilter \d", r"polari[sz]", r"lens adapter",
        r"tele converter",
    )),
    ("camera-bags", (r"camera case", r"camera bag", r"camera.*(pouch|case|strap|backpack)",)),
    ("tripods", (r"tripod", r"monopod",)),
    ("camcorders", (r"camcorder", r"action (sports )?camera",)),
    ("binoculars", (r"binocular", r"telescope", r"microscope",)),
    ("security-cameras", (r"(security|surveillance|ip) camera", r"\bcctv\b", r"\bnvr\b", r"\bdvr\b",)),
    ("digital-cameras", (
        r"digital camera", r"compact camera", r"\bslr\b", r"bridge camera", r"camera body", r"megapixel.*camera",
        r"camera.*\bmp\b",
    )),
    ("photo-lighting", (r"camera flash", r"speedlite", r"studio light",)),
    ("webcams", (r"web ?cam", r"microphone",)),
    ("headphones", (r"headphone", r"headset", r"earphone", r"earbud", r"ear-?cup",)),
    ("projectors", (r"projector", r"projection (screen|lamp)", r"projector lamp", r"\blumens\b",)),
    ("mounts", (
        r"wall mount", r"flat panel.*mount", r"mounting (kit|bracket)", r"monitor (mount|arm|stand)", r"tv mount",
        r"ceiling mount", r"desk mount", r"\bmount\b.*(screen|display|tv)", r"newstar", r"vesa",
    )),
    ("speakers", (r"loudspeaker", r"speaker(?!phone)", r"soundbar", r"sound bar", r"subwoofer",)),
    ("audio-players", (
        r"\b(cd|dvd|blu-ray|mp3|mp4|media) (player|radio|recorder)", r"boombox", r"radio\b", r"hi-?fi",
        r"home (cinema|audio|theater)", r"audio system", r"turntable", r"\bav receiver", r"amplifier", r"walkman",
        r"clock radio", r"dictaphone", r"portable (stereo|player)",
    )),
    ("media-players", (
        r"media (player|receiver|center)", r"set-top", r"tv tuner", r"satellite receiver", r"streaming",
        r"digital (photo|picture) frame",
    )),
    ("tvs", (r"\btv\b(?!.*(cable|remote|antenna))", r"television",)),
    ("network-cables", (
        r"(cat ?\.?[3-8][ea]?\b|category [3-8]|patch|networking|ethernet|rj-?45).*(cable|cord|lead)",
        r"(fib(er|re) optic|multimode|u/utp|s/ftp|snagless|utp\b).*(cable|cord|lead)",
        r"(cable|cord|lead).*(cat ?\.?[5-8]|rj-?45|fib(er|re)|patch|networking|utp|multimode)", r"networking cable",
        r"fib(er|re) optic cable", r"patch (cable|cord)",
    )),
    ("cases-cooling", (
        r"power supply unit", r"\bpsu\b", r"\batx\b.*\bw\b", r"computer case", r"\btower\b.*case", r"midi-?tower",
        r"cpu cooler", r"\bcooler\b", r"heatsink", r"\bfan\b", r"computer cooling",
    )),
    ("adapters", (
        r"patch panel", r"coupler", r"keystone", r"\bconnectors?\b(?!.*(fan|cooler))", r"gender changer",
        r"\bgender\b", r"cable interface", r"converter", r"\badapter\b(?!.*(power|network|ac ))", r"splitter",
        r"extender", r"transceiver.*media",
    )),
    ("hubs-docks", (
        r"kvm", r"\bhub\b", r"\busb.*dock", r"port replicator", r"video switch", r"hdmi switch", r"splitter",
    )),
    ("network-cards", (r"network(ing)? card",)),
    ("chargers", (r"(power )?(adapter/inverter|charger|power adapter|ac adapter|power supply|inverter)(?! unit)",)),
    ("cables", (r"\bcables?\b", r"\bcord\b", r"\blead\b", r"\bm/[mf]\b", r"\bf/f\b",)),
    ("batteries", (r"batter(y|ies)", r"power ?bank", r"\bmah\b",)),
    ("laptops", (
        r"(notebook|laptop|netbook|chromebook|ultrabook|hybrid \(2-in-1\)).*(\bgb\b|ghz|windows|\bcm\b)",
        r"thinkpad", r"elitebook", r"probook", r"\blatitude\b", r"\bvaio\b", r"macbook", r"travelmate", r"ideapad",
        r"pavilion.*notebook", r"satellite pro", r"toughbook",
    )),
    ("motherboards", (r"motherboard", r"mainboard", r"\blga \d+.*(atx|ddr)",)),
    ("graphics-cards", (r"graphics (card|adapter)", r"geforce", r"radeon", r"quadro", r"firepro", r"\bgtx\b",)),
    ("servers", (
        r"\b(nas|rack|blade) (server|chassis|cabinet|enclosure)", r"poweredge", r"proliant",
        r"\bserver\b(?!.*(memory|processor|\bram\b|print))", r"rack (cabinet|shelf|mount|rail|console)",
        r"\brack\b", r"blanking panel", r"supermicro", r"system x\b", r"\bnas\b", r"disk array", r"storage server",
    )),
    ("desktops", (
        r"all-in-one (pc|workstation)", r"\bpcs?\b.*(windows|core|pentium|celeron|athlon|desktop)",
        r"desktop (pc|computer)", r"workstation", r"mini-?pc", r"nettop", r"thin client",
        r"(tower|sff|usff|desktop).*(ddr|\bgb\b).*(pc|workstation)", r"compaq d[cx]", r"elitedesk", r"prodesk",
        r"thinkcentre", r"optiplex", r"veriton", r"compaq .*(tower|minitower)",
    )),
    ("flash-storage", (
        r"memory card", r"flash (card|memory)", r"usb (flash|stick|drive)", r"micro ?sd", r"\bsd(hc|xc)\b",
        r"compact ?flash", r"memory stick", r"flash drive", r"card reader",
    )),
    ("memory", (
        r"memory module", r"\bddr\d?\b", r"\b[sd]d?ram\b", r"so-?dimm", r"\bdimm\b", r"\becc\b", r"ddr\d?-sdram",
        r"\bmemory\b",
    )),
    ("processors", (
        r"\bprocessor\b", r"\bxeon\b", r"core ?(™|\(tm\))? ?(i\d|2)", r"celeron", r"pentium", r"opteron", r"athlon",
        r"ryzen", r"\bepyc\b",
    )),
    ("drives", (
        r"hard (disk|drive)", r"\bhdd\b", r"\bssd\b", r"solid state", r"internal drive", r"external drive",
        r"disk drive", r"hard drive", r"drive (bay|enclosure|cage)", r"\bsas\b", r"storage drive",
    )),
    ("optical-media", (
        r"\b(cd|dvd|bd|blu-ray)[-+]?(r|rw|rom|re)?\b", r"\blto\b", r"data cartridge",
        r"tape (drive|cartridge|media)", r"blank (data|video) tape", r"backup tape", r"optical d",
        r"audio/video cassette", r"storage media",
    )),
    ("monitors", (
        r"monitor\b", r"lcd (display|panel)", r"signage display", r"computer screen", r"touch ?screen",
        r"led display", r"flat panel",
    )),
    ("keyboards-mice", (
        r"keyboard", r"mouse", r"mice\b", r"trackball", r"numeric keypad", r"presenter", r"input device",
        r"graphic tablet", r"mouse pad",
    )),
    ("scanners", (r"scanner", r"\bcopier\b", r"photocopier", r"fax machine",)),
    ("printers", (
        r"printer", r"multifunction", r"laserjet", r"deskjet", r"officejet", r"designjet", r"photosmart",
        r"\bphaser\b", r"workcentre", r"\bppm\b", r"\bdpi\b.*(inkjet|laser)", r"stylus",
    )),
    ("network-switches", (r"network (switch|equipment)", r"\bswitch\b", r"poe injector", r"\bmanaged\b.*(l2|l3)",)),
    ("routers", (
        r"router", r"modem", r"access point", r"gateway", r"repeater", r"\bwlan\b", r"wireless lan", r"powerline",
        r"\bfirewall",
    )),
    ("network-cards", (
        r"network (card|adapter|interface|module|media)", r"\bsfp\+?\b", r"gbic", r"mbit/s", r"transceiver",
        r"interface cards/adapter", r"\bnic\b",
    )),
    ("phone-cases", (
        r"(phone|tablet|ipad|iphone|mobile|galaxy).*(case|cover|folio|pouch|skin)",
        r"(case|cover|folio|pouch|skin).*(phone|tablet|ipad|iphone|galaxy)",
    )),
    ("smartwatches", (r"smart ?watch", r"activity tracker", r"fitness tracker", r"wearable",)),
    ("phones", (r"smartphone", r"mobile phone", r"\bxperia\b", r"\biphone \d", r"galaxy s\d",)),
    ("tablets", (r"\btablet\b", r"\bipad\b", r"e-?book reader", r"e-?reader",)),
    ("landline-phones", (
        r"(ip|dect|analog|corded|cordless|conference)[ -](tele)?phone", r"telephone", r"speakerphone", r"\bvoip\b",
        r"caller id",
    )),
    ("phone-accessories", (
        r"(mobile phone|smartphone|car) (holder|kit|charger|mount)", r"selfie", r"stylus pen", r"screen protector",
    )),
    ("car-electronics", (r"car (audio|navigation|media|video)", r"\bgps\b", r"navigator", r"dash ?cam",)),
    ("gaming", (
        r"\bgame\b.*(pad|controller|console)", r"gaming", r"playstation", r"\bxbox\b", r"nintendo", r"joystick",
        r"video game",
    )),
    ("software", (
        r"windows (server|xp|vista|7|10|small)", r"office \d", r"\blicen[cs]e", r"software", r"antivirus",
        r"subscription", r"upgrade (license|plan)", r"photoshop", r"acrobat", r"\bcal\b", r"service (pack|plan)",
        r"warranty", r"care ?pack", r"support",
    )),
    ("home-appliances", (
        r"washing machine", r"dishwasher", r"refrigerator", r"fridge", r"freezer", r"dryer", r"oven", r"\bhob\b",
        r"vacuum", r"air condition", r"cooker hood", r"iron\b", r"humidifier", r"air purifier", r"fan heater",
    )),
    ("kitchen-appliances", (
        r"coffee", r"kettle", r"toaster", r"blender", r"mixer", r"juicer", r"fryer", r"microwave",
        r"food processor", r"bread ?maker",
    )),
    ("grooming", (r"shaver", r"trimmer", r"epilator", r"toothbrush", r"hair clipper",)),
    ("beauty-devices", (r"hair (dryer|straightener|styler)", r"curling",)),
    ("baby-care", (
        r"baby (bottle|monitor|care)", r"breast pump", r"bottle", r"soother", r"pacifier", r"teat", r"nipple",
    )),
    ("puzzles-games", (r"board game", r"puzzle", r"card game",)),
    ("dolls-figures", (r"\b(toy|doll|figure|playset|paw patrol|spin master)\b", r"\bpc\(s\)\b.*(toy|play)",)),
    ("lighting", (r"\blamp\b", r"\bbulb\b", r"light(ing)?\b(?!.*(weight|pen))", r"luminaire", r"\bled\b.*\blm\b",)),
    ("smart-home", (
        r"smart (home|plug|bulb|light)", r"thermostat", r"alarm", r"doorbell", r"motion (sensor|detector)",
    )),
    ("office-supplies", (
        r"\bbinder", r"folder", r"stapler", r"laminat", r"shredder", r"file", r"calculator", r"whiteboard",
        r"\bdesk\b", r"pen\b", r"marker", r"tape\b",
    )),
    ("components-other", (
        r"\bcontroller\b", r"\braid\b", r"interface card", r"sound card", r"tv card", r"\bpci\b", r"expansion",
        r"\bspare\b", r"\bslot\b",
    )),
    ("desktops", (r"\bram\b", r"\bghz\b.*\bgb\b",)),
)  # fmt: skip
_COMPILED = tuple((re.compile("|".join(patterns)), slug) for slug, patterns in _RULES)
SLUGS = frozenset({OTHER, *(slug for slug, _patterns in _RULES)})


def guess_leaf(kind: str, title: str) -> str:
    """The slug of the leaf that fits the file's own category words, else the title; ``electronics-other`` if none."""
    for words in (kind.lower(), title.lower()):
        for pattern, slug in _COMPILED if words else ():
            if pattern.search(words):
                return slug
    return OTHER

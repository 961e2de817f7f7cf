"""Which leaf a catalogue's row belongs to, by the words of its title; the first rule that fits wins.

Parts and supplies come before the machines they are for: a "toner for LaserJet printers" is toner.
"""

import re

OTHER = "electronics-other"

_RULES: tuple[tuple[str, str], ...] = (
    (r"label[- ]?maker|label[- ]?making|label printer|label tape|\bdymo\b|inscription (tape|label)", "label-printers"),
    (r"\bherma\b|\blabels?\b|photo paper|(inkjet|printing|matte?|glossy|copy|bond|fine art) paper|paper roll|\bpaper\b(?!.*(tray|feed|jam))|transparenc(y|ies)|envelope|\bcanvas\b", "paper-labels"),
    (r"\blamp\b.*elplp|projector lamp|projection lamp|replacement lamp", "projectors"),
    (r"toner|drum unit|imaging (unit|drum|kit)|\bdrum\b|developer", "toner"),
    (r"\bink\b|cartridge|printhead|print head|ribbon|singlepack|multipack", "ink"),
    (r"\boriginal\b.*(black|cyan|magenta|yellow|gr[ae]y)|(black|cyan|magenta|yellow).*\boriginal\b", "ink"),
    (r"fuser|transfer (belt|unit|kit)|(paper|input|sheet|output) (tray|feeder|cassette)|maintenance kit|\broller|printer (cabinet|stand|accessor)|duplex unit|finisher|stapler?|waste", "printer-parts"),
    (r"dual sim|single sim|\bsmartphone\b(?!.*(case|cover|holder))|\biphone \d", "phones"),
    (r"\bups\b|uninterruptible|surge|power distribution|\bpdu\b|smart-ups|back-ups|power strip|outlet\(s\)|replacement battery cartridge|line conditioner", "power-protection"),
    (r"notebook (case|bag)|laptop (bag|case)|notebook.*(messenger|backpack|sleeve|briefcase)|(backpack|messenger|sleeve|briefcase|carrying case).*notebook|\btopload|\bbackpack\b|case \d.*notebook", "laptop-bags"),
    (r"privacy (filter|screen)|display privacy|screen (filter|protector)|notebook (stand|arm|lock|dock|spare|cooling)|cable lock|docking station", "laptop-accessories"),
    (r"\blens(es)?\b(?!.*(hood|cap|filter|case|camera|projector))|\bmacro lens|telephoto", "lenses"),
    (r"lens (hood|cap|filter|case|cover)|camera filter|\bfilter \d|polari[sz]|lens adapter|tele converter", "lens-filters"),
    (r"camera case|camera bag|camera.*(pouch|case|strap|backpack)", "camera-bags"),
    (r"tripod|monopod", "tripods"),
    (r"camcorder|action (sports )?camera", "camcorders"),
    (r"binocular|telescope|microscope", "binoculars"),
    (r"(security|surveillance|ip) camera|\bcctv\b|\bnvr\b|\bdvr\b", "security-cameras"),
    (r"digital camera|compact camera|\bslr\b|bridge camera|camera body|megapixel.*camera|camera.*\bmp\b", "digital-cameras"),
    (r"camera flash|speedlite|studio light", "photo-lighting"),
    (r"web ?cam|microphone", "webcams"),
    (r"headphone|headset|earphone|earbud|ear-?cup", "headphones"),
    (r"projector|projection (screen|lamp)|projector lamp|\blumens\b", "projectors"),
    (r"wall mount|flat panel.*mount|mounting (kit|bracket)|monitor (mount|arm|stand)|tv mount|ceiling mount|desk mount|\bmount\b.*(screen|display|tv)|newstar|vesa", "mounts"),
    (r"loudspeaker|speaker(?!phone)|soundbar|sound bar|subwoofer", "speakers"),
    (r"\b(cd|dvd|blu-ray|mp3|mp4|media) (player|radio|recorder)|boombox|radio\b|hi-?fi|home (cinema|audio|theater)|audio system|turntable|\bav receiver|amplifier|walkman|clock radio|dictaphone|portable (stereo|player)", "audio-players"),
    (r"media (player|receiver|center)|set-top|tv tuner|satellite receiver|streaming|digital (photo|picture) frame", "media-players"),
    (r"\btv\b(?!.*(cable|remote|antenna))|television", "tvs"),
    (r"(cat ?\.?[3-8][ea]?\b|category [3-8]|patch|networking|ethernet|rj-?45|fib(er|re) optic|multimode|u/utp|s/ftp|snagless|utp\b).*(cable|cord|lead)|(cable|cord|lead).*(cat ?\.?[5-8]|rj-?45|fib(er|re)|patch|networking|utp|multimode)|networking cable|fib(er|re) optic cable|patch (cable|cord)", "network-cables"),
    (r"power supply unit|\bpsu\b|\batx\b.*\bw\b|computer case|\btower\b.*case|midi-?tower|cpu cooler|\bcooler\b|heatsink|\bfan\b|computer cooling", "cases-cooling"),
    (r"patch panel|coupler|keystone|\bconnectors?\b(?!.*(fan|cooler))|gender changer|\bgender\b|cable interface|converter|\badapter\b(?!.*(power|network|ac ))|splitter|extender|transceiver.*media", "adapters"),
    (r"kvm|\bhub\b|\busb.*dock|port replicator|video switch|hdmi switch|splitter", "hubs-docks"),
    (r"network(ing)? card", "network-cards"),
    (r"(power )?(adapter/inverter|charger|power adapter|ac adapter|power supply|inverter)(?! unit)", "chargers"),
    (r"\bcables?\b|\bcord\b|\blead\b|\bm/[mf]\b|\bf/f\b", "cables"),
    (r"batter(y|ies)|power ?bank|\bmah\b", "batteries"),
    (r"(notebook|laptop|netbook|chromebook|ultrabook|hybrid \(2-in-1\)).*(\bgb\b|ghz|windows|\bcm\b)|thinkpad|elitebook|probook|\blatitude\b|\bvaio\b|macbook|travelmate|ideapad|pavilion.*notebook|satellite pro|toughbook", "laptops"),
    (r"motherboard|mainboard|\blga \d+.*(atx|ddr)", "motherboards"),
    (r"graphics (card|adapter)|geforce|radeon|quadro|firepro|\bgtx\b", "graphics-cards"),
    (r"\b(nas|rack|blade) (server|chassis|cabinet|enclosure)|poweredge|proliant|\bserver\b(?!.*(memory|processor|\bram\b|print))|rack (cabinet|shelf|mount|rail|console)|\brack\b|blanking panel|supermicro|system x\b|\bnas\b|disk array|storage server", "servers"),
    (r"all-in-one (pc|workstation)|\bpcs?\b.*(windows|core|pentium|celeron|athlon|desktop)|desktop (pc|computer)|workstation|mini-?pc|nettop|thin client|(tower|sff|usff|desktop).*(ddr|\bgb\b).*(pc|workstation)|compaq d[cx]|elitedesk|prodesk|thinkcentre|optiplex|veriton|compaq .*(tower|minitower)", "desktops"),
    (r"memory card|flash (card|memory)|usb (flash|stick|drive)|micro ?sd|\bsd(hc|xc)\b|compact ?flash|memory stick|flash drive|card reader", "flash-storage"),
    (r"memory module|\bddr\d?\b|\b[sd]d?ram\b|so-?dimm|\bdimm\b|\becc\b|ddr\d?-sdram|\bmemory\b", "memory"),
    (r"\bprocessor\b|\bxeon\b|core ?(™|\(tm\))? ?(i\d|2)|celeron|pentium|opteron|athlon|ryzen|\bepyc\b", "processors"),
    (r"hard (disk|drive)|\bhdd\b|\bssd\b|solid state|internal drive|external drive|disk drive|hard drive|drive (bay|enclosure|cage)|\bsas\b|storage drive", "drives"),
    (r"\b(cd|dvd|bd|blu-ray)[-+]?(r|rw|rom|re)?\b|\blto\b|data cartridge|tape (drive|cartridge|media)|blank (data|video) tape|backup tape|optical d|audio/video cassette|storage media", "optical-media"),
    (r"monitor\b|lcd (display|panel)|signage display|computer screen|touch ?screen|led display|flat panel", "monitors"),
    (r"keyboard|mouse|mice\b|trackball|numeric keypad|presenter|input device|graphic tablet|mouse pad", "keyboards-mice"),
    (r"scanner|\bcopier\b|photocopier|fax machine", "scanners"),
    (r"printer|multifunction|laserjet|deskjet|officejet|designjet|photosmart|\bphaser\b|workcentre|\bppm\b|\bdpi\b.*(inkjet|laser)|stylus", "printers"),
    (r"network (switch|equipment)|\bswitch\b|poe injector|\bmanaged\b.*(l2|l3)", "network-switches"),
    (r"router|modem|access point|gateway|repeater|\bwlan\b|wireless lan|powerline|\bfirewall", "routers"),
    (r"network (card|adapter|interface|module|media)|\bsfp\+?\b|gbic|mbit/s|transceiver|interface cards/adapter|\bnic\b", "network-cards"),
    (r"(phone|tablet|ipad|iphone|mobile|galaxy).*(case|cover|folio|pouch|skin)|(case|cover|folio|pouch|skin).*(phone|tablet|ipad|iphone|galaxy)", "phone-cases"),
    (r"smart ?watch|activity tracker|fitness tracker|wearable", "smartwatches"),
    (r"smartphone|mobile phone|\bxperia\b|\biphone \d|galaxy s\d", "phones"),
    (r"\btablet\b|\bipad\b|e-?book reader|e-?reader", "tablets"),
    (r"(ip|dect|analog|corded|cordless|conference)[ -](tele)?phone|telephone|speakerphone|\bvoip\b|caller id", "landline-phones"),
    (r"(mobile phone|smartphone|car) (holder|kit|charger|mount)|selfie|stylus pen|screen protector", "phone-accessories"),
    (r"car (audio|navigation|media|video)|\bgps\b|navigator|dash ?cam", "car-electronics"),
    (r"\bgame\b.*(pad|controller|console)|gaming|playstation|\bxbox\b|nintendo|joystick|video game", "gaming"),
    (r"windows (server|xp|vista|7|10|small)|office \d|\blicen[cs]e|software|antivirus|subscription|upgrade (license|plan)|photoshop|acrobat|\bcal\b|service (pack|plan)|warranty|care ?pack|support", "software"),
    (r"washing machine|dishwasher|refrigerator|fridge|freezer|dryer|oven|\bhob\b|vacuum|air condition|cooker hood|iron\b|humidifier|air purifier|fan heater", "home-appliances"),
    (r"coffee|kettle|toaster|blender|mixer|juicer|fryer|microwave|food processor|bread ?maker", "kitchen-appliances"),
    (r"shaver|trimmer|epilator|toothbrush|hair clipper", "grooming"),
    (r"hair (dryer|straightener|styler)|curling", "beauty-devices"),
    (r"baby (bottle|monitor|care)|breast pump|bottle|soother|pacifier|teat|nipple", "baby-care"),
    (r"board game|puzzle|card game", "puzzles-games"),
    (r"\b(toy|doll|figure|playset|paw patrol|spin master)\b|\bpc\(s\)\b.*(toy|play)", "dolls-figures"),
    (r"\blamp\b|\bbulb\b|light(ing)?\b(?!.*(weight|pen))|luminaire|\bled\b.*\blm\b", "lighting"),
    (r"smart (home|plug|bulb|light)|thermostat|alarm|doorbell|motion (sensor|detector)", "smart-home"),
    (r"\bbinder|folder|stapler|laminat|shredder|file|calculator|whiteboard|\bdesk\b|pen\b|marker|tape\b", "office-supplies"),
    (r"\bcontroller\b|\braid\b|interface card|sound card|tv card|\bpci\b|expansion|\bspare\b|\bslot\b", "components-other"),
    (r"\bram\b|\bghz\b.*\bgb\b", "desktops"),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), slug) for pattern, slug in _RULES)
SLUGS = frozenset({OTHER, *(slug for _pattern, slug in _RULES)})


def guess_leaf(kind: str, title: str) -> str:
    """The slug of the leaf that fits the file's own category words, else the title; ``electronics-other`` if none."""
    for words in (kind.lower(), title.lower()):
        for pattern, slug in _COMPILED if words else ():
            if pattern.search(words):
                return slug
    return OTHER

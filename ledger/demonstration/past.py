"""The year behind: jobs that were posted, chosen, done, charged and rated."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Past:
    """
    One finished job. `days_ago` is when it was published, `price` what such work usually costs
    in EUR, `chosen` the provider, `bidders` all who bid.
    """

    days_ago: int
    department: str
    category: str
    title: str
    need: str
    price: int
    bidders: tuple[str, ...]
    chosen: str
    reason_code: str
    reason: str
    late_days: int = 0  # how much later than promised it was delivered
    returned: str = ""  # what was missing at the first delivery
    liked: int = 0  # points more or less than the provider usually gets


EVENTS = ("events-team", "vera", "lumen")
PRINT = ("print-room", "paperline")
IT = ("it-studio", "brightwire")
WORDS = ("language-desk", "polyglot")
HOUSE = ("house-crew", "cleanway")

PAST = [
    Past(338, "marketing", "events", "Spring trade fair: the stand and its evening",
         "A stand of 60 m² for four days, and a dinner for 80 customers on the second evening.",
         38_000, EVENTS, "vera", "quality",
         "Their stand lets people try the instruments instead of looking at them behind glass."),
    Past(331, "people", "translation", "Staff handbook in German and French",
         "120 pages of plain English. The tone must stay friendly.",
         9_600, WORDS, "language-desk", "best_value",
         "Fewest points and lowest price point the same way; they kept our terms last time."),
    Past(322, "sales", "print", "Price lists for spring",
         "4,000 copies, 24 pages, stapled, on uncoated paper.",
         5_200, PRINT, "paperline", "price",
         "Large run on offset: nobody else comes near the price."),
    Past(314, "research", "it", "Booking page for the test benches",
         "A page on which teams book a bench by the hour and see who has it.",
         14_500, IT, "it-studio", "experience",
         "They built the bench network and need no introduction to it."),
    Past(305, "marketing", "events", "Dealer conference",
         "Two days, 140 dealers, one plenary, six workshops, one evening by the river.",
         39_000, EVENTS, "lumen", "quality",
         "The idea of letting dealers build the programme themselves won the whole table.",
         late_days=3),
    Past(296, "people", "facilities", "Moving People and Culture to the second floor",
         "32 desks, one weekend, nothing lost.",
         7_400, HOUSE, "house-crew", "best_value",
         "Best value on both views, and they know which doors are too narrow."),
    Past(287, "sales", "it", "Configurator for the handheld series",
         "Customers pick options and see a price; sales gets the result by mail.",
         31_000, IT, "brightwire", "quality",
         "Their first sketch was already usable on a phone.", liked=1),
    Past(276, "marketing", "print", "Posters for the open house",
         "300 posters in three sizes, weatherproof.",
         2_400, PRINT, "print-room", "dates",
         "They could deliver the next morning; the others needed a week.", liked=1),
    Past(268, "research", "translation", "Manual of the M40 in Spanish",
         "86 pages with drawings; terms from the earlier manual.",
         6_100, WORDS, "polyglot", "price",
         "A fifth cheaper, and the earlier manual gives them the terms.",
         returned="Chapter 4 still uses the terms of another series.", liked=-1),
    Past(259, "marketing", "events", "Open house for neighbours",
         "One Saturday, 600 visitors, tours of the workshop, something for children.",
         21_000, EVENTS, "events-team", "experience",
         "They know every corner of the workshop, and the neighbours know them.", liked=0),
    Past(247, "people", "events", "Summer party",
         "260 colleagues and their families, outdoors, with a plan for rain.",
         27_500, EVENTS, "events-team", "best_value",
         "Leads on quality and on price, with the same caterer as last year."),
    Past(239, "sales", "translation", "Offers in French within a day",
         "A standing promise: up to four pages, answered within one business day, for six months.",
         8_800, WORDS, "language-desk", "quality",
         "The trial page read as if it had been written in French."),
    Past(228, "it", "print", "Labels for 1,800 machines",
         "Numbered, oil-proof, on rolls.",
         3_100, PRINT, "paperline", "quality",
         "Their foil survived our test with the cutting oil; the other did not."),
    Past(219, "services", "facilities", "New floor for the canteen",
         "210 m², in two weekends, while the kitchen goes on.",
         24_000, HOUSE, "cleanway", "dates",
         "Only they could start before the summer.", late_days=6, liked=-1),
    Past(208, "research", "it", "Archive of measurements, readable again",
         "Twelve years of files in four formats, searchable by instrument and date.",
         19_000, IT, "it-studio", "price",
         "Same quality on paper and 3,000 less on both views."),
    Past(197, "marketing", "events", "Press morning for the M50",
         "30 journalists, two hours, one instrument to touch.",
         12_000, EVENTS, "lumen", "quality",
         "They understood that two hours are short, and cut our programme by half.", liked=1),
    Past(186, "sales", "events", "Autumn sales meeting",
         "Three days off site for 45, with room to work and to walk.",
         33_000, EVENTS, "events-team", "price",
         "Same house, same days, 4,100 less than the agency asks.", liked=0),
    Past(176, "people", "print", "Welcome boxes",
         "150 boxes with a booklet, a card and a pencil that writes.",
         6_300, PRINT, "print-room", "quality",
         "The sample felt like a present; the other like a parcel."),
    Past(163, "marketing", "it", "Microsite for the M50",
         "Five pages, film, form; live on the day of the press morning.",
         17_500, IT, "brightwire", "dates",
         "They commit to the day and named the person who answers for it."),
    Past(152, "research", "facilities", "Darkroom back into a laboratory",
         "Walls, water, light, and the smell gone.",
         16_800, HOUSE, "house-crew", "experience",
         "They closed the darkroom in 2011 and know where the pipes are.",
         returned="The extractor hood is not connected yet."),
    Past(141, "marketing", "translation", "M50 brochure in six languages",
         "12 pages, marketing copy, all at once.",
         11_400, WORDS, "polyglot", "capacity",
         "Six languages in one week is more than our own desk can take on."),
    Past(128, "sales", "events", "Customer day north",
         "70 customers, one day, three instruments, lunch that does not last two hours.",
         18_500, EVENTS, "vera", "price",
         "Lower on both views, and their hall is five minutes from the station.", late_days=1),
    Past(117, "people", "it", "Holiday planner on the phone",
         "See the team's holidays and ask for one's own, on a phone, in half a minute.",
         22_000, IT, "it-studio", "best_value",
         "Best value; it has to live beside the payroll system, which they run.", liked=1),
    Past(104, "marketing", "print", "Catalogue for winter",
         "6,000 copies, 96 pages, thread-sewn.",
         28_000, PRINT, "paperline", "best_value",
         "Best value by far: our own presses are not made for thread."),
    Past(93, "research", "events", "Symposium on small forces",
         "120 scientists, two days, posters, good coffee at all times.",
         26_500, EVENTS, "events-team", "quality",
         "The poster walk through the workshop is the best idea of the three.", liked=0),
    Past(81, "it", "facilities", "Cooling for the server room",
         "Replace two units without a stop.",
         19_500, HOUSE, "house-crew", "quality",
         "They wrote down, hour by hour, how the room stays cold meanwhile."),
    Past(68, "sales", "print", "Cards and folders for the fair",
         "5,000 cards, 2,000 folders, two languages.",
         4_700, PRINT, "print-room", "best_value",
         "Lowest price this time, and proofs the same afternoon."),
    Past(57, "marketing", "events", "Launch evening of the M50",
         "160 guests, one instrument, no speeches over five minutes.",
         39_500, EVENTS, "events-team", "quality",
         "For the first time their concept beat both agencies on the page.", liked=0),
]  # fmt: skip

"""The jobs of these weeks, each at another point of its life."""

from dataclasses import dataclass

from ledger.demonstration.past import EVENTS, HOUSE, IT, PRINT, WORDS


@dataclass(frozen=True, slots=True)
class Present:
    """
    A job that is under way. `until` names the last thing that happened to it; `days_ago` is when
    it was published.
    """

    days_ago: int
    until: str
    department: str
    category: str
    title: str
    need: str
    price: int
    bidders: tuple[str, ...]
    chosen: str = ""
    reason_code: str = ""
    reason: str = ""
    days_open: int = 10
    past: int = 0  # what past ratings weigh


PRESENT = [
    Present(0, "draft", "marketing", "events", "Customer day south",
            "80 customers in one day; where, is still open.", 0, ()),
    Present(3, "open", "marketing", "events", "New Year reception",
            "180 guests, one evening in January, music that lets people talk.", 29_000,
            ("events-team", "vera"), days_open=9, past=20),
    Present(5, "asked", "people", "translation", "Code of conduct in four languages",
            "18 pages; every employee must understand every sentence.", 5_400,
            ("polyglot",), days_open=11),
    Present(4, "open", "research", "print", "Calendars with photographs from the laboratory",
            "900 wall calendars, A3, on heavy paper.", 8_200, ("print-room",), days_open=8),
    Present(12, "opened", "marketing", "events", "Winter trade fair: stand and evening",
            "A stand of 80 m² for five days, and one evening for 100 customers that they remember.",
            38_500, EVENTS, days_open=10, past=20),
    Present(11, "opened", "sales", "it", "Portal on which customers see their repairs",
            "A customer types a number and sees where the instrument is, and until when.", 36_000,
            IT, days_open=9),
    Present(34, "delivered", "people", "events", "Anniversary: fifty years of Northmere",
            "One day for 400 people, from the founders' bench to the newest apprentice.", 39_800,
            EVENTS, "events-team", "experience",
            "Nobody outside could tell this story; and their price holds against both agencies."),
    Present(29, "in delivery", "research", "it", "Calibration records on paper-free forms",
            "Forms on a tablet, signed, filed, found again.", 24_500, IT, "brightwire", "quality",
            "Their prototype worked with gloves on."),
    Present(26, "returned", "services", "facilities", "Meeting rooms that one can hear in",
            "Six rooms; people on the screen should be understood.", 13_800, HOUSE, "house-crew",
            "best_value", "Best value, and they measured the echo before they wrote a price."),
    Present(31, "to rate", "sales", "translation", "Contract terms in Polish and Czech",
            "40 pages of legal text, checked by a second reader.", 7_900, WORDS, "language-desk",
            "quality", "They named the second reader, and she is a lawyer."),
    Present(49, "disputed", "marketing", "print", "Invitations for the anniversary",
            "450 invitations, letterpress, envelopes addressed by hand.", 6_800, PRINT, "paperline",
            "dates", "The only ones who had the press free in time."),
    Present(16, "cancelled", "sales", "facilities", "Showroom at the railway station",
            "Fit out 60 m² for one year.", 39_000, HOUSE, days_open=12),
    Present(38, "not awarded", "people", "it", "Chat for questions to People and Culture",
            "Answers the forty questions that everybody asks.", 15_000, IT),
]  # fmt: skip

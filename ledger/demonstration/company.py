"""Who there is at Northmere Instruments. Every name is invented."""

from dataclasses import dataclass

DOMAIN = "northmere.example"
PASSWORD = "the-choice-is-yours"  # noqa: S105 - printed for everybody who tries it

# Departments: code, name, cost centre, the one above, budget for a year in EUR.
DEPARTMENTS = [
    ("board", "Northmere Instruments", "1000", "", 0),
    ("commercial", "Commercial", "2000", "board", 80_000),
    ("marketing", "Marketing", "2100", "commercial", 240_000),
    ("sales", "Sales", "2200", "commercial", 180_000),
    ("research", "Research", "3100", "board", 200_000),
    ("people", "People and Culture", "4100", "board", 170_000),
    ("services", "Shared Services", "5000", "board", 50_000),
    ("events", "Events and Hospitality", "5100", "services", 30_000),
    ("print", "Print and Mail", "5200", "services", 20_000),
    ("it", "Information Technology", "5300", "services", 90_000),
    ("languages", "Languages", "5400", "services", 20_000),
    ("facilities", "Facilities", "5500", "services", 80_000),
]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at work: an address before the @, a name, and a place."""

    code: str
    name: str
    place: str = ""  # a department, team or vendor
    role: str = ""  # there
    office: str = ""  # in the company
    shown: str = ""  # why one would sign in as them; empty for the others


PEOPLE = [
    Person("maya", "Maya Brandt", "marketing", "head", shown="head of Marketing: posts, chooses"),
    Person("rolf", "Rolf Iversen", "marketing", "requester", shown="requester in Marketing"),
    Person("tomas", "Tomas Weil", "sales", "head"),
    Person("ines", "Ines Kovar", "research", "head"),
    Person("hanna", "Hanna Soll", "people", "head", shown="head of People and Culture"),
    Person("gerda", "Gerda Lind", "commercial", "head", shown="head above Marketing and Sales"),
    Person("edda", "Edda Norring", "board", "head"),
    Person("paul", "Paul Ferrant", "services", "head"),
    Person("ruth", "Ruth Calder", "events", "head"),
    Person("emil", "Emil Sander", "print", "head"),
    Person("anton", "Anton Vries", "it", "head"),
    Person("mireille", "Mireille Dahl", "languages", "head"),
    Person("igor", "Igor Baum", "facilities", "head"),
    Person("pia", "Pia Roth", "events-team", "lead", shown="leads the in-house events team"),
    Person("nils", "Nils Aske", "events-team", "member"),
    Person("bruno", "Bruno Hart", "print-room", "lead"),
    Person("lena", "Lena Okafor", "it-studio", "lead"),
    Person("marek", "Marek Dvor", "language-desk", "lead"),
    Person("jo", "Jo Meller", "house-crew", "lead"),
    Person("vera", "Vera Lund", "vera", "lead", shown="runs Vera & Co, an outside agency"),
    Person("otto", "Otto Brandl", "lumen", "lead", shown="runs Lumen, another one"),
    Person("sofia", "Sofia Marsh", "paperline", "lead"),
    Person("hugo", "Hugo Senn", "brightwire", "lead"),
    Person("amara", "Amara Cole", "polyglot", "lead"),
    Person("klaus", "Klaus Ried", "cleanway", "lead"),
    Person("finn", "Finn Adler", office="finance", shown="finance: budgets, statements, disputes"),
    Person("selma", "Selma Noor", office="finance", shown="finance too: signs what Finn asks for"),
    Person("ada", "Ada Quist", office="auditor", shown="auditor: reads all that is open"),
]
ADMINISTRATOR = Person("adam", "Adam Reyes", shown="administrator: people, departments, providers")

CATEGORIES = [
    ("events", "Events"),
    ("print", "Print"),
    ("it", "IT and web"),
    ("translation", "Translation"),
    ("facilities", "Facilities"),
]


@dataclass(frozen=True, slots=True)
class Provider:
    """A team or a vendor, and how it tends to work."""

    code: str
    name: str
    kind: str  # the category it works in
    department: str  # a team's; empty for a vendor
    description: str
    price: float  # beside the usual price of such a job
    quality: int  # quarters it usually reaches
    kind_to_people: int  # points, 1 to 5, that it usually gets


PROVIDERS = [
    Provider(
        "events-team",
        "Events team",
        "events",
        "events",
        "Five people who have run every customer day since 2014. We know the house and its guests.",
        0.97,
        3,
        5,
    ),
    Provider(
        "vera",
        "Vera & Co",
        "events",
        "",
        "Agency for launches and dinners, up to 400 guests. Own stage and light crew.",
        1.04,
        3,
        4,
    ),
    Provider(
        "lumen",
        "Lumen",
        "events",
        "",
        "Ideas first: spaces, light and stories for brands. A small studio with a large network.",
        1.18,
        4,
        4,
    ),
    Provider(
        "print-room",
        "Print room",
        "print",
        "print",
        "Two digital presses in the basement; proofs within the hour, boxes at your door.",
        0.9,
        3,
        5,
    ),
    Provider(
        "paperline",
        "Paperline",
        "print",
        "",
        "Offset and finishing in large runs; recycled papers; delivery in three days.",
        0.86,
        3,
        3,
    ),
    Provider(
        "it-studio",
        "IT studio",
        "it",
        "it",
        "Web pages, small tools and the systems behind them, by the people who run your network.",
        0.95,
        3,
        4,
    ),
    Provider(
        "brightwire",
        "Brightwire",
        "it",
        "",
        "Product design and web engineering in one team; accessibility is where we begin.",
        1.12,
        4,
        4,
    ),
    Provider(
        "language-desk",
        "Language desk",
        "translation",
        "languages",
        "German, French and Spanish, with our own terms kept since 2009.",
        1.0,
        4,
        5,
    ),
    Provider(
        "polyglot",
        "Polyglot House",
        "translation",
        "",
        "Forty languages, native reviewers, overnight if need be.",
        0.88,
        3,
        3,
    ),
    Provider(
        "house-crew",
        "House crew",
        "facilities",
        "facilities",
        "Moves, repairs, rooms and gardens on all three sites.",
        0.96,
        3,
        4,
    ),
    Provider(
        "cleanway",
        "Cleanway",
        "facilities",
        "",
        "Cleaning, moving and small works with one number to call.",
        0.93,
        2,
        3,
    ),
]

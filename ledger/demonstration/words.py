"""What bidders write, what they are judged on, and what judges write."""

CRITERIA = {
    "events": [
        ("Idea", 40, "What will our guests tell others afterwards?"),
        ("Running of the day", 40, "Who does what, hour by hour, and what if it rains?"),
        ("Care for guests", 20, "How are guests received, guided, fed and sent home?"),
    ],
    "print": [
        ("Print quality", 50, "Which paper, which press, which proof?"),
        ("Delivery", 50, "When are the boxes where they are needed?"),
    ],
    "it": [
        ("Fit for its users", 40, "How will the people who use it be asked and heard?"),
        ("Soundness", 40, "How is it tested, secured and handed over?"),
        ("Afterwards", 20, "Who mends it next year?"),
    ],
    "translation": [
        ("Language", 60, "Who translates, who reads again, whose terms?"),
        ("Reliability", 40, "How do you keep a date when somebody is ill?"),
    ],
    "facilities": [
        ("Way of working", 60, "How does our work go on meanwhile?"),
        ("Safety", 40, "Which rules apply and who watches them?"),
    ],
}

# Words for 0, ¼, ½, ¾ and 1; the same for every criterion here.
LEVELS = (
    "Not addressed",
    "Promised, without who or when",
    "A plan with gaps",
    "A full plan, with names and dates",
    "A full plan, proven on work like this",
)

APPROACHES = {
    "events-team": (
        "One of us is with you from the first walk through the room to the last guest. We begin "
        "with what your guests should remember, then build the day backwards from there. Two "
        "meetings, a written plan by the hour, and a rehearsal on the day before."
    ),
    "vera": (
        "We bring stage, light and sound with our own crew and vehicles, so nothing is hired at "
        "the last minute. A producer of ours stays on site for as long as your people are there."
    ),
    "lumen": (
        "We propose one idea and carry it through everything a guest sees: invitation, room, "
        "food, light. You see a model of the room two weeks ahead and can still say no."
    ),
    "print-room": (
        "Proof on the final paper within a day, printed in the house, carried to your door. If "
        "a word is wrong, call until four and the new plate is made the same evening."
    ),
    "paperline": (
        "Offset on recycled paper, finished under one roof. We deliver on pallets in three "
        "working days after your approval; express in two."
    ),
    "it-studio": (
        "We sit with the people who will use it for a day before we write anything. Every second "
        "Friday there is something to try. We run it afterwards, with the systems it lives on."
    ),
    "brightwire": (
        "A designer and two engineers, from sketch to operation. Tested with people who use a "
        "keyboard only, or a screen reader. Handover with documents, tests and one month of help."
    ),
    "language-desk": (
        "Translated by a native speaker, read again by a second one, with the terms that your "
        "department has agreed. Questions come to you in one list and not in twenty calls."
    ),
    "polyglot": (
        "Native translators in every language, a project manager with one telephone number, "
        "your terms kept in our memory. Weekend work is included."
    ),
    "house-crew": (
        "We work around your hours and tell everybody on the floor what happens when. What we "
        "move, we photograph first. What we break, we mend."
    ),
    "cleanway": (
        "A foreman on site, a fixed crew, a fixed price. Work outside business hours where you "
        "want it, and a clean floor every morning."
    ),
}

# What a judge writes for so many quarters, and what such a bidder had answered.
SCORE_REASONS = {
    0: (
        "Nothing in the bid says how this would be done.",
        "See our general terms.",
    ),
    1: (
        "It is promised, but neither who nor when is written down.",
        "We will take care of this as usual.",
    ),
    2: (
        "There is a plan; who stands in when somebody is away stays open.",
        "Our plan has three steps; we fix the dates with you after the award.",
    ),
    3: (
        "A full plan with names and dates that one can hold them to.",
        "Named people, a plan by the day, and a second person for each task.",
    ),
    4: (
        "The plan is complete, and they showed the same work done twice before.",
        "Named people, a plan by the day; two comparable jobs are described in the annex.",
    ),
}

# What a department writes afterwards, by how much it liked the work.
TEXTS = {
    -1: (
        "The work is done, but we had to ask for news more often than we liked.",
        "In the end it was right. It took two rounds that a careful look would have spared us.",
        "Good people, too few of them: every answer took a day longer than we were told.",
    ),
    0: (
        "Did what they said they would do, when they said it.",
        "No surprises, which is what we had hoped for.",
        "Asked the right questions early and hardly any later.",
        "Solid from the first meeting to the last box carried out.",
        "One small thing went wrong; they told us before we saw it.",
        "Our guests noticed nothing of the work behind it. That is praise.",
    ),
    1: (
        "We always knew where things stood, and had a say when it mattered.",
        "They showed us two ways and said honestly which one they would take.",
        "Faster than promised, and friendlier than we deserved that week.",
    ),
}

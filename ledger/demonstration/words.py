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

# How a bid begins, before its bidder says how it works.
OPENINGS = (
    "We have read your brief twice, and have two questions less than after the first time.",
    "This is work that we like, and it shows in the price.",
    "We were on site before we wrote this.",
    "What you describe we would do in another order, and say below why.",
    "Your dates are possible; we have kept them free since Monday.",
    "We know such work, and what goes wrong with it.",
    "Thank you for a brief that says what is fixed and what is not.",
)

# What each criterion is called within a sentence.
SUBJECTS = {
    "Idea": "the idea",
    "Running of the day": "the running of the day",
    "Care for guests": "the care for guests",
    "Print quality": "the print quality",
    "Delivery": "the delivery",
    "Fit for its users": "the fit for its users",
    "Soundness": "the soundness of it",
    "Afterwards": "the time afterwards",
    "Language": "the language",
    "Reliability": "the keeping of dates",
    "Way of working": "the way of working",
    "Safety": "the safety on site",
}

# What a judge writes for so many quarters.
SCORE_REASONS = {
    0: (
        "Nothing in the bid says a word about {it}.",
        "We looked for {it} and found general terms.",
        "On {it} the page is empty.",
    ),
    1: (
        "They promise {it}, but neither who nor when is written down.",
        "One sentence about {it}, and it would fit any job.",
        "About {it} we would have to trust them; there is nothing to hold them to.",
        "They say that they care about {it}. How, they leave open.",
    ),
    2: (
        "There is a plan for {it}; who stands in when somebody is away stays open.",
        "Half of {it} is described well, the other half not at all.",
        "For {it} they have steps and no dates.",
        "They know what {it} needs; who does it is left for later.",
        "What they write about {it} is sound, and stops where it gets difficult.",
        "Good thoughts on {it}, with two gaps that we would have to fill ourselves.",
        "They answer for {it}, but the answer is that of their last customer.",
        "A list of what belongs to {it}, without an order and without an owner.",
        "On {it} we had to read twice and still guessed once.",
    ),
    3: (
        "A full plan for {it}, with names and dates that one can hold them to.",
        "They say who does what for {it}, and who stands in.",
        "Every question of ours about {it} is answered; only the proof is missing.",
        "A whole page on {it}, and a person beside each step.",
        "They have thought {it} through to the last hour, if not shown it yet.",
        "For {it} they name what could go wrong, and what they would do then.",
        "What they plan for {it} we could check week by week.",
        "Clear about {it}, clear about its limits, and on time with both.",
        "They asked us about {it} before they wrote, and one can tell.",
    ),
    4: (
        "The plan for {it} is complete, and they showed the same work done twice before.",
        "We called two of their customers about {it}; both would do it again.",
        "Nobody else showed {it} on a sample that we could hold in our hands.",
        "They proved {it} on a job larger than ours.",
        "For {it} they brought the people who would do it, and those had done it before.",
        "Complete on {it}, with the figures of the last three times.",
        "They let us see {it} at work, unannounced, on a Tuesday.",
        "On {it} they corrected our own brief, and were right.",
        "We tried to find a gap in {it} and gave up.",
    ),
}

# What a bidder had answered who usually reaches so many quarters.
ANSWERS = {
    0: ("See our general terms.",),
    1: (
        "We will take care of {it} as usual.",
        "You can rely on us for {it}, as all our customers do.",
        "We have long experience with {it}.",
    ),
    2: (
        "Our plan for {it} has three steps; we fix the dates with you after the award.",
        "For {it} two of us are at hand, and we decide on site what comes first.",
        "We would look at {it} together in the first week, and write the plan then.",
        "A colleague who has done this before takes {it} over; the name follows.",
    ),
    3: (
        "For {it} you find named people, a plan by the day, and a second person for each task.",
        "One of us answers for {it} by name, another stands in; the plan is in the annex.",
        "We have written down who does what for {it}, and when; nothing waits for the award.",
        "You get dates for {it} before we begin, and a call whenever one of them moves.",
    ),
    4: (
        "The plan for {it} goes by the day; two comparable jobs are described in the annex.",
        "Those who did {it} for two customers of your size do it for you; ask them.",
        "We bring a sample of {it} to your table before you decide.",
        "For {it} we show what we planned last time, and what became of it.",
    ),
}


def about(sentences: tuple[str, ...], criterion: str, nth: int) -> str:
    """Return one of the sentences, said of a criterion; another one each time, while some last."""
    return sentences[nth % len(sentences)].format(it=SUBJECTS[criterion])


# What a department writes afterwards, by how much it liked the work.
TEXTS = {
    -1: (
        "The work is done, but we had to ask for news more often than we liked.",
        "In the end it was right. It took two rounds that a careful look would have spared us.",
        "Good people, too few of them: every answer took a day longer than we were told.",
        "We got what we had ordered, a week after we had stopped expecting it.",
        "The result is fine. The bills of the day before were not, and took three calls.",
    ),
    0: (
        "Did what they said they would do, when they said it.",
        "No surprises, which is what we had hoped for.",
        "Asked the right questions early and hardly any later.",
        "Solid from the first meeting to the last box carried out.",
        "One small thing went wrong; they told us before we saw it.",
        "Nobody noticed the work behind it. That is praise.",
        "They came when they had said, and left the place as they had found it.",
        "What they could not do, they said on the first day.",
        "One person to call, and that person always knew.",
        "The plan held, but for one afternoon, and that was our own doing.",
        "Friendly, exact, and a little early.",
        "We would have forgotten the keys; they had not.",
        "Neither of us had to look at the contract again.",
        "It was what we had asked for, down to the labels.",
        "They listened to the caretaker, which few do.",
        "A calm job, from the first call to the last signature.",
    ),
    1: (
        "We always knew where things stood, and had a say when it mattered.",
        "They showed us two ways and said honestly which one they would take.",
        "Faster than promised, and friendlier than we deserved that week.",
        "They found the mistake in our brief before it cost us anything.",
        "Our own people asked when they would come again.",
        "Half of what made it good had not been in the contract.",
    ),
}

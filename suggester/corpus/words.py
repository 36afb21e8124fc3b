"""Word lists that telling speakers and sentences rests on (English first, some German, French, Spanish)."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


INTERVIEWER = _set(
    "interviewer interviewerin moderator moderatorin researcher facilitator questioner host investigator "
    "entrevistador entrevistadora intervieweur enquêteur enquêtrice"
)
"""Words that name an interviewer, as whole words of a label."""

PARTICIPANT = _set(
    "interviewee interviewees participant participants respondent informant interviewpartner "
    "interviewpartnerin befragter befragte entrevistado entrevistada interviewé interviewée "
    "teilnehmer teilnehmerin answer patient client member"
)
"""Words that name a participant."""

SHORT_INTERVIEWER = _set("i int intv iv ivr ir interv mod fac q que question")
"""Abbreviations that name an interviewer where they are the whole label."""

SHORT_PARTICIPANT = _set("p pt ptp part par ppt pp a ans resp tn ip ie")
"""Abbreviations that name a participant where they are the whole label."""

NO_SPEAKER = _set(
    "note notes nb http https ftp file date time place location venue duration length title subject topic "
    "comment comments transcript transcription transcriber recording recorded audio interview "
    "present attendees task section source page example warning tel phone email e-mail re ps version "
    "project study language consent observation summary datum ort dauer titel thema anmerkung hinweis "
    "case setting age gender code pseudonym"
)
"""Words that stand before a colon in headers and notes, never a speaker."""

PARTICLES = _set("de da do dos di la le van von der den del el bin al y e und and of the zu ter")
"""Lower-case words that occur inside names."""

ABBREVIATIONS = _set(
    "mr mrs ms dr prof st sr jr vs etc e.g i.e eg ie cf no nr vol fig p.m a.m approx dept inc ltd z.b bzw ca "
    "usw d.h u.a sra m mme"
)
"""Words whose full stop ends no sentence."""

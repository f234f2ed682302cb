"""Openings: what stands in front of a verb and makes it a report, a question, a wish or a thought.

One table for the checks that look for orders which were only talked of (``told``, ``frames``) and for words that only
introduce an order (``left_over``).
"""

from __future__ import annotations

import re
from typing import Final

from agent.validate.coverage.weighty_patterns import PAST, match_words
from language.irregular_verbs import PLAIN_FORMS, UNCHANGED, UNSURE_FORMS

OPENERS: Final = (
    r"\W*+(?:(?:and|but|so|well|ok|okay|hi|hello|hey|oh|ah|hm+|btw|fyi|actually|sorry|please|also|then|look|listen|no|yes"
    r"|today|yesterday|earlier)\b[\s,:–—-]*+)*"
)
_SPEAKER: Final = r"(?:i|we)"
ANYBODY: Final = r"(?:i|we|they|he|she|it|(?:some|any|every)(?:body|one)|nobody)"
OFTEN: Final = r"(?:already|almost|nearly|hardly|never|usually|often|sometimes|always|previously|once|just\s+now)"
ADVERB: Final = (
    r"(?:ever|just|also|really|actually|still|even|quite|simply|at\s+some\s+point|now|yet|then|only|probably|maybe"
    r"|perhaps)"
)
_AUXILIARY: Final = r"(?:will|should|must|can|could|would|do|did|have|had|need|ought|shall|might)"
_NOT: Final = (
    rf"(?:(?:wo|ca|sha|{_AUXILIARY})n['’]?t|cannot|{_AUXILIARY}\s+(?:not|never)|never|no\s+longer"
    r"|['’](?:d|ll|ve)\s+(?:not|never|rather\s+not))"
)
_GOOD: Final = (
    r"(?:time|good|great|nice|best|better|lovely|fine|okay?|fair|right|kind|helpful|wise|important|possible|necessary"
    r"|urgent)"
)
_FRAMES: Final = (
    # A question: "should we", "did anyone". "Could you" and "can we" ask for it.
    rf"(?:should|shall|must|did|do|does|would|may|might|ought|was|were|am|are|is|had)\s+{ANYBODY}"
    rf"(?:\s+(?:{ADVERB}|{OFTEN}|not|to|have|be|going|allowed|able))*",
    r"(?:am|are|is|was|were)\s+(?:[\w'’]+\s+){1,3}?(?:allowed|permitted|supposed|able|entitled)\s+to",
    rf"(?:when|why|where|how)\s+(?:would|will|did|do|does|should|can|could|was|were|is|are|has|have|had)\s+(?:{ANYBODY}|you)",
    r"what\s+(?:would|will|does|do)\s+(?:it|that|this)\s+(?:cost|take|mean)\s+to|what\s+happens\s+(?:if|when)\s+(?:i|we|you)",
    rf"do\s+you\s+(?:think|reckon|believe|suppose)\s+(?:that\s+)?{ANYBODY}(?:\s+(?:should|could|can|may|must|ought\s+to))?",
    # A refusal.
    r"let(?:['’]?s|\s+us)\s+not",
    rf"{ANYBODY}\s*{_NOT}(?:\s+(?:{ADVERB}|have|had|to|want|wish|like|mean|intend|plan|going|let))*",
    r"(?:there(?:['’]s|\s+is|\s+was)\s+)?(?:no(?:\s+longer)?|not|hardly|barely|little)\s+(?:an?y?\s+)?(?:need|reason|point)\s+(?:to|in)",
    r"you\s+(?:need\s*n['’]?t|need\s+not|(?:don['’]?t|do\s+not|no\s+longer)\s+(?:have|need)\s+to)",
    r"(?:wait|hold\s+(?:on|off))\s+(?:before|until|till|with|on)(?:\s+(?:i|we|you|he|she|they))?",
    r"it(?:['’]s|\s+is|\s+was|\s+(?=(?:is|was)n))\s*(?:not|no\s+longer|(?:is|was)n['’]?t|hardly|barely|scarcely|never)\s+(?:\w+\s+){0,3}?to",
    r"(?:(?-i:[A-Z])\w+\s+)?refuses?\s+to",
    rf"(?:[\w'’-]+\s+){{0,4}}?(?:{_NOT}|(?:has|does)(?:n['’]?t|\s+not|\s+never))\s+(?:{ADVERB}\s+)*(?:ask|want|agree|intend|plan|wish|mean"
    r"|offer|promise|dare|bother)(?:e?d|ned|t)?(?:\s+(?:us|me|you|them))?\s+to",
    rf"(?:\w+\s+){{1,3}}?(?:says?|said|thinks?|thought|claims?|insists?|promised)\s+(?:that\s+)?{ANYBODY}\s*{_NOT}"
    rf"(?:\s+{ADVERB})*",
    rf"it(?:['’](?:s|d\s+be)|\s+(?:is|was|would\s+be|seems?|feels))(?!\s+(?:\w+\s+){{0,4}}{_GOOD}\b)\s+(?:\w+\s+){{1,5}}?to",
    # What somebody was told, believes or has done, or nearly has.
    rf"{_SPEAKER}(?:['’]ve|\s+have|\s+had)?\s+(?:{ADVERB}\s+)*(?:told|said|promised|assured|informed|wrote|texted|emailed)"
    rf"\s+(?:(?:(?!(?:to|you)\b)[\w'’-]+\s+){{0,2}}?(?:that\s+)?{ANYBODY}(?:['’](?:d|ll|s|re))?|(?:that\s+)?(?-i:[A-Z]\w+))"
    r"(?:\s+(?:would|will|can|could))?",
    rf"(?:\w+\s+){{1,3}}?(?:thinks?|thought|believes?|claims?)\s+(?:that\s+)?{ANYBODY}",
    rf"{_SPEAKER}(?:['’]ve|['’]d|\s+have|\s+had|\s+did)?\s+(?:{ADVERB}\s+)*{OFTEN}(?:\s+(?:{ADVERB}|{OFTEN}))*"
    r"(?:\s+(?:had|have|told|asked|tell|ask|got|wanted|meant|went|needed)\s+(?:you\s+|them\s+|him\s+|her\s+)?to)?",
    rf"{_SPEAKER}(?:['’]ve|\s+have)?\s+(?:{ADVERB}\s+)*had\s+(?:{ADVERB}\s+)*to",
    # A thought.
    rf"{_SPEAKER}(?:['’]m|['’]re|\s+am|\s+are|\s+was|\s+were)\s+(?:{ADVERB}\s+)*(?:thinking|wondering|considering"
    r"|debating|not\s+sure|unsure|undecided)(?:\s+(?:about|of|on))?(?:\s+(?:whether|if|how|when)(?:\s+or\s+not)?)?"
    r"(?:\s+to|\s+(?:i|we)\s+\w+)?",
    r"(?:just\s+)?(?:suppos(?:e|ing)|imagin(?:e|ing)|pretend|let['’]s\s+say|what\s+if)(?:\s+that)?\s+(?:(?:the|an?|his|her|my|our)\s+)?[\w'’-]+",
    r"(?:just\s+)?(?:in\s+case|suppose|supposing|imagine|pretend|assuming|say|let['’]s\s+say|what\s+if|for\s+(?:example"
    rf"|instance),?)(?:\s+that)?\s+{ANYBODY}(?:\s+(?:{ADVERB}|want|wanted|had|have|need|needed|to|were))*",
)
FRAME: Final = re.compile(rf"{OPENERS}(?P<frame>{'|'.join(_FRAMES)})\s+(?P<verb>[^\W\d_]+)", re.IGNORECASE)
FEW: Final = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|a\s+dozen)"
_GIVEN: Final = r"gave|given|took|taken|sent|made|wrote|written"
# What the speaker says to have done ("we gave her 5 euros", "I've just closed 7", "closed 7"), or anybody: "they gave
# her 5". Other verbs of theirs may tell what came to be so ("she paid 7"). A form that is another word needs a subject.
DONE: Final = re.compile(
    rf"{OPENERS}(?P<frame>(?:(?:(?P<who>{_SPEAKER}(?:['’]ve|\s+have)?)|(?P<other>{ANYBODY}(?:['’](?:ve|s)|\s+ha(?:s|ve))?))\s+)?"
    rf"(?:(?:{ADVERB}|{OFTEN})\s+)*)(?!used\s+to\b)(?P<verb>(?(other)(?:{_GIVEN}|{'|'.join(UNCHANGED)})|(?:{'|'.join(PLAIN_FORMS)}|\w{{2,}}(?<!e)ed"
    rf"|(?(who)(?:{'|'.join((*UNSURE_FORMS, *UNCHANGED))})|(?!)))))(?!\w)",
    re.IGNORECASE,
)
SUBJECT: Final = (
    r"(?P<subject>(?:(?!(?:i|we|you|u|who|that|which|whose|if|unless|provided|because|since|as|when|while|until|let|to|should|shall"
    r"|must|can|could|will|would|may|might)\b)(?:[\w'’-]|\.(?=\d))+\s+){1,7}?)"
)
# What has been done to it: "the lid of 7 has been mended".
HAPPENED: Final = re.compile(
    rf"{OPENERS}{SUBJECT}(?P<frame>(?:(?:has|have|had)\s+(?:{ADVERB}\s+)*been|was|were)\s+(?:(?:{ADVERB}|{OFTEN})\s+)*)"
    rf"(?P<verb>{PAST}|{'|'.join(UNCHANGED)})(?!\w)",
    re.IGNORECASE,
)
# A question, whatever its verb, unless an order follows.
ASKED: Final = re.compile(
    rf"{OPENERS}(?P<asks>why(?!\s+(?:not|don['’]?t|do\s+not)\b)|how(?!\s+about\b)|who(?=\s)"
    r"|did|does|had|was|were|do\s+(?:i|we|they)\b|(?:has|have|is|are)(?=[^.;!?\n]*\?))\b",
    re.IGNORECASE,
)
# An indirect question with its own subject: "I wondered whether Ada cancelled".
TOLD_OF: Final = re.compile(
    r"(?<=\w\s)(?!if\s+(?:you|someone|somebody)\s+(?:can|could|would|will|might)\b)(?:whether|if|why|how|when)\s+(?:or\s+not\s+)?(?:i|we|you|he|she|they|somebody|someone|(?-i:[A-Z]\w+))(?:['’]\w{1,2})?\s+"
    r"(?:(?:can|could|may|might|should|would|will|shall|must|do|did|does|ever|still|also|just|already|have|had|to)\s+)*$",
    re.IGNORECASE,
)
# What somebody has done, before its participle.
DOER: Final = re.compile(
    r"(?:^|[^\w])(?:i|we|you|he|she|they|it|somebody|someone|(?-i:[A-Z][^\W\d]+))\s+(?:(?:have|has|had|should|could|would|might|must|already|just|only)\s+)*$",
    re.IGNORECASE,
)
# What somebody may, would or will do, and what was about to be done. None is an order.
TO_BE: Final = re.compile(
    r"(?:(?:\b(?:he|she|they|(?-i:[A-Z]\w+))(?:\s+(?:would|may|might|can)|['’]d)"
    r"|\b(?:I|we)(?:\s+(?:would|might|may|will|shall)|['’](?:d|ll))"
    r"|(?<!if )(?<!wish )(?<!hope )(?<!hoping )\b(?:I|we)\s+could)"
    r"(?:\s+(?:\w+ly|just|also|soon))?|\b(?:used|(?:was|were)(?:\s+(?:just|almost|nearly))?(?:\s+(?:going|about|supposed|meant))?"
    r"|(?:\w+\s+(?:am|are|is)|\w+['’](?:m|re|s))(?:\s+(?:just|probably|also))?\s+(?:going|about|planning))\s+to)\s+$",
    re.IGNORECASE,
)
# "…, strike it": an order about what was said before, whatever its verb.
DO_IT: Final = re.compile(
    r"(?<!\w)(?P<verb>[^\W\d_]+)\s+(?:it|that|this|them|those|these|him|her)(?!\w)", re.IGNORECASE
)
PLEASE: Final = match_words(r"please|pls|plz|(?:could|can|would|will)\s+you|can\s+we|let['’]?s")
# Only introduces the order: "could you", "I'd like to", "let's".
ASKING: Final = match_words(
    r"(?:can|could|would|will|may|might|shall|should)\s+(?:you|u|we|i|someone|somebody|anybody|it|this|that)"
    r"|(?:i|we)(?:['’]d|['’]ll|\s+would|\s+will|\s+have|\s+do)?\s+(?:really\s+|just\s+|also\s+)?(?:like|want|need|love|wish|prefer|have|hope)"
    r"(?:\s+you)?(?:\s+to)?|(?:i|we)\s+(?:can|could|should|must)"
    r"|(?:i|we)(?:['’]m|['’]re|\s+am|\s+are)\s+(?:going|hoping|trying|looking)\s+to|let(?:['’]s|\s+us|\s+me)|make\s+sure(?:\s+that|\s+to)?"
    r"|be\s+(?:so\s+)?(?:kind|nice|good)\s+(?:enough\s+to|and|as\s+to)|would\s+(?:like|love)\s+to|go\s+ahead"
    r"|(?:do|would)\s+you\s+mind"
)
WISH: Final = match_words(
    r"(?:needs?|wants?|gets?|deserves?|(?:could|can)\s+do\s+with|(?:should|shall|must|may|can|is\s+to|(?:woul)?d\s+like\s+to)\s+(?:get|have)"
    r"|(?:woul)?d\s+like)"
)
WISHED: Final = re.compile(
    r"(?<!\w)(?:should|must|shall|(?:has|have|needs?|ought|is|are)\s+to|let\s[^,;.!?\n]{1,40})\s+$", re.I
)

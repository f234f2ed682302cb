"""Irregular verbs of English: "took", "taken" and "withdrew" are forms of "take" and "withdraw".

A closed list. Forms that are other words or names, too ("saw", "rose", "drew"), are told apart in ``UNSURE_FORMS``.
"""

from __future__ import annotations

from typing import Final

# The plain form, the past tense and, if it is another word, the participle. A form that is another word, too, is in
# parentheses; "-" if a form is the plain one or nearly always another word.
_TABLE: Final = """
arise arose arisen; awake awoke awoken; become became; begin began begun; bend bent; bite - bitten; bleed bled;
blow blew blown; break broke broken; breed bred; bring brought; build built; burn burnt; buy bought; catch caught;
choose chose chosen; cling clung; come came; creep crept; deal dealt; dig dug; draw (drew) drawn; dream dreamt;
drink drank drunk; drive drove driven; dwell dwelt; eat ate eaten; fall (fell) fallen; feed fed; feel (felt);
fight fought; find - (found); flee fled; fling flung; fly flew flown; forbid forbade forbidden;
foresee foresaw foreseen; forget forgot forgotten; forgive forgave forgiven; freeze froze frozen; get (got) (gotten);
give gave given; go went gone; grow grew grown; hang hung; hear heard; hide hid hidden; hold held; keep kept;
kneel knelt; know knew known; lay laid; lean leant; leap leapt; learn learnt; leave - (left); lend lent; lose (lost);
make made; mean meant; meet met; mislay mislaid; mistake mistook mistaken; misunderstand misunderstood;
outgrow outgrew outgrown; overcome overcame; overdraw overdrew overdrawn; overhear overheard; overpay overpaid;
override overrode overridden; oversee oversaw overseen; oversleep overslept; overtake overtook overtaken;
overthrow overthrew overthrown; overwrite overwrote overwritten; pay (paid); prepay (prepaid); prove - proven;
rebuild rebuilt; redo redid redone; remake remade; repay repaid; rerun reran; resell resold; resend resent;
retake retook retaken; rethink rethought; rewrite rewrote rewritten; ride rode ridden; ring rang; rise (rose) risen;
run ran; say said; see (saw) seen; seek sought; sell sold; send sent; sew - sewn; shake shook shaken; shine shone;
shoot (shot); show - shown; shrink shrank shrunk; sing sang sung; sink sank sunk; sit sat; sleep slept; slide slid;
sling slung; sow - sown; speak (spoke) spoken; spend spent; spill spilt; spin spun; spoil spoilt;
spring sprang sprung; stand stood; steal (stole) stolen; stick stuck; sting stung; stink stank stunk; strike struck;
string strung; swear swore sworn; sweep swept; swell - swollen; swim swam swum; swing swung; take took taken;
teach taught; tear tore torn; tell told; think (thought); throw threw thrown; tread trod trodden;
undergo underwent undergone; underpay underpaid; understand understood; undertake undertook undertaken;
undo undid undone; unfreeze unfroze unfrozen; unwind unwound; uphold upheld; wake woke woken; wear wore worn;
weave wove woven; weep wept; win (won); withdraw withdrew withdrawn; withhold withheld; withstand withstood;
wring wrung; write wrote written
"""
_ROWS: Final = [row.split() for row in _TABLE.split(";")]
_FORMS: Final = {form: row[0] for row in _ROWS for form in row[1:] if form != "-"}
PLAIN_FORMS: Final = {form: plain for form, plain in _FORMS.items() if form.isalpha()}
"""Form → plain form of the verb."""
PRETERITES: Final = frozenset(row[1] for row in _ROWS if len(row) > 2 and row[1].isalpha() and row[1] != row[2])
"""Forms that only tell the past: "went", which is no participle."""
UNSURE_FORMS: Final = {form.strip("()"): plain for form, plain in _FORMS.items() if not form.isalpha()}
"""The same of forms that are other words, too."""
UNCHANGED: Final = ("put", "set", "cut", "let", "shut", "split")
"""Verbs whose past tense is the plain form."""
NOUNS_TOO: Final = frozenset(("rose", "saw", "shot", "felt", "spoke", "stole"))
"""Those of them that may be the name of a thing."""
PAST_TENSES: Final = tuple(row[1].strip("()") for row in _ROWS if row[1] != "-")

"""Gazetteer: states, countries, and large cities with unambiguous names. A value made from it says so in its
``how``."""

from __future__ import annotations

from typing import Final


def _names(written: str) -> list[str]:
    return [name.replace("_", " ") for name in written.split()]


STATES: Final = {
    pair.partition("=")[0]: pair.partition("=")[2]
    for pair in _names(
        "alabama=AL alaska=AK arizona=AZ arkansas=AR california=CA colorado=CO connecticut=CT delaware=DE "
        "florida=FL georgia=GA hawaii=HI idaho=ID illinois=IL indiana=IN iowa=IA kansas=KS kentucky=KY "
        "louisiana=LA maine=ME maryland=MD massachusetts=MA michigan=MI minnesota=MN mississippi=MS missouri=MO "
        "montana=MT nebraska=NE nevada=NV new_hampshire=NH new_jersey=NJ new_mexico=NM new_york=NY "
        "north_carolina=NC north_dakota=ND ohio=OH oklahoma=OK oregon=OR pennsylvania=PA rhode_island=RI "
        "south_carolina=SC south_dakota=SD tennessee=TN texas=TX utah=UT vermont=VT virginia=VA washington=WA "
        "west_virginia=WV wisconsin=WI wyoming=WY district_of_columbia=DC"
    )
}
COUNTRIES: Final = frozenset(
    _names(
        "algeria america argentina australia austria bangladesh belgium bolivia brazil bulgaria canada chile "
        "china colombia croatia cuba czech_republic czechia denmark ecuador egypt england estonia ethiopia "
        "finland france germany ghana greece holland hong_kong hungary iceland india indonesia iran iraq ireland "
        "israel italy japan kenya korea kuwait latvia lithuania malaysia mexico morocco nepal netherlands "
        "new_zealand nigeria north_korea norway pakistan peru philippines poland portugal qatar romania russia "
        "saudi_arabia scotland serbia singapore slovakia slovenia south_africa south_korea spain sri_lanka sweden "
        "switzerland taiwan tanzania thailand tunisia turkey uae uganda uk ukraine united_kingdom united_states "
        "united_states_of_america us usa venezuela vietnam wales"
    )
)
LANGUAGES: Final = {
    pair.partition("=")[0]: pair.partition("=")[2]
    for pair in _names(
        "english=en french=fr german=de spanish=es italian=it portuguese=pt dutch=nl swedish=sv norwegian=no "
        "danish=da finnish=fi "
        "polish=pl czech=cs slovak=sk hungarian=hu romanian=ro bulgarian=bg greek=el turkish=tr russian=ru "
        "ukrainian=uk serbian=sr "
        "croatian=hr slovenian=sl lithuanian=lt latvian=lv estonian=et arabic=ar hebrew=he persian=fa hindi=hi "
        "urdu=ur bengali=bn "
        "tamil=ta telugu=te chinese=zh mandarin=zh japanese=ja korean=ko vietnamese=vi thai=th indonesian=id "
        "malay=ms swahili=sw "
        "filipino=tl catalan=ca irish=ga welsh=cy icelandic=is"
    )
}
"""Languages' English names → ISO 639-1."""
COUNTRY_CODES: Final = {
    pair.partition("=")[0]: pair.partition("=")[2]
    for pair in _names(
        "argentina=AR australia=AU austria=AT belgium=BE brazil=BR bulgaria=BG canada=CA chile=CL china=CN "
        "colombia=CO croatia=HR "
        "czechia=CZ czech_republic=CZ denmark=DK egypt=EG england=GB estonia=EE finland=FI france=FR germany=DE "
        "great_britain=GB "
        "greece=GR hungary=HU iceland=IS india=IN indonesia=ID ireland=IE israel=IL italy=IT japan=JP kenya=KE "
        "latvia=LV "
        "lithuania=LT luxembourg=LU malaysia=MY mexico=MX morocco=MA netherlands=NL new_zealand=NZ nigeria=NG "
        "norway=NO pakistan=PK "
        "peru=PE philippines=PH poland=PL portugal=PT romania=RO russia=RU saudi_arabia=SA scotland=GB serbia=RS "
        "singapore=SG "
        "slovakia=SK slovenia=SI south_africa=ZA south_korea=KR spain=ES sweden=SE switzerland=CH taiwan=TW "
        "thailand=TH turkey=TR "
        "uae=AE uganda=UG uk=GB ukraine=UA united_kingdom=GB united_states=US united_states_of_america=US us=US "
        "usa=US vietnam=VN wales=GB"
    )
}
"""Countries' English names → ISO 3166-1 alpha-2."""


def find_code(name: str) -> str | None:
    """The code of a country or a language by its English name, in lower case."""
    low = name.strip().casefold().removeprefix("the ").replace(".", "")
    code = COUNTRY_CODES.get(low) or LANGUAGES.get(low)
    return code.casefold() if code is not None else None


# Region, as written after "City, " → its cities.
_HOMES: Final = {
    "CA": "los_angeles san_francisco san_diego san_jose oakland sacramento long_beach fresno anaheim berkeley "
    "santa_clara palo_alto",
    "NY": "new_york new_york_city brooklyn buffalo",
    "IL": "chicago",
    "TX": "houston dallas austin san_antonio fort_worth el_paso",
    "AZ": "phoenix tucson scottsdale",
    "PA": "philadelphia pittsburgh",
    "FL": "miami orlando tampa jacksonville fort_lauderdale",
    "WA": "seattle spokane tacoma",
    "MA": "boston",
    "CO": "denver boulder",
    "NV": "las_vegas reno",
    "GA": "atlanta savannah",
    "LA": "new_orleans baton_rouge",
    "MI": "detroit ann_arbor",
    "MN": "minneapolis",
    "MO": "st._louis",
    "TN": "nashville memphis",
    "OH": "cleveland cincinnati",
    "MD": "baltimore",
    "UT": "salt_lake_city",
    "IN": "indianapolis",
    "WI": "milwaukee",
    "HI": "honolulu",
    "UK": "london manchester edinburgh glasgow liverpool",
    "France": "paris lyon marseille nice",
    "Germany": "berlin munich hamburg frankfurt cologne",
    "Italy": "rome milan naples florence venice",
    "Spain": "madrid barcelona valencia seville",
    "Portugal": "lisbon porto",
    "Netherlands": "amsterdam rotterdam",
    "Belgium": "brussels",
    "Austria": "vienna",
    "Switzerland": "zurich geneva",
    "Denmark": "copenhagen",
    "Sweden": "stockholm",
    "Norway": "oslo",
    "Finland": "helsinki",
    "Ireland": "dublin",
    "Poland": "warsaw krakow",
    "Czech Republic": "prague",
    "Hungary": "budapest",
    "Greece": "athens",
    "Turkey": "istanbul ankara",
    "Russia": "moscow",
    "Japan": "tokyo osaka kyoto",
    "China": "beijing shanghai guangzhou shenzhen",
    "South Korea": "seoul busan",
    "Thailand": "bangkok",
    "Vietnam": "hanoi",
    "Malaysia": "kuala_lumpur",
    "Indonesia": "jakarta",
    "India": "mumbai delhi new_delhi bangalore chennai kolkata hyderabad pune",
    "UAE": "dubai abu_dhabi",
    "Egypt": "cairo",
    "Kenya": "nairobi",
    "South Africa": "cape_town johannesburg",
    "Australia": "sydney melbourne brisbane perth",
    "New Zealand": "auckland wellington",
    "Canada": "toronto montreal vancouver ottawa calgary",
    "Mexico": "mexico_city",
    "Brazil": "rio_de_janeiro sao_paulo",
    "Argentina": "buenos_aires",
}
CITIES: Final = {city: home for home, cities in _HOMES.items() for city in _names(cities)}
DEMONYMS: Final = {
    pair.partition("=")[0]: pair.partition("=")[2].replace("_", " ")
    for pair in _names(
        "american=united_states argentine=argentina australian=australia austrian=austria belgian=belgium "
        "brazilian=brazil british=united_kingdom bulgarian=bulgaria canadian=canada chilean=chile chinese=china "
        "colombian=colombia croatian=croatia czech=czechia danish=denmark dutch=netherlands egyptian=egypt "
        "english=england estonian=estonia finnish=finland french=france german=germany greek=greece "
        "hungarian=hungary icelandic=iceland indian=india indonesian=indonesia irish=ireland israeli=israel "
        "italian=italy japanese=japan kenyan=kenya latvian=latvia lithuanian=lithuania malaysian=malaysia "
        "mexican=mexico moroccan=morocco nigerian=nigeria norwegian=norway pakistani=pakistan peruvian=peru "
        "polish=poland portuguese=portugal romanian=romania russian=russia scottish=scotland serbian=serbia "
        "slovak=slovakia slovenian=slovenia spanish=spain swedish=sweden swiss=switzerland turkish=turkey "
        "ukrainian=ukraine vietnamese=vietnam"
    )
}
"""Adjectives of countries → the country's name."""

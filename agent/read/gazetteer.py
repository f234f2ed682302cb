"""States, countries, and the large cities whose name leaves no doubt where they are. A value formed by it says so in its ``how``."""

from __future__ import annotations

from typing import Final

STATES: Final = {
    name.replace("_", " "): code
    for name, _, code in (
        pair.partition("=")
        for pair in ["alabama=AL", "alaska=AK", "arizona=AZ", "arkansas=AR", "california=CA", "colorado=CO", "connecticut=CT", "delaware=DE", "florida=FL", "georgia=GA", "hawaii=HI", "idaho=ID", "illinois=IL", "indiana=IN", "iowa=IA", "kansas=KS", "kentucky=KY", "louisiana=LA", "maine=ME", "maryland=MD", "massachusetts=MA", "michigan=MI", "minnesota=MN", "mississippi=MS", "missouri=MO", "montana=MT", "nebraska=NE", "nevada=NV", "new_hampshire=NH", "new_jersey=NJ", "new_mexico=NM", "new_york=NY", "north_carolina=NC", "north_dakota=ND", "ohio=OH", "oklahoma=OK", "oregon=OR", "pennsylvania=PA", "rhode_island=RI", "south_carolina=SC", "south_dakota=SD", "tennessee=TN", "texas=TX", "utah=UT", "vermont=VT", "virginia=VA", "washington=WA", "west_virginia=WV", "wisconsin=WI", "wyoming=WY", "district_of_columbia=DC"]
    )
}
COUNTRIES: Final = frozenset(
    name.replace("_", " ")
    for name in ["usa", "us", "uk", "uae", "america", "england", "scotland", "wales", "united_kingdom", "united_states", "united_states_of_america", "ireland", "france", "germany", "spain", "portugal", "italy", "austria", "switzerland", "belgium", "netherlands", "holland", "denmark", "sweden", "norway", "finland", "iceland", "poland", "czech_republic", "czechia", "slovakia", "hungary", "romania", "bulgaria", "greece", "turkey", "ukraine", "russia", "estonia", "latvia", "lithuania", "croatia", "serbia", "slovenia", "china", "japan", "korea", "south_korea", "north_korea", "taiwan", "hong_kong", "vietnam", "thailand", "malaysia", "singapore", "indonesia", "philippines", "india", "pakistan", "bangladesh", "sri_lanka", "nepal", "iran", "iraq", "israel", "saudi_arabia", "qatar", "kuwait", "egypt", "morocco", "algeria", "tunisia", "nigeria", "ghana", "kenya", "ethiopia", "tanzania", "uganda", "south_africa", "canada", "mexico", "brazil", "argentina", "chile", "peru", "colombia", "venezuela", "ecuador", "bolivia", "cuba", "australia", "new_zealand"]
)
CITIES: Final = {
    name.replace("_", " "): home.replace("_", " ")
    for home, names in (
        (
            "CA",
            "los_angeles san_francisco san_diego san_jose oakland sacramento long_beach fresno anaheim berkeley santa_clara palo_alto",
        ),
        ("NY", "new_york new_york_city brooklyn buffalo"),
        ("IL", "chicago"),
        ("TX", "houston dallas austin san_antonio fort_worth el_paso"),
        ("AZ", "phoenix tucson scottsdale"),
        ("PA", "philadelphia pittsburgh"),
        ("FL", "miami orlando tampa jacksonville fort_lauderdale"),
        ("WA", "seattle spokane tacoma"),
        ("MA", "boston"),
        ("CO", "denver boulder"),
        ("NV", "las_vegas reno"),
        ("GA", "atlanta savannah"),
        ("LA", "new_orleans baton_rouge"),
        ("MI", "detroit ann_arbor"),
        ("MN", "minneapolis"),
        ("MO", "st._louis"),
        ("TN", "nashville memphis"),
        ("OH", "cleveland cincinnati"),
        ("MD", "baltimore"),
        ("UT", "salt_lake_city"),
        ("IN", "indianapolis"),
        ("WI", "milwaukee"),
        ("HI", "honolulu"),
        ("UK", "london manchester edinburgh glasgow liverpool"),
        ("France", "paris lyon marseille nice"),
        ("Germany", "berlin munich hamburg frankfurt cologne"),
        ("Italy", "rome milan naples florence venice"),
        ("Spain", "madrid barcelona valencia seville"),
        ("Portugal", "lisbon porto"),
        ("Netherlands", "amsterdam rotterdam"),
        ("Belgium", "brussels"),
        ("Austria", "vienna"),
        ("Switzerland", "zurich geneva"),
        ("Denmark", "copenhagen"),
        ("Sweden", "stockholm"),
        ("Norway", "oslo"),
        ("Finland", "helsinki"),
        ("Ireland", "dublin"),
        ("Poland", "warsaw krakow"),
        ("Czech_Republic", "prague"),
        ("Hungary", "budapest"),
        ("Greece", "athens"),
        ("Turkey", "istanbul ankara"),
        ("Russia", "moscow"),
        ("Japan", "tokyo osaka kyoto"),
        ("China", "beijing shanghai guangzhou shenzhen"),
        ("South_Korea", "seoul busan"),
        ("Thailand", "bangkok"),
        ("Vietnam", "hanoi"),
        ("Malaysia", "kuala_lumpur"),
        ("Indonesia", "jakarta"),
        ("India", "mumbai delhi new_delhi bangalore chennai kolkata hyderabad pune"),
        ("UAE", "dubai abu_dhabi"),
        ("Egypt", "cairo"),
        ("Kenya", "nairobi"),
        ("South_Africa", "cape_town johannesburg"),
        ("Australia", "sydney melbourne brisbane perth"),
        ("New_Zealand", "auckland wellington"),
        ("Canada", "toronto montreal vancouver ottawa calgary"),
        ("Mexico", "mexico_city"),
        ("Brazil", "rio_de_janeiro sao_paulo"),
        ("Argentina", "buenos_aires"),
    )
    for name in names.split(" ")
}

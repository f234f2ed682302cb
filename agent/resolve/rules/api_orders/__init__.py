"""Orders in the shape of an API: a verb, the record it is done to, and values behind prepositions."""

"""REST: safe data of the connectors' records."""

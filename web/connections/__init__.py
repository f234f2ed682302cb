"""HTTP connections: how many there may be, how long each may keep the server waiting, and which bytes count as a
request."""

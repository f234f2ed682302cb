from registry.connector import Connector


class Base(Connector):
    """What Good is built on: not a connector of its own."""


class Good(Base):
    name = "good"
    title = "A good platform"

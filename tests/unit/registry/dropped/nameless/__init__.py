from registry.connector import Connector


class Nameless(Connector):
    pass

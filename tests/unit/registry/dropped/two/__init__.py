from registry.connector import Connector


class First(Connector):
    name = "two"


class Second(Connector):
    name = "two"

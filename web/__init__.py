"""HTTP: the signed REST API (``api``) and the console's pages (``console``). Only this room knows status codes and
HTML."""

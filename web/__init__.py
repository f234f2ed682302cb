"""HTTP: the signed REST API (``api``) and the console's pages (``console``). The only room that knows status codes and
HTML."""

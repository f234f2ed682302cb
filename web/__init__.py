"""The faces over HTTP: ``api`` (signed REST), ``console`` (pages). The only room that knows status codes and HTML."""

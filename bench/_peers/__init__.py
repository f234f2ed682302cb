"""What each peer does with one request, in its own environment: run as scripts by bench.peers_overhead, never
imported."""

"""Orders: cuts a request into stretches of tokens, lets every action interpret each, and takes the best explanation."""

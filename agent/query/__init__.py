"""Query evaluation: code works out the references and sums of a proposal over live records."""

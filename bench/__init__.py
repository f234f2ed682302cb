"""Speed, measured: ratios against a limit or a plain way of doing the same, side by side in one run. Never asserted in
tests."""

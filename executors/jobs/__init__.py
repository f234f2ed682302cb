"""The worker: claims jobs, runs them under leases, settles them in batches."""

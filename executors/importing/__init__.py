"""Import processes: documents of others, read from folders, archives and the web, and drafted where they can be killed."""

"""Import processes: documents of others, from folders, archives and the web, drafted in a killable process."""

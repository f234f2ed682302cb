"""Reading documents of others, from folders, archives and the web, in a process that can be killed."""

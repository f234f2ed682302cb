"""Import processes: draft contracts from other systems' documents (folders, archives, the web) in a killable
process."""

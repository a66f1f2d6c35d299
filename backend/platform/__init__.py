"""What every slice stands on: the database, jobs, tags, settings, errors, translations, rights."""

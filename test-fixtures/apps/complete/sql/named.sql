UPDATE log_entries SET wind = wind WHERE id = 0;

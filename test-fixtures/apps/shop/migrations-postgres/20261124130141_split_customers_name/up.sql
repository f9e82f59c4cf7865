UPDATE customers
SET first_name = split_part(name, ' ', 1),
    last_name = CASE WHEN position(' ' IN name) > 0 THEN substr(name, position(' ' IN name) + 1) ELSE '' END;

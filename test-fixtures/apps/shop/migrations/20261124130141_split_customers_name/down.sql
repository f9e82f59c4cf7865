UPDATE customers SET name = trim(first_name || ' ' || last_name);

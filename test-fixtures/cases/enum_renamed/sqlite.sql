-- 1 up
-- Nothing to do in the database.

-- 1 down
-- Nothing to do in the database.

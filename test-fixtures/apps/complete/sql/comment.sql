COMMENT ON COLUMN owners.id IS 'a number';

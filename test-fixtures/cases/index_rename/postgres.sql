-- 1 up
ALTER INDEX "old_i" RENAME TO "new_i";

-- 1 down
ALTER INDEX "new_i" RENAME TO "old_i";

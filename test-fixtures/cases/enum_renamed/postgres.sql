-- 1 up
ALTER TYPE "mood" RENAME TO "feeling";

-- 1 down
ALTER TYPE "feeling" RENAME TO "mood";

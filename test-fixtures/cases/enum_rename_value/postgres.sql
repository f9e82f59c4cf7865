-- 1 up
ALTER TYPE "mood" RENAME VALUE 'inactive' TO 'paused';

ALTER TYPE "mood" RENAME VALUE 'pending' TO 'in_review';

-- 1 down
ALTER TYPE "mood" RENAME VALUE 'in_review' TO 'pending';

ALTER TYPE "mood" RENAME VALUE 'paused' TO 'inactive';

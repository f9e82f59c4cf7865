-- 1 up
ALTER TABLE "pairs" DROP CONSTRAINT "pairs_pkey";

-- 1 down
-- Rows with equal or NULL keys make it fail.
ALTER TABLE "pairs"
    ADD CONSTRAINT "pairs_pkey" PRIMARY KEY ("a");

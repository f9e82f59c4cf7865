-- 1 up
ALTER TABLE "pairs"
    ADD CONSTRAINT "pairs_key" PRIMARY KEY ("a", "b");

-- 1 down
ALTER TABLE "pairs" DROP CONSTRAINT "pairs_key";

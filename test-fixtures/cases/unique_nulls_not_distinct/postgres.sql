-- 1 up
ALTER TABLE "pairs"
    ADD CONSTRAINT "pairs_a_b_key" UNIQUE NULLS NOT DISTINCT ("a", "b");

ALTER TABLE "pairs"
    ADD CONSTRAINT "pairs_b" UNIQUE ("b") DEFERRABLE INITIALLY DEFERRED;

-- 1 down
ALTER TABLE "pairs" DROP CONSTRAINT "pairs_a_b_key";

ALTER TABLE "pairs" DROP CONSTRAINT "pairs_b";

-- 1 up
ALTER TABLE "pairs" DROP CONSTRAINT "pairs_pkey";

ALTER TABLE "pairs"
    ADD CONSTRAINT "pairs_pkey" PRIMARY KEY ("b", "a");

-- 1 down
ALTER TABLE "pairs" DROP CONSTRAINT "pairs_pkey";

-- Rows with equal or NULL keys make it fail.
ALTER TABLE "pairs"
    ADD CONSTRAINT "pairs_pkey" PRIMARY KEY ("a");

-- 1 up
ALTER TABLE "items" RENAME COLUMN "qty" TO "amount";

-- 1 down
ALTER TABLE "items" RENAME COLUMN "amount" TO "qty";

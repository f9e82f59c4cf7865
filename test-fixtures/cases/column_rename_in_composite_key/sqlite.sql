-- 1 up
ALTER TABLE "pairs" RENAME COLUMN "id2" TO "id3";

-- 1 down
ALTER TABLE "pairs" RENAME COLUMN "id3" TO "id2";

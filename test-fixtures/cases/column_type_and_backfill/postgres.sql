-- 1 up
ALTER TABLE "notes" ALTER COLUMN "mark" TYPE text
    USING "mark"::text;

UPDATE "notes" SET "mark" = 'none' WHERE "mark" IS NULL;

ALTER TABLE "notes" ALTER COLUMN "mark" SET NOT NULL;

-- 1 down
-- Values of `notes.mark` that do not fit the new type make it fail.
ALTER TABLE "notes" ALTER COLUMN "mark" TYPE integer
    USING "mark"::integer;

ALTER TABLE "notes" ALTER COLUMN "mark" DROP NOT NULL;

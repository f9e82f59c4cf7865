-- 1 up
ALTER TABLE "notes" RENAME TO "old_notes";

CREATE TABLE "notes" (
    "id" bigint NOT NULL,
    "number" integer NOT NULL,
    "rank" integer NOT NULL,
    "old" bigint,
    CONSTRAINT "notes_pkey1" PRIMARY KEY ("id"),
    CONSTRAINT "notes_number_key1" UNIQUE ("number"),
    CONSTRAINT "notes_old_fkey" FOREIGN KEY ("old") REFERENCES "old_notes" ("id")
);

CREATE INDEX "notes_rank_idx1" ON "notes" ("rank");

-- 1 down
DROP TABLE "notes";

ALTER TABLE "old_notes" RENAME TO "notes";

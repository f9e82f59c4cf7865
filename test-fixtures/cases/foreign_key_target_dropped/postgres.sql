-- 1 up
ALTER TABLE "bar" DROP CONSTRAINT "bar_foo_id_fkey";

DROP TABLE "foo";

-- 1 down
-- dbkit: irreversible
-- Does not bring back the data of foo.

CREATE TABLE "foo" (
    "id" bigint NOT NULL,
    CONSTRAINT "foo_pkey" PRIMARY KEY ("id")
);

-- Rows that point nowhere make it fail.
ALTER TABLE "bar"
    ADD CONSTRAINT "bar_foo_id_fkey" FOREIGN KEY ("foo_id") REFERENCES "foo" ("id");

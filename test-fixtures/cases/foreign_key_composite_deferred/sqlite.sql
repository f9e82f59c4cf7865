-- 1 up
CREATE TABLE "events" (
    "id" integer PRIMARY KEY NOT NULL,
    "a" bigint NOT NULL,
    "b" bigint NOT NULL,
    CONSTRAINT "events_a_b_fkey" FOREIGN KEY ("a", "b") REFERENCES "items" ("a", "b") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

-- 1 down
DROP TABLE "events";

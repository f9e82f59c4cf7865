-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_items" (
    "id" integer PRIMARY KEY NOT NULL,
    "qty" integer NOT NULL,
    "price" integer NOT NULL,
    CONSTRAINT "items_price_check" CHECK (price >= 0)
);

INSERT INTO "__dbkit_new_items" ("id", "qty", "price")
SELECT "id", "qty", "price"
FROM "items";

DROP TABLE "items";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_items" RENAME TO "items";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

-- Rows that do not satisfy it make it fail.
CREATE TABLE "__dbkit_new_items" (
    "id" integer PRIMARY KEY NOT NULL,
    "qty" integer NOT NULL,
    "price" integer NOT NULL,
    CONSTRAINT "items_qty_check" CHECK (qty > 0)
);

INSERT INTO "__dbkit_new_items" ("id", "qty", "price")
SELECT "id", "qty", "price"
FROM "items";

DROP TABLE "items";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_items" RENAME TO "items";

PRAGMA legacy_alter_table = OFF;

-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_products" (
    "id" integer PRIMARY KEY NOT NULL,
    "sku" varchar(64) NOT NULL,
    "name" varchar(200) NOT NULL,
    "price" integer NOT NULL,
    CONSTRAINT "products_sku_key" UNIQUE ("sku"),
    CONSTRAINT "products_price_check" CHECK (price >= 0)
);

INSERT INTO "__dbkit_new_products" ("id", "sku", "name", "price")
SELECT "id", "sku", "name", "price"
FROM "products";

DROP TABLE "products";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_products" RENAME TO "products";

PRAGMA legacy_alter_table = OFF;

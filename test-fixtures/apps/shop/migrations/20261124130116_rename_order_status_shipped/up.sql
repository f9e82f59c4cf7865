-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_orders" (
    "id" integer PRIMARY KEY NOT NULL,
    "customer_id" bigint NOT NULL,
    "status" text NOT NULL DEFAULT 'pending' CHECK ("status" IN ('pending', 'paid', 'sent', 'refunded')),
    "placed_at" varchar(40) NOT NULL,
    "note" text,
    CONSTRAINT "orders_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers" ("id") ON DELETE RESTRICT
);

INSERT INTO "__dbkit_new_orders" ("id", "customer_id", "status", "placed_at", "note")
SELECT "id", "customer_id", CASE "status" WHEN 'shipped' THEN 'sent' ELSE "status" END, "placed_at", "note"
FROM "orders";

DROP TABLE "orders";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_orders" RENAME TO "orders";

PRAGMA legacy_alter_table = OFF;

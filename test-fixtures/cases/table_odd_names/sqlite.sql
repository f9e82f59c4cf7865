-- 1 up
CREATE TABLE "Order Items" (
    "select" integer PRIMARY KEY NOT NULL,
    "Mixed Case" integer NOT NULL,
    "qu""ote" integer NOT NULL,
    "größe" integer NOT NULL,
    "unique" integer NOT NULL,
    CONSTRAINT "Order Items_qu""ote_key" UNIQUE ("qu""ote"),
    CONSTRAINT "Order Items_unique_check" CHECK ("unique" > 0)
);

CREATE INDEX "Order Items_größe_idx" ON "Order Items" ("größe");

-- 1 down
DROP TABLE "Order Items";

-- 1 up
CREATE TABLE "Order Items" (
    "select" bigint NOT NULL,
    "Mixed Case" integer NOT NULL,
    "qu""ote" integer NOT NULL,
    "größe" integer NOT NULL,
    "unique" integer NOT NULL,
    CONSTRAINT "Order Items_pkey" PRIMARY KEY ("select"),
    CONSTRAINT "Order Items_qu""ote_key" UNIQUE ("qu""ote"),
    CONSTRAINT "Order Items_unique_check" CHECK ("unique" > 0)
);

CREATE INDEX "Order Items_größe_idx" ON "Order Items" ("größe");

-- 1 down
DROP TABLE "Order Items";

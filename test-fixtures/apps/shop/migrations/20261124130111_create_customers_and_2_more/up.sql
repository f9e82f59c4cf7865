CREATE TABLE "customers" (
    "id" integer PRIMARY KEY NOT NULL,
    "name" varchar(200) NOT NULL,
    "email" varchar(320) NOT NULL,
    "country" varchar(2),
    CONSTRAINT "customers_email_key" UNIQUE ("email")
);

CREATE TABLE "orders" (
    "id" integer PRIMARY KEY NOT NULL,
    "customer_id" bigint NOT NULL,
    "status" text NOT NULL DEFAULT 'pending' CHECK ("status" IN ('pending', 'paid', 'shipped')),
    "placed_at" varchar(40) NOT NULL,
    "note" text,
    CONSTRAINT "orders_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers" ("id") ON DELETE RESTRICT
);

CREATE TABLE "products" (
    "id" integer PRIMARY KEY NOT NULL,
    "sku" varchar(64) NOT NULL,
    "title" varchar(200) NOT NULL,
    "price" integer NOT NULL,
    CONSTRAINT "products_sku_key" UNIQUE ("sku"),
    CONSTRAINT "products_price_check" CHECK (price >= 0)
);

CREATE TABLE "order_items" (
    "order_id" bigint NOT NULL,
    "line" integer NOT NULL,
    "product_id" bigint NOT NULL,
    "quantity" integer NOT NULL,
    CONSTRAINT "order_items_pkey" PRIMARY KEY ("order_id", "line"),
    CONSTRAINT "order_items_quantity" CHECK (quantity > 0),
    CONSTRAINT "order_items_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders" ("id") ON DELETE CASCADE,
    CONSTRAINT "order_items_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "products" ("id")
);

DROP INDEX "orders_customer_id_placed_at_idx";

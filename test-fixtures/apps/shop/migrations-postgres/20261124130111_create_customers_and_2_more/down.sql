DROP TABLE "orders";

DROP TABLE "customers";

DROP TABLE "products";

DROP TYPE "order_status";

-- dbkit: foreign-keys=off

DROP TABLE "orders";

DROP TABLE "customers";

DROP TABLE "products";

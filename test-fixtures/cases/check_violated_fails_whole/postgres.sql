-- 1 up
ALTER TABLE "items" ADD COLUMN "note" text;

ALTER TABLE "items"
    ADD CONSTRAINT "items_qty" CHECK (qty > 10);

-- 1 down
ALTER TABLE "items" DROP CONSTRAINT "items_qty";

ALTER TABLE "items" DROP COLUMN "note";

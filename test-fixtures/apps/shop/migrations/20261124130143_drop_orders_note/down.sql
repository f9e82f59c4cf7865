-- dbkit: irreversible
-- Does not bring back the data of orders.note.

ALTER TABLE "orders" ADD COLUMN "note" text;

-- 1 up
ALTER TABLE "nodes" RENAME TO "tree";

ALTER TABLE "tree" RENAME COLUMN "id" TO "node_id";

-- 1 down
ALTER TABLE "tree" RENAME TO "nodes";

ALTER TABLE "nodes" RENAME COLUMN "node_id" TO "id";

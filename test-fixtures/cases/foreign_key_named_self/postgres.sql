-- 1 up
ALTER TABLE "nodes"
    ADD CONSTRAINT "nodes_parent_fk" FOREIGN KEY ("parent") REFERENCES "nodes" ("id");

-- 1 down
ALTER TABLE "nodes" DROP CONSTRAINT "nodes_parent_fk";

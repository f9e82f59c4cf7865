-- 1 up
CREATE INDEX "i1" ON "users" USING gin ("tags");

CREATE INDEX "i2" ON "users" ("a" text_pattern_ops);

CREATE INDEX "i3" ON "users" ("b" DESC NULLS LAST) INCLUDE ("a");

CREATE INDEX "i4" ON "users" USING hash ("a");

CREATE INDEX "i5" ON "users" ("b") WITH (fillfactor = 70);

CREATE INDEX "i6" ON "users" ("a" COLLATE "C");

CREATE UNIQUE INDEX "i7" ON "users" ("b", "a") NULLS NOT DISTINCT;

CREATE INDEX "i8" ON "users" ("a" text_pattern_ops DESC);

-- 1 down
DROP INDEX "i1";

DROP INDEX "i2";

DROP INDEX "i3";

DROP INDEX "i4";

DROP INDEX "i5";

DROP INDEX "i6";

DROP INDEX "i7";

DROP INDEX "i8";

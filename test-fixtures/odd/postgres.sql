CREATE SCHEMA "My Schéma ""x""";
CREATE TYPE "My Schéma ""x"""."Énum Ty""pe" AS ENUM ('a b', 'it''s', 'Ü"q');
CREATE DOMAIN "My Schéma ""x"""."Dom ain" AS text CHECK (VALUE <> 'x''y');
CREATE TYPE "My Schéma ""x"""."Comp Osite" AS ("a b" integer, "C""d" text);
CREATE SEQUENCE "My Schéma ""x"""."Seq uence" START 5;
CREATE TABLE "My Schéma ""x"""."Ta ble" (
  "Id" bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT "P k" PRIMARY KEY,
  "na""me" text CONSTRAINT "Uni que" UNIQUE,
  "sp ace" "My Schéma ""x"""."Énum Ty""pe" DEFAULT 'it''s',
  "döm" "My Schéma ""x"""."Dom ain",
  "cömp" "My Schéma ""x"""."Comp Osite",
  "n" bigint DEFAULT nextval('"My Schéma ""x"""."Seq uence"'),
  "select" integer,
  "ref" bigint CONSTRAINT "F k" REFERENCES "My Schéma ""x"""."Ta ble" ("Id"),
  CONSTRAINT "Che ck" CHECK ("select" > 0)
);
CREATE INDEX "In ""dex" ON "My Schéma ""x"""."Ta ble" ("sp ace", lower("na""me"));
CREATE VIEW "My Schéma ""x"""."Vi ew" AS SELECT "Id", "na""me" AS "o ther" FROM "My Schéma ""x"""."Ta ble";
CREATE MATERIALIZED VIEW "My Schéma ""x"""."Mat View" AS SELECT "Id" FROM "My Schéma ""x"""."Ta ble";
CREATE UNIQUE INDEX "Mat Idx" ON "My Schéma ""x"""."Mat View" ("Id");
CREATE FUNCTION "My Schéma ""x"""."Fun ction"("a r" integer) RETURNS integer LANGUAGE sql AS $$ SELECT "a r" + 1 $$;
CREATE FUNCTION "My Schéma ""x"""."Trig fn"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER "Tri gger" BEFORE INSERT ON "My Schéma ""x"""."Ta ble" FOR EACH ROW EXECUTE FUNCTION "My Schéma ""x"""."Trig fn"();
ALTER TABLE "My Schéma ""x"""."Ta ble" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "Pol icy" ON "My Schéma ""x"""."Ta ble" USING ("select" > 1);
CREATE STATISTICS "My Schéma ""x"""."Sta ts" ON "select", "n" FROM "My Schéma ""x"""."Ta ble";
CREATE RULE "Ru le" AS ON DELETE TO "My Schéma ""x"""."Ta ble" DO INSTEAD NOTHING;
CREATE TABLE "a23456789012345678901234567890123456789012345678901234567890123" ("b23456789012345678901234567890123456789012345678901234567890123" integer UNIQUE);
COMMENT ON COLUMN "My Schéma ""x"""."Ta ble"."na""me" IS 'it''s "quoted" \ ü';
CREATE TABLE "Parts" (a int) PARTITION BY LIST (a);
CREATE TABLE "Part One" PARTITION OF "Parts" FOR VALUES IN (1);

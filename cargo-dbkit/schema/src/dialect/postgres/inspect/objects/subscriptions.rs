//! Subscriptions.
//!
//! Only who may read the connection text sees them; to others they are named as left alone.

use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{EntityId, EntityKind, ObjectName};

use super::super::query;
use super::super::reading::Reading;
use super::super::text::Fields;
use super::{Class, add, comment, property};

pub(super) fn queries(version: u32) -> Vec<CatalogQuery> {
    let from = |least: u32, column: &'static str| {
        if version >= least { column } else { "NULL" }
    };
    // The column must not even be named where the role may not read it, so the query for it is made when it runs.
    vec![query(
        "subscriptions",
        format!(
            "
SELECT s.oid, s.subname, pg_catalog.quote_ident(s.subname),
    CASE WHEN pg_catalog.has_column_privilege('pg_catalog.pg_subscription', 'subconninfo', 'SELECT')
        THEN pg_catalog.query_to_xml(pg_catalog.format('SELECT pg_catalog.encode(pg_catalog.convert_to(subconninfo, %L), %L) AS c FROM pg_catalog.pg_subscription WHERE oid = %s', 'UTF8', 'hex', s.oid), true, true, '')::text END,
    (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(p), ', ' ORDER BY p) FROM pg_catalog.unnest(s.subpublications) AS p),
    s.subslotname, s.subenabled,
    {}, {}, {}, {}, {}, {}, {}, {}, {}, d.description
FROM pg_catalog.pg_subscription s
{}
WHERE s.subdbid = (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database())
ORDER BY 2",
            // PostgreSQL 13 shows it to superusers only.
            from(140_000, "s.subsynccommit"),
            from(140_000, "s.subbinary::text"),
            from(140_000, "s.substream::text"),
            from(150_000, "CASE WHEN s.subtwophasestate <> 'd' THEN 'true' END"),
            from(150_000, "s.subdisableonerr::text"),
            from(160_000, "NULLIF(s.suborigin, 'any')"),
            from(160_000, "CASE WHEN NOT s.subpasswordrequired THEN 'false' END"),
            from(160_000, "CASE WHEN s.subrunasowner THEN 'true' END"),
            from(170_000, "CASE WHEN s.subfailover THEN 'true' END"),
            comment("pg_subscription", "s")
        ),
    )]
}

/// The bytes that stand as hexadecimal digits in `<c>..</c>`.
fn connection(xml: &str) -> Option<String> {
    let digits = xml.split_once("<c>")?.1.split_once("</c>")?.0;
    let bytes = digits.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok()
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("subscriptions") {
        let mut row = Fields::of(row);
        let (oid, name, quoted) = (row.oid(), row.text(), row.text());
        let Some(connection) = row.maybe().and_then(connection) else {
            reading.leave("subscription", name, None);
            continue;
        };
        let mut properties = vec![("connection".to_owned(), connection)];
        properties.extend(property("publications", row.owned()));
        // Without a word, the slot has the name of the subscription.
        match row.maybe() {
            None => properties.push(("slot_name".to_owned(), "NONE".to_owned())),
            Some(slot) if slot != name => {
                properties.push(("slot_name".to_owned(), slot.to_owned()));
            }
            Some(_) => {}
        }
        properties.extend(row.flag().then(|| ("enabled".to_owned(), "on".to_owned())));
        let commit = row.owned().filter(|commit| commit != "off");
        properties.extend(property("with:synchronous_commit", commit));
        let is_on = |text: &String| matches!(text.as_str(), "t" | "true" | "p");
        let binary = row.owned().filter(is_on).map(|_| "true".to_owned());
        properties.extend(property("with:binary", binary));
        let streaming = row.owned().filter(is_on);
        let streaming =
            streaming.map(|text| if text == "p" { "parallel" } else { "true" }.to_owned());
        properties.extend(property("with:streaming", streaming));
        properties.extend(property("two_phase", row.owned()));
        let stops = row.owned().filter(is_on).map(|_| "true".to_owned());
        properties.extend(property("with:disable_on_error", stops));
        properties.extend(property("with:origin", row.owned()));
        properties.extend(property("with:password_required", row.owned()));
        properties.extend(property("with:run_as_owner", row.owned()));
        properties.extend(property("with:failover", row.owned()));
        properties.extend(property("comment", row.owned()));
        let id = EntityId::object(EntityKind::Subscription, ObjectName::new(name));
        let definition = format!("CREATE SUBSCRIPTION {quoted}");
        add(reading, Class::SUBSCRIPTION, oid, id, definition, properties);
    }
}

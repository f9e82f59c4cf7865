//! Sequences of MariaDB. No catalog lists what they say, so each is asked itself.

use crate::dialect::mysql::object::{ENGINE, USUAL_ENGINE};
use crate::dialect::{Catalog, CatalogQuery, Inspection, Unmanaged};
use crate::model::{Extra, ObjectName, Sequence, SequenceOptions};

use super::{Fields, Server, query};

/// What the query gives where there is no comment: a literal of no digits is none.
const NO_COMMENT: &str = "\0";

pub(super) fn queries(server: Server) -> Vec<CatalogQuery> {
    if server == Server::MySql {
        return Vec::new();
    }
    // Names go through as hexadecimal digits: how a literal is quoted depends on the session.
    let sql = "
BEGIN NOT ATOMIC
    DECLARE ask LONGTEXT DEFAULT (
        SELECT GROUP_CONCAT(
            'SELECT CONVERT(0x', HEX(t.TABLE_NAME), ' USING utf8mb4), CONVERT(0x', HEX(t.ENGINE), ' USING utf8mb4), CONVERT(0x',
            IF(t.TABLE_COMMENT = '', '00', HEX(t.TABLE_COMMENT)), ' USING utf8mb4), CONVERT(0x', HEX(c.COLUMN_TYPE),
            ' USING utf8mb4), start_value, increment, minimum_value, maximum_value, cache_size, cycle_option FROM `',
            REPLACE(t.TABLE_NAME, '`', '``'), '`'
            ORDER BY t.TABLE_NAME SEPARATOR ' UNION ALL ')
        FROM information_schema.TABLES t
        JOIN information_schema.COLUMNS c
            ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME AND c.COLUMN_NAME = 'start_value'
        WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'SEQUENCE');
    IF ask IS NOT NULL THEN
        EXECUTE IMMEDIATE ask;
    END IF;
END";
    vec![query("sequences", sql.to_owned())]
}

pub(super) fn read(catalog: &Catalog, found: &mut Inspection) {
    for row in catalog.of("sequences") {
        let mut row = Fields::of(row);
        let name = ObjectName::new(row.text());
        let engine = Some(row.owned()).filter(|engine| engine != USUAL_ENGINE);
        let comment = Some(row.owned()).filter(|comment| comment != NO_COMMENT);
        let ty = row.text();
        let mut number = || row.text().parse::<i64>().ok();
        let options = SequenceOptions {
            start: number(),
            increment: number(),
            min: number(),
            max: number(),
            cache: number(),
            cycle: number() == Some(1),
        };
        // Newer servers count in other types, too.
        if !ty.starts_with("bigint") || ty.contains("unsigned") {
            let kind = format!("sequence of {ty}");
            found.unmanaged.push(Unmanaged { kind, name: name.name, entity: None });
            continue;
        }
        let extra = Extra::properties(engine.map(|engine| (ENGINE.to_owned(), engine)));
        let sequence = Sequence { name: name.clone(), ty: None, options, comment, extra };
        found.schema.sequences.insert(name, sequence);
    }
}

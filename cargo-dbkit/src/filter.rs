//! Which things of a schema dbkit looks at: what is filtered out is in no comparison, in no plan and in no file.

use dbkit_schema::model::{DialectName, EntityId, EntityKind, ObjectName, Schema};
use dbkit_schema::rust::paths;

/// What the configuration says: `schemas`, `tables`, `roles`, `provider`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// Namespaces by glob; with `!` those that are left out.
    pub schemas: Vec<String>,
    /// Tables and views by glob, as `orders` or `shop.orders`.
    pub tables: Vec<String>,
    /// Roles by glob, for grants.
    pub roles: Vec<String>,
    /// Who runs the server, and has put things of its own into every database.
    pub provider: Option<Provider>,
}

/// Someone who runs servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// Supabase.
    Supabase,
    /// Neon.
    Neon,
}

impl Provider {
    /// All of them, by the word in the configuration.
    pub(crate) const ALL: [(&'static str, Self); 2] =
        [("supabase", Self::Supabase), ("neon", Self::Neon)];

    /// Its own schemas. <https://supabase.com/docs/guides/database/tables#schemas>
    fn schemas(self) -> &'static [&'static str] {
        match self {
            Self::Supabase => &[
                "auth",
                "cron",
                "extensions",
                "graphql",
                "graphql_public",
                "net",
                "pgbouncer",
                "pgsodium",
                "pgsodium_masks",
                "realtime",
                "storage",
                "supabase_functions",
                "supabase_migrations",
                "vault",
                "_analytics",
                "_realtime",
                "_supavisor",
            ],
            Self::Neon => &["neon", "neon_auth", "neon_migration"],
        }
    }

    /// Its own roles. <https://supabase.com/docs/guides/database/postgres/roles>
    fn roles(self) -> &'static [&'static str] {
        match self {
            Self::Supabase => &[
                "anon",
                "authenticated",
                "authenticator",
                "dashboard_user",
                "pgbouncer",
                "service_role",
                "supabase_*",
                "pgsodium_*",
                "postgres",
            ],
            Self::Neon => &[
                "cloud_admin",
                "neon_superuser",
                "neon_service",
                "neondb_owner",
                "authenticated",
                "anonymous",
            ],
        }
    }
}

/// Whether a name passes a list: one of the patterns fits, if there are any without `!`, and none of those with it.
fn passes(list: &[String], names: &[&str]) -> bool {
    let fits = |pattern: &str| names.iter().any(|name| paths::matches(pattern, name));
    let mut wanted = list.iter().filter(|pattern| !pattern.starts_with('!')).peekable();
    let is_wanted = wanted.peek().is_none() || wanted.any(|pattern| fits(pattern));
    is_wanted && !list.iter().filter_map(|pattern| pattern.strip_prefix('!')).any(fits)
}

impl Filters {
    /// Whether nothing is left out.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn has_namespace(&self, schema: Option<&str>) -> bool {
        let name = schema.unwrap_or("public");
        passes(&self.schemas, &[name])
            && !self.provider.is_some_and(|provider| provider.schemas().contains(&name))
    }

    fn has_table(&self, name: &ObjectName) -> bool {
        let whole = format!("{}.{}", name.schema.as_deref().unwrap_or("public"), name.name);
        self.has_namespace(name.schema.as_deref()) && passes(&self.tables, &[&name.name, &whole])
    }

    fn has_role(&self, role: &str) -> bool {
        let is_own = |provider: Provider| {
            provider.roles().iter().any(|pattern| paths::matches(pattern, role))
        };
        passes(&self.roles, &[role]) && !self.provider.is_some_and(is_own)
    }

    /// Takes out what is not looked at.
    #[must_use]
    pub(crate) fn apply(&self, mut schema: Schema, dialect: DialectName) -> Schema {
        if self.is_empty() {
            return schema;
        }
        let has_namespaces = dialect == DialectName::Postgres;
        let in_namespace =
            |name: &ObjectName| !has_namespaces || self.has_namespace(name.schema.as_deref());
        let has_table = |name: &ObjectName| {
            if has_namespaces { self.has_table(name) } else { passes(&self.tables, &[&name.name]) }
        };
        schema.namespaces.retain(|name, _| self.has_namespace(Some(name)));
        schema.enums.retain(|name, _| in_namespace(name));
        schema.tables.retain(|name, _| has_table(name));
        schema.sequences.retain(|name, sequence| {
            let owner = sequence.extra.properties.get("owned_by");
            let owner = owner.and_then(|owner| owner.rsplit_once('.')?.0.parse().ok());
            in_namespace(name) && owner.is_none_or(|owner: ObjectName| has_table(&owner))
        });
        schema.objects.retain(|id, _| match id.kind {
            EntityKind::View
            | EntityKind::MaterializedView
            | EntityKind::Trigger
            | EntityKind::Policy
            | EntityKind::Rule
            | EntityKind::Index
            | EntityKind::Exclusion
            | EntityKind::ForeignTable
            | EntityKind::VirtualTable => has_table(&id.object),
            EntityKind::EventTrigger
            | EntityKind::Publication
            | EntityKind::Subscription
            | EntityKind::ForeignDataWrapper
            | EntityKind::ForeignServer
            | EntityKind::UserMapping
            | EntityKind::Extension
            | EntityKind::Script => true,
            _ => in_namespace(&id.object),
        });
        self.roles(&mut schema);
        schema
    }

    /// Whether something that is only named is in sight.
    pub(crate) fn sees(&self, name: &str) -> bool {
        let Ok(name) = name.parse::<ObjectName>() else { return true };
        self.is_empty() || self.has_table(&name)
    }

    /// Takes out the grants of roles that are not looked at.
    fn roles(&self, schema: &mut Schema) {
        if self.roles.is_empty() && self.provider.is_none() {
            return;
        }
        let keep = |key: &String, _: &mut String| {
            let mut parts = key.splitn(3, ':');
            match (parts.next(), parts.next()) {
                (Some("grant" | "revoke" | "sequence_grant" | "sequence_revoke"), Some(role)) => {
                    self.has_role(role)
                }
                _ => true,
            }
        };
        let tables = schema.tables.values_mut();
        for table in tables {
            table.options.extra.properties.retain(keep);
            for column in &mut table.columns {
                column.extra.properties.retain(keep);
            }
        }
        for namespace in schema.namespaces.values_mut() {
            namespace.extra.properties.retain(keep);
        }
        for sequence in schema.sequences.values_mut() {
            sequence.extra.properties.retain(keep);
        }
        for enum_type in schema.enums.values_mut() {
            enum_type.extra.properties.retain(keep);
        }
        for object in schema.objects.values_mut() {
            object.extra.properties.retain(keep);
        }
        let is_seen = |id: &EntityId| match id.kind {
            EntityKind::DefaultPrivileges | EntityKind::UserMapping => {
                self.has_role(&id.object.name)
            }
            _ => true,
        };
        schema.objects.retain(|id, _| is_seen(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dbkit_schema::model::Table;

    fn left(filters: &Filters, dialect: DialectName) -> Vec<String> {
        let mut schema = Schema::default();
        for name in ["users", "audit_log", "shop.orders", "auth.users"] {
            let name: ObjectName = name.parse().unwrap();
            schema.tables.insert(name.clone(), Table::new(name).into());
        }
        filters.apply(schema, dialect).tables.keys().map(ToString::to_string).collect()
    }

    fn list(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    #[test]
    fn patterns_take_in_and_leave_out() {
        let tables = |items: &[&str]| Filters { tables: list(items), ..Filters::default() };
        let postgres = DialectName::Postgres;
        assert_eq!(left(&Filters::default(), postgres).len(), 4);
        assert_eq!(left(&tables(&["!audit_*"]), postgres), ["users", "auth.users", "shop.orders"]);
        assert_eq!(left(&tables(&["users"]), postgres), ["users", "auth.users"]);
        assert_eq!(left(&tables(&["shop.*"]), postgres), ["shop.orders"]);
        assert_eq!(left(&tables(&["*", "!public.users"]), postgres).len(), 3);
        let schemas = Filters { schemas: list(&["*", "!shop"]), ..Filters::default() };
        assert_eq!(left(&schemas, postgres), ["audit_log", "users", "auth.users"]);
        let only = Filters { schemas: list(&["public"]), ..Filters::default() };
        assert_eq!(left(&only, postgres), ["audit_log", "users"]);
        let provider = Filters { provider: Some(Provider::Supabase), ..Filters::default() };
        assert_eq!(left(&provider, postgres), ["audit_log", "users", "shop.orders"]);
    }

    #[test]
    fn grants_of_a_provider_are_not_seen() {
        let mut schema = Schema::default();
        let mut table = Table::new(ObjectName::new("users"));
        for role in ["anon", "app", "supabase_admin"] {
            table.options.extra.properties.insert(format!("grant:{role}"), "SELECT".to_owned());
        }
        schema.tables.insert(table.name.clone(), table.into());
        let filters = Filters { provider: Some(Provider::Supabase), ..Filters::default() };
        let schema = filters.apply(schema, DialectName::Postgres);
        let properties = &schema.tables.values().next().unwrap().options.extra.properties;
        assert_eq!(properties.keys().collect::<Vec<_>>(), ["grant:app"]);
    }
}

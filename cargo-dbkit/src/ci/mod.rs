//! The files that `init --ci` writes: what `cargo dbkit deploy` does, as a script and for two services.

use dbkit_schema::model::DialectName;

/// A file of the set, relative to the package.
pub(crate) struct File {
    pub(crate) path: &'static str,
    pub(crate) text: String,
    pub(crate) what: &'static str,
}

/// All of them, for a database whose URL is in a variable.
pub(crate) fn files(dialect: DialectName, url_env: &str) -> [File; 3] {
    let filled = |text: &str| text.replace("{URL_ENV}", url_env);
    let (copy, back) = match dialect {
        DialectName::Sqlite => (
            "file=\"${URL#sqlite:}\"\n[ -f \"$file\" ] && sqlite3 \"$file\" \".backup '$folder/$moment.db'\"",
            "sqlite3 app.db \".restore 'backups/MOMENT.db'\"",
        ),
        DialectName::Postgres => (
            "# A password in the URL would be seen by everybody on this computer: keep it in ~/.pgpass.\npg_dump --format=custom --no-password --dbname=\"$URL\" --file=\"$folder/$moment.dump\"\npg_restore --list \"$folder/$moment.dump\" > /dev/null",
            "pg_restore --clean --if-exists --single-transaction --dbname=\"$URL\" backups/MOMENT.dump",
        ),
        DialectName::Mysql => (
            "mariadb-dump --defaults-extra-file=\"${MYSQL_OPTIONS:?names a file with host, user and password}\" --single-transaction \\\n    --routines --triggers --events \"${MYSQL_DATABASE:?}\" > \"$folder/$moment.sql\"\ntail -n 1 \"$folder/$moment.sql\" | grep -q 'Dump completed'",
            "mariadb --defaults-extra-file=\"$MYSQL_OPTIONS\" \"$MYSQL_DATABASE\" < backups/MOMENT.sql",
        ),
    };
    let script = filled(include_str!("deploy.sh")).replace("{COPY}", copy).replace("{BACK}", back);
    [
        File { path: "scripts/deploy-database.sh", text: script, what: "backup, migrate, health" },
        File {
            path: ".github/workflows/database.yml",
            text: filled(include_str!("github.yml")),
            what: "checks pull requests, deploys by hand",
        },
        File {
            path: ".gitlab/database.yml",
            text: filled(include_str!("gitlab.yml")),
            what: "the same; `include: .gitlab/database.yml` in .gitlab-ci.yml",
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_to_fill_in() {
        for dialect in [DialectName::Sqlite, DialectName::Postgres, DialectName::Mysql] {
            for file in files(dialect, "PROD_URL") {
                let rest = file.text.replace("${{", "");
                assert!(
                    !rest.contains("{URL_ENV}")
                        && !rest.contains("{COPY}")
                        && !rest.contains("{BACK}"),
                    "{}",
                    file.path
                );
                assert!(file.text.contains("PROD_URL"), "{}", file.path);
                assert!(file.text.ends_with('\n') && !file.text.contains('\t'), "{}", file.path);
            }
        }
    }
}

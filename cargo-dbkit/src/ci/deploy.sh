#!/bin/sh
# Backup, migrate, health: what `cargo dbkit deploy` does, in plain tools.
#
#   {URL_ENV}=.. HEALTH='curl -fsS http://localhost:8080/health' scripts/deploy-database.sh
#
# Back again, when the app cannot be mended: {BACK}
set -eu

URL="${{URL_ENV}:?is the URL of the database}"
folder="${BACKUPS:-backups}"
moment="$(date -u +%Y%m%d%H%M%S)"

# Rows of people lie in it.
umask 077
mkdir -p "$folder"

# Nothing runs if this fails: a server that takes no writes, a role without rights.
cargo dbkit deploy --preflight --url "$URL"

{COPY}

# 75: others have the locks; nothing was changed, and the next try may go through.
tries=3
until cargo dbkit migrate --no-backup --url "$URL"; do
    code=$?
    tries=$((tries - 1))
    [ "$code" -eq 75 ] && [ "$tries" -gt 0 ] || exit "$code"
    sleep 60
done

if [ -n "${HEALTH:-}" ]; then
    sh -c "$HEALTH" || { echo "the app is not well; the migrations are applied, the backup is $folder/$moment.*" >&2; exit 1; }
fi
cargo dbkit status --url "$URL"

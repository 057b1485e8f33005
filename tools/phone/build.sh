#!/bin/sh
# Makes web/static/vendor/{idb,workbox,exif}.min.js: `sh tools/phone/build.sh FOLDER` works in FOLDER, not in the repository.
set -e
here=$(cd "$(dirname "$0")" && pwd)
vendor="$here/../../src/bihuan/web/static/vendor"
mkdir -p "$1" && cp "$here"/*.js "$here"/*.json "$1" && cd "$1"
npm ci --ignore-scripts --no-audit --no-fund
# Of the reader of photos only EXIF in JPEG stays; its own build does the same with webpack.
rm -rf exifreader && cp -r node_modules/exifreader/src exifreader
sed -i -E 's/Constants\.USE_(EXIF|TIFF|JPEG)\b/true/g; s/Constants\.USE_[A-Z_]+/false/g' exifreader/*.js
bundle() { node_modules/.bin/esbuild "$1.js" --bundle --format=esm --minify --target=es2020 --charset=utf8 --legal-comments=none \
  --define:process.env.NODE_ENV='"production"' --outfile="$vendor/$2.min.js"; }
bundle store idb && bundle worker workbox && bundle exif exif
sha256sum "$vendor"/idb.min.js "$vendor"/workbox.min.js "$vendor"/exif.min.js

#!/bin/sh
# Makes web/static/vendor/enketo.min.{js,css}: `sh tools/enketo/build.sh FOLDER` works in FOLDER, not in the repository.
set -e
here=$(cd "$(dirname "$0")" && pwd)
vendor="$here/../../src/bihuan/web/static/vendor"
mkdir -p "$1" && cp "$here"/*.js "$here"/*.json "$here"/*.scss "$1" && cd "$1"
npm ci --ignore-scripts --no-audit --no-fund
core=./node_modules/enketo-core/src
# An inline handler, which our content security policy forbids; the page prevents the submission itself.
sed -i "/attr('onsubmit', 'return false;')/d" $core/js/form.js
node_modules/.bin/esbuild index.js --bundle --format=esm --minify --target=es2020 --charset=utf8 --legal-comments=none \
  --outfile="$vendor/enketo.min.js" --alias:enketo/config=./config.js --alias:enketo/widgets=./widgets.js \
  --alias:enketo/translator=./translator.js --alias:enketo/dialog=$core/js/fake-dialog.js \
  --alias:enketo/file-manager=$core/js/file-manager.js --alias:enketo/xpath-evaluator-binding=$core/js/xpath-evaluator-binding.js \
  --alias:leaflet=./leaflet.js --alias:leaflet.gridlayer.googlemutant=./empty.js --alias:jquery-touchswipe=./empty.js \
  --alias:node-forge=./empty.js
node_modules/.bin/sass --no-source-map --style=compressed --quiet --load-path=$core/sass --load-path=$core/widget \
  --load-path=node_modules enketo.scss forms.css
node_modules/.bin/esbuild node_modules/leaflet-draw/dist/leaflet.draw.css --bundle --minify --loader:.png=dataurl \
  --loader:.svg=dataurl --outfile=draw.css
cat forms.css draw.css > "$vendor/enketo.min.css"
sha256sum "$vendor"/enketo.min.*

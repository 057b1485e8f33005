import note from './node_modules/enketo-core/src/widget/note/notewidget';
import selectDesktop from './node_modules/enketo-core/src/widget/select-desktop/selectpicker';
import selectMobile from './node_modules/enketo-core/src/widget/select-mobile/selectpicker';
import autocomplete from './node_modules/enketo-core/src/widget/select-autocomplete/autocomplete';
import geo from './node_modules/enketo-core/src/widget/geo/geopicker';
import textarea from './node_modules/enketo-core/src/widget/textarea/textarea';
import table from './node_modules/enketo-core/src/widget/table/tablewidget';
import radio from './node_modules/enketo-core/src/widget/radio/radiopicker';
import file from './node_modules/enketo-core/src/widget/file/filepicker';
import draw from './node_modules/enketo-core/src/widget/draw/draw-widget';
import likert from './node_modules/enketo-core/src/widget/select-likert/likertitem';
import columns from './node_modules/enketo-core/src/widget/columns/columns';
import textMax from './node_modules/enketo-core/src/widget/text-max/text-max';
import decimal from './node_modules/enketo-core/src/widget/number-input/decimal-input';
import integer from './node_modules/enketo-core/src/widget/number-input/integer-input';

export default [note, selectDesktop, selectMobile, autocomplete, geo, textarea, table, radio, file, draw, likert, columns, textMax, decimal, integer];

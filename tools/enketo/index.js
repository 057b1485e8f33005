export { Form } from './node_modules/enketo-core/src/js/form';
export { default as files } from 'enketo/file-manager';
export { words } from 'enketo/translator';
